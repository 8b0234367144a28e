/* SPDX-License-Identifier: MIT */

/*
 * The JSON object format of Chrome's trace events, which Perfetto's UI,
 * chrome://tracing and speedscope open: a complete event ("X") for each call,
 * an instant ("i") for each finding and each stale access, and metadata ("M")
 * that names processes.
 */

#include "report/render-rows.h"

#include "report/alloc.h"
#include "report/format.h"
#include "report/json-text.h"
#include "report/table.h"
#include "report/utc.h"

#include <inttypes.h>
#include <stdlib.h>

#define NS_PER_US 1000

/* pid_max of Linux is no more: numbers from here on are nobody's. */
#define FIRST_FREE_PID (UINT32_C(1) << 22)

struct perfetto {
	FILE *out;
	const struct rg_feed *feed;
	const char *between; /* what stands before the next event */
	struct rg_table tracks;
	size_t nr_tracks;
	struct rg_table pids; /* taken, by the trace that came first */
	uint32_t *track_pids; /* beside tracks */
	size_t capacity;
	size_t nr_traces; /* that have been read */
};

/* ------------------------------------------------------------------ tracks */

/* Processes of several traces may have one pid, and are two all the same. */
struct track_key {
	uint64_t trace;
	uint64_t pid;
};

static uint32_t free_pid(struct perfetto *perfetto, uint32_t pid)
{
	size_t trace = rg_table_intern(&perfetto->pids, &pid, sizeof(pid),
				       perfetto->nr_traces);

	return trace == perfetto->nr_traces
		       ? pid
		       : FIRST_FREE_PID + (uint32_t)perfetto->nr_tracks;
}

static uint32_t track_of(struct perfetto *perfetto, uint32_t pid)
{
	struct track_key key = { .trace = perfetto->nr_traces, .pid = pid };
	size_t at = rg_table_intern(&perfetto->tracks, &key, sizeof(key),
				    perfetto->nr_tracks);

	if (at == perfetto->nr_tracks) {
		perfetto->track_pids = rg_grow_by_one(
			perfetto->track_pids, perfetto->nr_tracks,
			&perfetto->capacity, sizeof(*perfetto->track_pids));
		perfetto->track_pids[at] = free_pid(perfetto, pid);
		perfetto->nr_tracks++;
	}
	return perfetto->track_pids[at];
}

/* ------------------------------------------------------------------ events */

static void begin_event(struct perfetto *perfetto, const char *phase,
			uint32_t pid, uint32_t tid)
{
	fprintf(perfetto->out,
		"%s\n{\"ph\":\"%s\",\"pid\":%" PRIu32 ",\"tid\":%" PRIu32,
		perfetto->between, phase, track_of(perfetto, pid), tid);
	perfetto->between = ",";
}

static void put_member(struct perfetto *perfetto, const char *name,
		       const char *text)
{
	fprintf(perfetto->out, ",\"%s\":", name);
	rg_json_put_string(perfetto->out, text);
}

static void put_time(struct perfetto *perfetto, const char *name, uint64_t ns)
{
	fprintf(perfetto->out, ",\"%s\":", name);
	rg_json_put_thousandths(perfetto->out, ns);
}

static void put_arguments(struct perfetto *perfetto, const struct rg_row *row,
			  unsigned kinds)
{
	fputs(",\"args\":{", perfetto->out);
	rg_row_put_members(row, kinds, perfetto->out);
	fputs("}}", perfetto->out);
}

/*
 * One trace keeps its clock, so that it lies right beside what else was
 * recorded by CLOCK_MONOTONIC; several have only the time of day in common.
 */
static uint64_t time_of(const struct perfetto *perfetto,
			const struct rg_row *row)
{
	const struct rg_trace_env *env = &row->seen->of->env;

	if (perfetto->feed->nr == 1)
		return row->time_ns - env->clock_offset_ns;
	return row->time_ns - perfetto->feed->first_realtime;
}

/* "move", "refuse EFAULT crosses-vma": what slices are coloured by. */
static void format_name(const struct rg_event *event, struct rg_word *word)
{
	const struct rg_check_info *info = rg_check_info(event->check);
	char buf[16];

	if (event->judged == RG_JUDGED_UNSEEN)
		snprintf(word->text, sizeof(word->text), "unseen");
	else if (!event->error)
		snprintf(word->text, sizeof(word->text), "%s",
			 rg_path_name(event->path));
	else
		snprintf(word->text, sizeof(word->text), "%s %s%s%s",
			 rg_path_name(event->path),
			 rg_error_name(event->error, buf), info ? " " : "",
			 info ? info->name : "");
}

static void put_call(struct perfetto *perfetto, const struct rg_row *row)
{
	const struct rg_event *event = row->seen->event;
	uint64_t end = time_of(perfetto, row);
	uint64_t took = event->duration_ns < end ? event->duration_ns : end;
	struct rg_word name;

	format_name(event, &name);
	begin_event(perfetto, "X", row->seen->process->slot.pid, event->tid);
	put_member(perfetto, "name", name.text);
	put_member(perfetto, "cat", event->error ? "mremap,failed" : "mremap");
	put_time(perfetto, "ts", end - took);
	put_time(perfetto, "dur", took);
	put_arguments(perfetto, row, 1u << RG_OF_ALL | 1u << RG_OF_CALL);
}

static void put_finding(struct perfetto *perfetto, const struct rg_row *row,
			enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	const struct rg_seen *seen = row->seen;
	uint32_t tid = seen->event ? seen->event->tid : seen->stale->access.tid;
	struct rg_word name;

	snprintf(name.text, sizeof(name.text), "%s %s", info->id, info->name);
	begin_event(perfetto, "i", seen->process->slot.pid, tid);
	put_member(perfetto, "name", name.text);
	put_member(perfetto, "cat", rg_severity_name(info->severity));
	put_member(perfetto, "s", "t");
	put_time(perfetto, "ts", time_of(perfetto, row));
	put_arguments(perfetto, row, 1u << RG_OF_ALL | 1u << RG_OF_ACCESS);
}

static int put_row(void *ctx, const struct rg_row *row)
{
	struct perfetto *perfetto = ctx;
	const struct rg_event *event = row->seen->event;

	if (event)
		put_call(perfetto, row);
	else
		put_finding(perfetto, row, RG_FINDING_STALE_ACCESS);
	for (uint8_t i = 0; event && i < event->nr_findings; i++) {
		enum rg_finding finding =
			rg_finding_from_number(event->findings[i]);

		if (finding != RG_NR_FINDINGS)
			put_finding(perfetto, row, finding);
	}
	return ferror(perfetto->out) != 0;
}

/* --------------------------------------------------------------- processes */

static void put_metadata(struct perfetto *perfetto, uint32_t pid,
			 const char *name, const char *member, const char *text)
{
	begin_event(perfetto, "M", pid, pid);
	put_member(perfetto, "name", name);
	fprintf(perfetto->out, ",\"args\":{\"%s\":", member);
	rg_json_put_string(perfetto->out, text);
	fputs("}}", perfetto->out);
}

/* Of several traces it matters which, and the pid may be another here. */
static void format_labels(const struct perfetto *perfetto,
			  const struct rg_process *process, const char *dir,
			  char *labels, size_t size)
{
	uint64_t lost = rg_process_lost(process);
	int len = snprintf(labels, size, "%s", process->slot.exe);
	struct rg_word word;

	if (perfetto->feed->nr > 1)
		len += snprintf(labels + len, size - (size_t)len,
				", pid %" PRIu32 " of %.300s",
				process->slot.pid, dir);
	if (lost)
		snprintf(labels + len, size - (size_t)len, ", %s lost",
			 rg_format_nouns(lost, "call", &word));
}

static void put_process(struct perfetto *perfetto,
			const struct rg_process *process, const char *dir)
{
	const struct rg_slot *slot = &process->slot;
	const char *name = *slot->comm ? slot->comm : rg_base_name(slot->exe);
	char labels[1024];

	format_labels(perfetto, process, dir, labels, sizeof(labels));
	put_metadata(perfetto, slot->pid, "process_name", "name", name);
	put_metadata(perfetto, slot->pid, "process_labels", "labels", labels);
	put_metadata(perfetto, slot->pid, "thread_name", "name", name);
}

static int put_processes(void *ctx, const struct rg_fed *fed)
{
	struct perfetto *perfetto = ctx;

	for (size_t i = 0; i < fed->tally->processes.nr; i++) {
		const struct rg_process *process =
			&fed->tally->processes.list[i];

		if (process->events)
			put_process(perfetto, process, fed->dir);
	}
	perfetto->nr_traces++;
	return ferror(perfetto->out) != 0;
}

/* ------------------------------------------------------------------- whole */

static void put_start(const struct perfetto *perfetto)
{
	const struct rg_feed *feed = perfetto->feed;
	char start[RG_UTC_MAX] = "";

	if (feed->first_realtime != UINT64_MAX)
		rg_utc_text(feed->first_realtime, start);
	fprintf(perfetto->out,
		"{\"displayTimeUnit\":\"ns\",\"otherData\":{\"tool\":"
		"\"remapguard\",\"clock\":\"%s\",\"first_event\":\"%s\"},"
		"\"traceEvents\":[",
		feed->nr == 1 ? "CLOCK_MONOTONIC" : "since the first event",
		start);
}

int rg_render_perfetto(const struct rg_feed *feed, FILE *out,
		       struct rg_report_error *err)
{
	struct perfetto perfetto = { .out = out, .feed = feed, .between = "" };
	const struct rg_feed_reader reader = { .row = put_row,
					       .end = put_processes,
					       .ctx = &perfetto };
	int ret;

	put_start(&perfetto);
	ret = rg_feed_read(feed, &reader, err);
	fputs("\n]}\n", out);
	rg_table_deinit(&perfetto.tracks);
	rg_table_deinit(&perfetto.pids);
	free(perfetto.track_pids);
	return ret;
}
