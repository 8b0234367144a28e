/* SPDX-License-Identifier: MIT */

#include "report/trace.h"

#include "report/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int rg_trace_read_env(const struct rg_directory *dir,
		      struct rg_trace_env *ret_env, struct rg_report_error *err)
{
	struct rg_bytes text;
	const char *why;
	int ret;

	ret = rg_directory_read(dir, RG_CTF_METADATA, &text, err);
	if (ret == -ENOENT)
		return rg_report_fail(err, ret,
				      "%s: not a trace: it has no file %s",
				      dir->path, RG_CTF_METADATA);
	if (ret)
		return ret;
	ret = rg_metadata_parse((const char *)text.at, ret_env, &why);
	/* what stands behind a zero would be hidden from the parser */
	if (!ret && strlen((const char *)text.at) != text.len) {
		why = "damaged: zero bytes";
		ret = -EINVAL;
	}
	free(text.at);
	if (ret)
		return rg_report_fail(err, ret, "%s/%s: %s", dir->path,
				      RG_CTF_METADATA, why);
	return 0;
}

/* CTF readers pass over directories; all else they take for a stream. */
static bool is_directory(const struct rg_trace *trace, const char *name)
{
	struct stat st;

	return !fstatat(trace->dir.fd, name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(st.st_mode);
}

/* The metadata of an older format describes no accesses. */
static bool is_stream(const struct rg_trace *trace, const char *name,
		      struct rg_stream *ret_stream)
{
	return rg_stream_parse_name(name, ret_stream) &&
	       (ret_stream->kind == RG_CTF_STREAM_CALLS ||
		trace->env.format >= RG_CTF_FORMAT_OF_ACCESSES);
}

static int add_stream(struct rg_trace *trace, const char *name,
		      struct rg_report_error *err)
{
	struct rg_stream stream;

	if (name[0] == '.' || !strcmp(name, RG_CTF_METADATA) ||
	    is_directory(trace, name))
		return 0;
	if (!is_stream(trace, name, &stream))
		return rg_report_fail(err, -EINVAL,
				      "%s/%s: not a file of a trace",
				      trace->dir.path, name);
	trace->streams = rg_grow_by_one(trace->streams, trace->nr_streams,
					&trace->stream_capacity,
					sizeof(*trace->streams));
	trace->streams[trace->nr_streams++] = stream;
	return 0;
}

static int list_streams(struct rg_trace *trace, struct rg_report_error *err)
{
	/* a descriptor of its own: closedir() closes it */
	int fd = openat(trace->dir.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int ret = 0;

	if (!dir)
		return rg_report_fail(err, -errno, "%s: %s", trace->dir.path,
				      strerror(errno));
	while (!ret && (entry = readdir(dir)))
		ret = add_stream(trace, entry->d_name, err);
	closedir(dir);
	return ret;
}

static int compare_streams(const void *a, const void *b)
{
	const struct rg_stream *left = a;
	const struct rg_stream *right = b;

	if (left->slot != right->slot)
		return left->slot < right->slot ? -1 : 1;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return (left->segment > right->segment) -
	       (left->segment < right->segment);
}

/*
 * Why two files of one process cannot follow each other, or NULL. Segments:
 *
 *   before  |begin ---- end|
 *   stream             |begin ---- end|
 *
 * Equal begins look like one packet to babeltrace2; a begin before the last
 * event is time going backwards. Both would cost events.
 */
static const char *order_fault(const struct rg_stream *before,
			       const struct rg_stream *stream)
{
	if (before->slot != stream->slot)
		return NULL;
	if (before->pid != stream->pid)
		return "damaged: another process's than the segment before";
	if (before->kind != stream->kind)
		return NULL;
	if (stream->begin <= before->begin || stream->begin < before->end)
		return "damaged: begins before the last segment ended";
	return NULL;
}

static int scan_streams(struct rg_trace *trace, struct rg_report_error *err)
{
	for (size_t i = 0; i < trace->nr_streams; i++) {
		struct rg_stream *stream = &trace->streams[i];
		int ret = rg_stream_scan(&trace->dir, stream, err);
		char name[RG_CTF_NAME_MAX];
		const char *why = NULL;

		if (ret)
			return ret;
		if (i)
			why = order_fault(stream - 1, stream);
		rg_stream_name(stream, name);
		if (why)
			return rg_report_fail(err, -EINVAL, "%s/%s: %s",
					      trace->dir.path, name, why);
		trace->nr_events += stream->events;
	}
	return 0;
}

/*
 * Without the tables nobody knows how many events are missing, and a report
 * that says 0 would lie. A shell's * leaves dot-files behind.
 */
static int require_processes(const struct rg_trace *trace,
			     struct rg_report_error *err)
{
	if (trace->nr_streams && !trace->processes.nr)
		return rg_report_fail(
			err, -ENOENT,
			"%s/.processes.0: missing or empty: copied without its "
			"dot-files?",
			trace->dir.path);
	return 0;
}

static int open_files(struct rg_trace *trace, struct rg_report_error *err)
{
	int ret = rg_trace_read_env(&trace->dir, &trace->env, err);

	if (!ret)
		ret = rg_processes_read(&trace->dir, &trace->processes, err);
	if (!ret)
		ret = list_streams(trace, err);
	if (ret)
		return ret;
	if (trace->nr_streams)
		qsort(trace->streams, trace->nr_streams,
		      sizeof(*trace->streams), compare_streams);
	ret = require_processes(trace, err);
	return ret ? ret : scan_streams(trace, err);
}

int rg_trace_open(const char *path, struct rg_trace *ret_trace,
		  struct rg_report_error *err)
{
	struct rg_trace trace = { 0 };
	int ret = rg_directory_open(path, &trace.dir, err);

	if (ret)
		return ret;
	ret = open_files(&trace, err);
	if (ret) {
		rg_trace_close(&trace);
		return ret;
	}
	*ret_trace = trace;
	return 0;
}

void rg_trace_close(struct rg_trace *trace)
{
	rg_directory_close(&trace->dir);
	rg_processes_deinit(&trace->processes);
	free(trace->streams);
	*trace = (struct rg_trace){ .dir.fd = -1 };
}

uint64_t rg_trace_begin(const struct rg_trace *trace, uint32_t slot,
			enum rg_ctf_stream kind)
{
	const struct rg_stream wanted = { .kind = kind, .slot = slot };
	size_t from = 0;
	size_t to = trace->nr_streams;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_streams(&trace->streams[middle], &wanted) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == trace->nr_streams || trace->streams[from].slot != slot ||
	    trace->streams[from].kind != kind)
		return 0;
	return trace->streams[from].begin;
}
