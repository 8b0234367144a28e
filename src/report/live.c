/* SPDX-License-Identifier: MIT */

#include "report/live.h"

#include "report/alloc.h"
#include "report/callers.h"
#include "report/scan.h"
#include "report/trace.h"
#include "trace/event.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* No more of a stream in one look; the rest comes with the next. */
#define LOOK_MAX (UINT64_C(16) << 20)
#define LEAST_BYTES sizeof(struct rg_ctf_packet)

/* How far the stream of one process has been read. */
struct rg_live_stream {
	uint32_t slot;
	uint32_t process; /* the first slot of its process */
	uint32_t segment;
	uint64_t offset; /* in the segment's file */
	bool begun;
	struct rg_module_map map;
	uint64_t map_size; /* of its file when it was read */
};

/* ------------------------------------------------------------- the tables */

static bool is_wanted(const struct rg_live *live,
		      const struct rg_process *process)
{
	return !live->pid || process->slot.pid == live->pid;
}

static bool is_running(const struct rg_slot *slot)
{
	return !slot->ended && slot->pid <= INT32_MAX &&
	       (!kill((pid_t)slot->pid, 0) || errno == EPERM);
}

static void add_slot(struct rg_live *live, const struct rg_slot *slot)
{
	live->running += is_running(slot);
	live->calls += rg_slot_calls(slot);
	rg_slot_add(&live->counted, slot);
}

static int read_tables(struct rg_live *live, struct rg_report_error *err)
{
	int ret;

	rg_processes_deinit(&live->processes);
	ret = rg_processes_read(&live->dir, &live->processes, err);
	if (ret)
		return ret;
	live->running = live->calls = 0;
	live->counted = (struct rg_slot){ 0 };
	for (size_t i = 0; i < live->processes.nr; i++) {
		if (is_wanted(live, &live->processes.list[i]))
			add_slot(live, &live->processes.list[i].slot);
	}
	return 0;
}

/* --------------------------------------------------------------- the sites */

static struct rg_live_site *site_of(struct rg_live *live,
				    const struct rg_frame *frame)
{
	size_t at;

	if (live->nr_sites == RG_LIVE_MAX_SITES)
		return NULL;
	at = rg_table_intern(&live->by_frame, frame, sizeof(*frame),
			     live->nr_sites);
	if (at == live->nr_sites) {
		live->sites = rg_grow_by_one(live->sites, live->nr_sites,
					     &live->site_capacity,
					     sizeof(*live->sites));
		live->sites[live->nr_sites++] =
			(struct rg_live_site){ .frame = *frame };
	}
	return &live->sites[at];
}

/* New objects come with their first call: the file has grown by then. */
static void refresh_map(struct rg_live *live, struct rg_live_stream *stream)
{
	struct rg_report_error ignored;
	char name[RG_CTF_NAME_MAX];
	uint64_t size;
	int fd;

	rg_ctf_modules_name(stream->process, name);
	fd = rg_directory_file(&live->dir, name, &size, &ignored);
	if (fd < 0)
		return;
	close(fd);
	if (size == stream->map_size)
		return;
	rg_module_map_deinit(&stream->map);
	rg_module_map_read(&live->dir, stream->process, 0, &live->objects,
			   &stream->map);
	stream->map_size = size;
}

static struct rg_frame frame_of(const struct rg_live *live,
				const struct rg_live_stream *stream,
				const struct rg_event *event)
{
	struct rg_frame frame = { .object = RG_NO_OBJECT };

	for (uint8_t i = 0; i < event->nr_stack; i++) {
		frame = rg_module_map_find(&stream->map, event->stack[i],
					   event->timestamp);
		if (rg_frame_is_outside(&live->objects, &frame))
			break;
	}
	return frame;
}

static void add_event(struct rg_live *live, struct rg_live_stream *stream,
		      const struct rg_event *event)
{
	struct rg_frame frame = frame_of(live, stream, event);
	struct rg_live_site *site = site_of(live, &frame);

	live->events++;
	if (event->error)
		live->refused[event->check]++;
	if (!site) {
		live->elsewhere++;
		return;
	}
	site->calls++;
	site->failed += event->error != 0;
	site->bytes_moved += rg_event_moved_bytes(event);
	site->ns += event->duration_ns;
}

/* ------------------------------------------------------------- the streams */

static void add_events(struct rg_live *live, struct rg_live_stream *stream,
		       const uint8_t *bytes, size_t len)
{
	static struct rg_event event;
	size_t at = 0;
	size_t size;

	for (; at < len; at += size) {
		size = rg_event_glance(bytes + at, len - at, &event);
		if (!size)
			break;
		add_event(live, stream, &event);
	}
	stream->offset += at;
}

/* Return: where what is finished ends; 0 where the file is none of ours. */
static uint64_t end_of_content(int fd, uint64_t file_size,
			       const struct rg_live_stream *stream)
{
	struct rg_ctf_packet packet;
	uint64_t end;

	if (rg_read_at(fd, &packet, sizeof(packet), 0))
		return 0;
	end = packet.content_size / 8;
	return packet.magic == RG_CTF_MAGIC &&
			       packet.stream_id == RG_CTF_STREAM_CALLS &&
			       packet.segment == stream->segment &&
			       end <= file_size
		       ? end
		       : 0;
}

static int open_segment(const struct rg_live *live, uint32_t slot,
			uint32_t segment, uint64_t *ret_size)
{
	struct rg_report_error ignored;
	char name[RG_CTF_NAME_MAX];

	rg_ctf_stream_name(slot, segment, name);
	return rg_directory_file(&live->dir, name, ret_size, &ignored);
}

/* Return: whether all that is finished has been read. */
static bool read_segment(struct rg_live *live, struct rg_live_stream *stream)
{
	uint64_t size;
	int fd = open_segment(live, stream->slot, stream->segment, &size);
	uint64_t end, len;
	uint8_t *bytes;

	if (fd < 0)
		return true;
	end = end_of_content(fd, size, stream);
	if (end <= stream->offset) {
		close(fd);
		return true;
	}
	len = end - stream->offset < LOOK_MAX ? end - stream->offset : LOOK_MAX;
	bytes = rg_alloc(len);
	if (!rg_read_at(fd, bytes, len, stream->offset))
		add_events(live, stream, bytes, len);
	free(bytes);
	close(fd);
	return stream->offset == end;
}

static bool has_segment(const struct rg_live *live, uint32_t slot,
			uint32_t segment)
{
	uint64_t size;
	int fd = open_segment(live, slot, segment, &size);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void read_stream(struct rg_live *live, struct rg_live_stream *stream)
{
	stream->begun = true;
	refresh_map(live, stream);
	for (;;) {
		/* asked first: nothing comes to a segment behind its next */
		bool is_last =
			!has_segment(live, stream->slot, stream->segment + 1);

		if (!read_segment(live, stream) || is_last)
			return;
		stream->segment++;
		stream->offset = LEAST_BYTES;
	}
}

/* ----------------------------------------------------------- whose streams */

static struct rg_live_stream *find_stream(struct rg_live *live, uint32_t slot)
{
	for (size_t i = 0; i < live->nr_streams; i++) {
		if (live->streams[i].slot == slot)
			return &live->streams[i];
	}
	return NULL;
}

/* Begins with the segment at hand: a trace may be as large as the disk. */
static void note_segment(struct rg_live *live, const struct rg_stream *found,
			 uint32_t process)
{
	struct rg_live_stream *stream = find_stream(live, found->slot);

	if (!stream) {
		live->streams = rg_grow_by_one(live->streams, live->nr_streams,
					       &live->stream_capacity,
					       sizeof(*live->streams));
		stream = &live->streams[live->nr_streams++];
		*stream = (struct rg_live_stream){ .slot = found->slot,
						   .process = process,
						   .segment = found->segment,
						   .offset = LEAST_BYTES };
	}
	if (!stream->begun && found->segment > stream->segment)
		stream->segment = found->segment;
}

static int find_streams(struct rg_live *live, struct rg_report_error *err)
{
	int fd = openat(live->dir.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return rg_report_fail(err, -errno, "%s: %s", live->dir.path,
				      strerror(errno));
	}
	while ((entry = readdir(dir))) {
		struct rg_stream found;
		const struct rg_process *process;

		if (!rg_stream_parse_name(entry->d_name, &found) ||
		    found.kind != RG_CTF_STREAM_CALLS)
			continue;
		process = rg_processes_find(&live->processes, found.slot);
		if (process && is_wanted(live, process))
			note_segment(live, &found, process->number);
	}
	closedir(dir);
	return 0;
}

/* -------------------------------------------------------------- the whole */

int rg_live_open(const char *path, uint32_t pid, struct rg_live *ret_live,
		 struct rg_report_error *err)
{
	struct rg_live live = { .pid = pid };
	struct rg_trace_env env;
	int ret = rg_directory_open(path, &live.dir, err);

	if (ret)
		return ret;
	/* what every trace has from the start */
	ret = rg_trace_read_env(&live.dir, &env, err);
	if (ret) {
		rg_directory_close(&live.dir);
		return ret;
	}
	*ret_live = live;
	return 0;
}

void rg_live_close(struct rg_live *live)
{
	for (size_t i = 0; i < live->nr_streams; i++)
		rg_module_map_deinit(&live->streams[i].map);
	free(live->streams);
	free(live->sites);
	rg_table_deinit(&live->by_frame);
	rg_objects_deinit(&live->objects);
	rg_processes_deinit(&live->processes);
	rg_directory_close(&live->dir);
}

int rg_live_look(struct rg_live *live, struct rg_report_error *err)
{
	int ret = read_tables(live, err);

	if (!ret)
		ret = find_streams(live, err);
	for (size_t i = 0; !ret && i < live->nr_streams; i++)
		read_stream(live, &live->streams[i]);
	return ret;
}

/* "…/.processes.0", and not what has been removed since. */
static char *directory_in(char *line)
{
	char *path = strchr(line, '/');
	char *name = path ? strrchr(path, '/') : NULL;
	char *end = path ? strchr(path, '\n') : NULL;

	if (!name || name == path || strncmp(name, "/.processes.", 12) != 0)
		return NULL;
	if (end)
		*end = '\0';
	if (strchr(name, ' '))
		return NULL;
	*name = '\0';
	return rg_copy_string(path);
}

int rg_live_find(uint32_t pid, char **ret_path, struct rg_report_error *err)
{
	char name[32];
	FILE *maps;
	char *line = NULL;
	size_t size = 0;

	*ret_path = NULL;
	snprintf(name, sizeof(name), "/proc/%" PRIu32 "/maps", pid);
	maps = fopen(name, "re");
	if (!maps)
		return rg_report_fail(err, -errno, "%" PRIu32 ": %s", pid,
				      errno == ENOENT ? "no such process"
						      : strerror(errno));
	while (!*ret_path && getline(&line, &size, maps) > 0)
		*ret_path = directory_in(line);
	free(line);
	fclose(maps);
	if (*ret_path)
		return 0;
	return rg_report_fail(err, -ENOENT,
			      "%" PRIu32 ": writes no trace that is still "
			      "there",
			      pid);
}
