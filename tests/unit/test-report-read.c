/* SPDX-License-Identifier: MIT */

#include "make-trace.h"
#include "unit.h"

#include "report/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What came out of a trace. */
struct seen {
	uint64_t events;
	uint64_t last;
	bool backwards;
	struct rg_event event; /* the last */
	struct rg_access access;
	struct rg_source source;
};

static void see(struct seen *seen, const struct rg_source *source,
		uint64_t timestamp)
{
	seen->events++;
	seen->backwards |= timestamp < seen->last;
	seen->last = timestamp;
	seen->source = *source;
}

static int see_call(void *ctx, const struct rg_source *source,
		    const struct rg_event *event)
{
	struct seen *seen = ctx;

	ck_assert_int_eq(source->kind, RG_CTF_STREAM_CALLS);
	see(seen, source, event->timestamp);
	seen->event = *event;
	return 0;
}

static int see_access(void *ctx, const struct rg_source *source,
		      const struct rg_access *access)
{
	struct seen *seen = ctx;

	ck_assert_int_eq(source->kind, RG_CTF_STREAM_ACCESSES);
	see(seen, source, access->timestamp);
	seen->access = *access;
	return 0;
}

static int read_all(const struct made_trace *made, struct seen *seen,
		    struct rg_report_error *err)
{
	struct rg_reader reader = { .event = see_call,
				    .access = see_access,
				    .ctx = seen };
	struct rg_trace trace;
	int ret = rg_trace_open(made->path, &trace, err);

	if (ret)
		return ret;
	ret = rg_trace_read(&trace, &reader, err);
	rg_trace_close(&trace);
	return ret;
}

/* Two processes, the first with two segments and one not used yet. */
static void make_ordinary(struct made_trace *trace)
{
	struct rg_slot slots[] = {
		{ .pid = 1000, .paths = { 5 }, .exe = "/usr/bin/first" },
		{ .pid = 1001, .paths = { 3 }, .exe = "/usr/bin/second" },
	};
	struct rg_event events[3] = { an_event(), an_event(), an_event() };

	make_trace(trace);
	make_table(trace, slots, 2);
	make_segment(trace, 0, 0, events, 3);
	events[0].timestamp = MADE_BEGIN + 20;
	make_segment(trace, 0, 1, events, 2);
	events[0].timestamp = MADE_BEGIN + 5;
	make_segment(trace, 1, 0, events, 3);
}

/* ------------------------------------------------------- what can be read */

static void as_made(const struct made_trace *trace)
{
	(void)trace;
}

static void no_streams(const struct made_trace *trace)
{
	unlink(path_in(trace, "stream-0-0"));
	unlink(path_in(trace, "stream-0-1"));
	unlink(path_in(trace, "stream-1-0"));
}

static void metadata_only(const struct made_trace *trace)
{
	no_streams(trace);
	unlink(path_in(trace, ".processes.0"));
}

static void unused_segment(const struct made_trace *trace)
{
	struct rg_event none = { .timestamp = 0 };

	make_segment(trace, 2, 0, &none, 0);
}

static void beside_streams(const struct made_trace *trace)
{
	make_file(trace, ".stream-7-0", "x", 1);
	ck_assert(!mkdir(path_in(trace, "notes"), 0700));
}

static void many_events(const struct made_trace *trace)
{
	static struct rg_event events[600];

	for (size_t i = 0; i < NR_ROWS(events); i++)
		events[i] = an_event();
	for (uint32_t segment = 0; segment < 20; segment++) {
		events[0].timestamp = MADE_BEGIN + 6000 * segment;
		make_segment(trace, 3, segment, events, NR_ROWS(events));
	}
}

/* More than one muxer can merge. */
static void many_processes(const struct made_trace *trace)
{
	struct rg_event event = an_event();

	for (uint32_t slot = 2; slot < 100; slot++) {
		event.timestamp = MADE_BEGIN + 7 * (100 - slot);
		make_segment(trace, slot, 0, &event, 1);
	}
}

/* Of a process without calls, of one between its calls, and none. */
static void accesses(const struct made_trace *trace)
{
	struct rg_access two[] = { an_access(), an_access() };

	two[1].timestamp = MADE_BEGIN + 25;
	make_accesses(trace, 0, two, 2);
	make_accesses(trace, 7, two, 2);
	make_accesses(trace, 1, two, 0);
}

static void accesses_only(const struct made_trace *trace)
{
	no_streams(trace);
	accesses(trace);
}

/* More than one muxer can merge, of both kinds. */
static void many_accesses(const struct made_trace *trace)
{
	struct rg_access access = an_access();

	many_processes(trace);
	for (uint32_t slot = 0; slot < 100; slot++) {
		access.timestamp = MADE_BEGIN + 3 * (100 - slot);
		make_accesses(trace, slot, &access, 1);
	}
}

static const struct readable {
	const char *name;
	void (*change)(const struct made_trace *trace);
	uint64_t events;
} readables[] = {
	{ "two processes, three segments", as_made, 8 },
	{ "tables only", no_streams, 0 },
	{ "metadata only", metadata_only, 0 },
	{ "a segment no call was written to", unused_segment, 8 },
	{ "dot-files and directories beside streams", beside_streams, 8 },
	{ "twenty segments", many_events, 12008 },
	{ "a hundred processes", many_processes, 106 },
	{ "stale accesses", accesses, 12 },
	{ "nothing but stale accesses", accesses_only, 4 },
	{ "a hundred processes with one each", many_accesses, 206 },
};

/* How many events the program babeltrace2 finds. */
static uint64_t count_with_babeltrace(const struct made_trace *trace)
{
	char command[128];
	unsigned long nr = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "babeltrace2 %s | wc -l",
		 trace->path);
	pipe = popen(command, "r");
	ck_assert(pipe);
	ck_assert_int_eq(fscanf(pipe, "%lu", &nr), 1);
	pclose(pipe);
	return nr;
}

START_TEST(readable)
{
	const struct readable *row = &readables[_i];
	struct rg_report_error err = { "" };
	struct made_trace made;
	struct seen seen = { 0 };
	uint64_t theirs;
	int ret;

	make_ordinary(&made);
	row->change(&made);
	ret = read_all(&made, &seen, &err);
	theirs = count_with_babeltrace(&made);
	remove_trace(&made);
	ck_assert_msg(!ret, "%s: %s", row->name, err.text);
	ck_assert_msg(seen.events == row->events, "%s: %lu events", row->name,
		      (unsigned long)seen.events);
	ck_assert_msg(!seen.backwards, "%s: not in order", row->name);
	ck_assert_msg(theirs == row->events, "%s: %lu for babeltrace2",
		      row->name, (unsigned long)theirs);
}
END_TEST

/* ------------------------------------------------------------ every field */

static const struct event_row {
	const char *name;
	struct rg_event event;
} event_rows[] = {
	{ .name = "nothing optional",
	  .event = { .tid = 7,
		     .req = { 0x1000, 0x2000, 0x3000, 1, 0 },
		     .result = 0x1000,
		     .path = RG_PATH_EXPAND_IN_PLACE } },
	{ .name = "a destination and all 64 flag bits",
	  .event = { .req = { 0x1000, 0x2000, 0x3000,
			      UINT64_C(0xdeadbeef00000003), 0x9000 },
		     .result = UINT64_MAX,
		     .error = 22,
		     .path = RG_PATH_REFUSE,
		     .check = RG_CHECK_FLAGS } },
	{ .name = "a destination of 0 that was asked for",
	  .event = { .req = { 0x1000, 0x2000, 0x3000, 3, 0 } } },
	{ .name = "judged, denied, racy",
	  .event = { .tier = RG_TIER_SUPERVISOR,
		     .path = RG_PATH_MULTI_MOVE,
		     .plan_path = RG_PATH_DONTUNMAP,
		     .judged = RG_JUDGED_UNSEEN,
		     .agreement = RG_AGREE_MISMATCH,
		     .verdict = RG_VERDICT_DENY,
		     .racy = true,
		     .unknown = 0x80000001,
		     .damage = 0x1f,
		     .duration_ns = UINT32_MAX } },
	{ .name = "vma, findings and stack",
	  .event = { .has_vma = true,
		     .vma_start = 0x7f0000000000,
		     .vma_end = 0x7f0000001000,
		     .vma_flags = 0x30001,
		     .nr_findings = 3,
		     .findings = { 101, 102, 255 },
		     .nr_stack = 2,
		     .stack = { 0x401000, UINT64_MAX } } },
	{ .name = "as much as there can be",
	  .event = { .req = { 1, 2, 3, UINT64_MAX, UINT64_MAX },
		     .tier = RG_TIER_SYSCALL,
		     .check = RG_NR_CHECKS - 1,
		     .has_vma = true,
		     .nr_findings = RG_EVENT_MAX_FINDINGS,
		     .findings = { 1, [RG_EVENT_MAX_FINDINGS - 1] = 9 },
		     .nr_stack = RG_EVENT_MAX_STACK,
		     .stack = { 1, [RG_EVENT_MAX_STACK - 1] = 9 } } },
};

START_TEST(every_field)
{
	const struct event_row *row = &event_rows[_i];
	struct rg_slot slot = { .pid = 1000 };
	struct rg_report_error err = { "" };
	struct rg_event want = row->event;
	struct made_trace made;
	struct seen seen = { 0 };
	int ret;

	want.timestamp = MADE_BEGIN;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_segment(&made, 0, 0, &want, 1);
	ret = read_all(&made, &seen, &err);
	remove_trace(&made);
	ck_assert_msg(!ret, "%s: %s", row->name, err.text);
	ck_assert_msg(seen.source.pid == 1000 && !seen.source.slot,
		      "%s: pid %u", row->name, seen.source.pid);
	ck_assert_msg(!memcmp(&seen.event, &want, sizeof(want)),
		      "%s: another event came out", row->name);
}
END_TEST

static const struct access_row {
	const char *name;
	struct rg_access access;
} access_rows[] = {
	{ .name = "nothing optional", .access = { .addr = 1 } },
	{ .name = "a system call",
	  .access = { .tid = 7,
		      .kind = RG_ACCESS_SYSTEM_CALL,
		      .system_call = UINT32_MAX,
		      .addr = UINT64_MAX,
		      .now = 0x1000,
		      .nr_stack = 1,
		      .stack = { 0x401000 } } },
	{ .name = "as much as there can be",
	  .access = { .tid = UINT32_MAX,
		      .kind = RG_ACCESS_EXECUTE,
		      .addr = 1,
		      .now = 2,
		      .nr_registers = RG_ACCESS_MAX_REGISTERS,
		      .nr_stack = RG_EVENT_MAX_STACK,
		      .registers = { 1, [RG_ACCESS_MAX_REGISTERS - 1] = 9 },
		      .stack = { 2, [RG_EVENT_MAX_STACK - 1] = 8 },
		      .move = { .timestamp = UINT64_MAX,
				.pid = 3,
				.tid = 4,
				.from = 5,
				.len = 6,
				.to = 7,
				.to_len = 8,
				.nr_stack = RG_EVENT_MAX_STACK,
				.stack = { 3,
					   [RG_EVENT_MAX_STACK - 1] = 7 } } } },
};

START_TEST(every_field_of_an_access)
{
	const struct access_row *row = &access_rows[_i];
	struct rg_slot slot = { .pid = 1000 };
	struct rg_report_error err = { "" };
	struct rg_access want = row->access;
	struct made_trace made;
	struct seen seen = { 0 };
	int ret;

	want.timestamp = MADE_BEGIN;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_accesses(&made, 2, &want, 1);
	ret = read_all(&made, &seen, &err);
	remove_trace(&made);
	ck_assert_msg(!ret, "%s: %s", row->name, err.text);
	ck_assert_msg(seen.source.pid == 1002 && seen.source.slot == 2,
		      "%s: pid %u", row->name, seen.source.pid);
	ck_assert_msg(!memcmp(&seen.access, &want, sizeof(want)),
		      "%s: another access came out", row->name);
}
END_TEST

/* -------------------------------------------------------- what is damaged */

static void poke64(const struct made_trace *trace, long offset, uint64_t value)
{
	poke_file(trace, "stream-0-1", offset, &value, sizeof(value));
}

static void poke8(const struct made_trace *trace, long offset, uint8_t value)
{
	poke_file(trace, "stream-0-1", offset, &value, 1);
}

enum {
	INSTANCE_AT = 8,
	BEGIN_AT = 16,
	CONTENT_AT = 24,
	PACKET_AT = 32,
	FIRST_EVENT = 48,
	SECOND_EVENT = FIRST_EVENT + 64,
};

static void no_metadata(const struct made_trace *trace)
{
	unlink(path_in(trace, "metadata"));
}

static void empty_metadata(const struct made_trace *trace)
{
	make_file(trace, "metadata", "", 0);
}

static void foreign_metadata(const struct made_trace *trace)
{
	const char text[] = "/* CTF 1.8 */\ntrace { major = 1; minor = 8; };\n";

	make_file(trace, "metadata", text, strlen(text));
}

/* Replace one text in metadata by another of the same length. */
static void edit_metadata(const struct made_trace *trace, const char *old,
			  const char *new)
{
	char text[RG_CTF_METADATA_MAX] = "";
	FILE *file = fopen(path_in(trace, "metadata"), "r");
	char *at;

	ck_assert(file);
	ck_assert(fread(text, 1, sizeof(text) - 1, file));
	fclose(file);
	at = strstr(text, old);
	ck_assert(at && strlen(old) == strlen(new));
	memcpy(at, new, strlen(new));
	make_file(trace, "metadata", text, strlen(text));
}

static void newer_format(const struct made_trace *trace)
{
	edit_metadata(trace, "format = 3;", "format = 4;");
}

static void older_format(const struct made_trace *trace)
{
	edit_metadata(trace, "format = 3;", "format = 0;");
}

static void another_layout(const struct made_trace *trace)
{
	edit_metadata(trace, "\t\tu64 old_len;", "\t\tu32 old_len;");
}

static void another_tracer(const struct made_trace *trace)
{
	edit_metadata(trace, "\"remapguard\"", "\"lttng-ust!\"");
}

static void cut_metadata(const struct made_trace *trace)
{
	cut_file(trace, "metadata", 2000);
}

static void zero_length_stream(const struct made_trace *trace)
{
	cut_file(trace, "stream-0-1", 0);
}

static void cut_stream(const struct made_trace *trace)
{
	cut_file(trace, "stream-0-1", 4096);
}

static void longer_stream(const struct made_trace *trace)
{
	cut_file(trace, "stream-0-1", 2 * MADE_SEGMENT);
}

static void wrong_magic(const struct made_trace *trace)
{
	poke8(trace, 0, 0);
}

static void wrong_instance(const struct made_trace *trace)
{
	poke64(trace, INSTANCE_AT, 5);
}

static void no_begin(const struct made_trace *trace)
{
	poke64(trace, BEGIN_AT, 0);
}

static void begin_goes_back(const struct made_trace *trace)
{
	poke64(trace, BEGIN_AT, MADE_BEGIN);
}

static void content_too_large(const struct made_trace *trace)
{
	poke64(trace, CONTENT_AT, 8 * MADE_SEGMENT + 64);
}

static void content_too_small(const struct made_trace *trace)
{
	poke64(trace, CONTENT_AT, 8 * 40);
}

static void content_cuts_event(const struct made_trace *trace)
{
	poke64(trace, CONTENT_AT, 8 * (SECOND_EVENT + 8));
}

static void packet_too_large(const struct made_trace *trace)
{
	poke64(trace, PACKET_AT, UINT64_MAX);
}

static void time_goes_back(const struct made_trace *trace)
{
	poke64(trace, SECOND_EVENT, MADE_BEGIN);
}

static void unfinished_event(const struct made_trace *trace)
{
	poke64(trace, SECOND_EVENT, 0);
}

static void far_future(const struct made_trace *trace)
{
	poke64(trace, SECOND_EVENT, UINT64_MAX);
}

static void deep_stack(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 58, 65);
}

static void many_limits(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 56, 0x80);
	poke8(trace, FIRST_EVENT + 64, 200);
}

static void many_mappings(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 56, 0x80);
	poke8(trace, FIRST_EVENT + 64, 0);
	poke8(trace, FIRST_EVENT + 65, 9);
}

static void sight_cut_off(const struct made_trace *trace)
{
	poke8(trace, SECOND_EVENT + 56, 0x80);
}

static void many_findings(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 57, 17);
}

static void stack_past_content(const struct made_trace *trace)
{
	poke8(trace, SECOND_EVENT + 58, 64);
}

static void unknown_tier(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 52, RG_NR_TIERS | RG_PATH_SHRINK << 4);
}

static void unknown_path(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 52, 15 << 4);
}

static void unknown_plan(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 53, 15);
}

static void unknown_check(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 54, 255);
}

static void unknown_verdict(const struct made_trace *trace)
{
	poke8(trace, FIRST_EVENT + 56, 7);
}

static void linked_stream(const struct made_trace *trace)
{
	unlink(path_in(trace, "stream-0-1"));
	ck_assert(!symlink("/etc/passwd", path_in(trace, "stream-0-1")));
}

static void fifo_stream(const struct made_trace *trace)
{
	unlink(path_in(trace, "stream-0-1"));
	ck_assert(!mkfifo(path_in(trace, "stream-0-1"), 0600));
}

static void foreign_file(const struct made_trace *trace)
{
	make_file(trace, "notes.txt", "x", 1);
}

static void misnamed_stream(const struct made_trace *trace)
{
	make_file(trace, "stream-0-01", "x", 1);
}

static void no_table(const struct made_trace *trace)
{
	unlink(path_in(trace, ".processes.0"));
}

static void cut_table(const struct made_trace *trace)
{
	cut_file(trace, ".processes.0", 1000);
}

static void empty_table(const struct made_trace *trace)
{
	cut_file(trace, ".processes.0", 0);
}

static void foreign_table(const struct made_trace *trace)
{
	poke_file(trace, ".processes.0", 0, "x", 1);
}

static void newer_table(const struct made_trace *trace)
{
	poke_file(trace, ".processes.0", 20, "\x63", 1);
}

/* The first row's slot is that of the ordinary trace's process. */
static void add_further(const struct made_trace *trace, uint32_t of,
			uint32_t pid)
{
	const struct rg_slot slots[] = {
		{ .pid = 1000, .paths = { 2 } },
		{ .pid = pid, .paths = { 1 }, .further_of = of },
	};

	make_table(trace, slots, NR_ROWS(slots));
}

static void further_of_none(const struct made_trace *trace)
{
	add_further(trace, 200, 1000);
}

static void further_of_itself(const struct made_trace *trace)
{
	add_further(trace, 2, 1000);
}

static void further_of_another(const struct made_trace *trace)
{
	add_further(trace, 1, 1001);
}

static void further_of_a_further(const struct made_trace *trace)
{
	const struct rg_slot slots[] = {
		{ .pid = 1000, .paths = { 2 } },
		{ .pid = 1000, .paths = { 1 }, .further_of = 1 },
		{ .pid = 1000, .paths = { 1 }, .further_of = 2 },
	};

	make_table(trace, slots, NR_ROWS(slots));
}

static void bad_tier_state(const struct made_trace *trace)
{
	struct rg_slot slot = { .pid = 1000,
				.tiers = { 1, 1, RG_NR_TIER_STATES } };

	make_table(trace, &slot, 1);
}

/* ------------------------------------------------- in a file of accesses */

static void poke_access(const struct made_trace *trace, long offset,
			uint64_t value, size_t len)
{
	struct rg_access two[] = { an_access(), an_access() };

	make_accesses(trace, 0, two, 2);
	poke_file(trace, "accesses-0", offset, &value, len);
}

enum { SECOND_ACCESS = FIRST_EVENT + RG_ACCESS_MIN_SIZE };

static void access_of_another_kind(const struct made_trace *trace)
{
	poke_access(trace, 4, 0, 4);
}

static void access_of_no_kind(const struct made_trace *trace)
{
	poke_access(trace, 4, 2, 4);
}

static void calls_among_accesses(const struct made_trace *trace)
{
	uint32_t kind = RG_CTF_STREAM_ACCESSES;

	poke_file(trace, "stream-0-1", 4, &kind, sizeof(kind));
}

static void access_of_another_process(const struct made_trace *trace)
{
	poke_access(trace, 40, 5, 4);
}

static void second_segment_of_accesses(const struct made_trace *trace)
{
	poke_access(trace, 44, 1, 4);
}

static void accesses_cut(const struct made_trace *trace)
{
	poke_access(trace, CONTENT_AT, 8 * (SECOND_ACCESS + 64), 8);
}

static void accesses_cut_in_a_stack(const struct made_trace *trace)
{
	poke_access(trace, SECOND_ACCESS + 82, 1, 1);
}

static void access_time_goes_back(const struct made_trace *trace)
{
	poke_access(trace, SECOND_ACCESS, MADE_BEGIN - 1, 8);
}

static void many_registers(const struct made_trace *trace)
{
	poke_access(trace, FIRST_EVENT + 81, RG_ACCESS_MAX_REGISTERS + 1, 1);
}

static void deep_access(const struct made_trace *trace)
{
	poke_access(trace, FIRST_EVENT + 82, 65, 1);
}

static void deep_move(const struct made_trace *trace)
{
	poke_access(trace, FIRST_EVENT + 83, 255, 1);
}

static void unknown_access(const struct made_trace *trace)
{
	poke_access(trace, FIRST_EVENT + 80, RG_NR_ACCESS_KINDS, 1);
}

static void misnamed_accesses(const struct made_trace *trace)
{
	make_file(trace, "accesses-0-0", "x", 1);
}

static const struct damage {
	const char *name;
	void (*change)(const struct made_trace *trace);
	const char *want; /* what follows DIR */
} damages[] = {
	{ "no metadata", no_metadata,
	  ": not a trace: it has no file metadata" },
	{ "empty metadata", empty_metadata,
	  "/metadata: not a trace of remapguard" },
	{ "metadata of another CTF trace", foreign_metadata,
	  "/metadata: not a trace of remapguard" },
	{ "metadata of another tracer", another_tracer,
	  "/metadata: not a trace of remapguard" },
	{ "newer format", newer_format,
	  "/metadata: a newer format than this remapguard reads: use a newer "
	  "one" },
	{ "older format", older_format,
	  "/metadata: an older format than this remapguard reads: use the one "
	  "that wrote it" },
	{ "a field of another size", another_layout,
	  "/metadata: damaged: not as remapguard writes it" },
	{ "metadata cut", cut_metadata,
	  "/metadata: damaged: not as remapguard writes it" },
	{ "stream of length zero", zero_length_stream,
	  "/stream-0-1: truncated" },
	{ "stream cut", cut_stream, "/stream-0-1: truncated" },
	{ "packet larger than any file", packet_too_large,
	  "/stream-0-1: truncated" },
	{ "stream longer than its packet", longer_stream,
	  "/stream-0-1: damaged: longer than its packet" },
	{ "wrong magic", wrong_magic,
	  "/stream-0-1: no CTF packet: wrong magic number" },
	{ "header of another slot", wrong_instance,
	  "/stream-0-1: damaged: the header is another file's" },
	{ "no begin", no_begin, "/stream-0-1: damaged: timestamp_begin" },
	{ "two segments begin together", begin_goes_back,
	  "/stream-0-1: damaged: begins before the last segment ended" },
	{ "content beyond the packet", content_too_large,
	  "/stream-0-1: damaged: content_size" },
	{ "content without a header", content_too_small,
	  "/stream-0-1: damaged: content_size" },
	{ "content ends in an event", content_cuts_event,
	  "/stream-0-1: ends in the middle of an event" },
	{ "stack beyond the content", stack_past_content,
	  "/stream-0-1: ends in the middle of an event" },
	{ "time goes backwards", time_goes_back,
	  "/stream-0-1: time goes backwards" },
	{ "an event not finished", unfinished_event,
	  "/stream-0-1: time goes backwards" },
	{ "time beyond all bounds", far_future,
	  "/stream-0-1: impossible time" },
	{ "stack too deep", deep_stack, "/stream-0-1: too deep a stack" },
	{ "too many findings", many_findings,
	  "/stream-0-1: too many findings" },
	{ "too many limits", many_limits, "/stream-0-1: too many limits" },
	{ "too many mappings", many_mappings,
	  "/stream-0-1: too many mappings" },
	{ "a sight cut off", sight_cut_off,
	  "/stream-0-1: ends in the middle of an event" },
	{ "unknown tier", unknown_tier,
	  "/stream-0-1: damaged, or from a newer remapguard (0.1.0): the tier "
	  "of an event is not known" },
	{ "unknown path", unknown_path,
	  "/stream-0-1: damaged, or from a newer remapguard (0.1.0): the path "
	  "of an event is not known" },
	{ "unknown planned path", unknown_plan,
	  "/stream-0-1: damaged, or from a newer remapguard (0.1.0): the "
	  "plan_path of an event is not known" },
	{ "unknown check", unknown_check,
	  "/stream-0-1: damaged, or from a newer remapguard (0.1.0): the check "
	  "of an event is not known" },
	{ "unknown verdict", unknown_verdict,
	  "/stream-0-1: damaged, or from a newer remapguard (0.1.0): the "
	  "verdict of an event is not known" },
	{ "stream is a link", linked_stream,
	  "/stream-0-1: is a symbolic link" },
	{ "stream is a FIFO", fifo_stream, "/stream-0-1: not a regular file" },
	{ "a file that is not ours", foreign_file,
	  "/notes.txt: not a file of a trace" },
	{ "a stream misnamed", misnamed_stream,
	  "/stream-0-01: not a file of a trace" },
	{ "accesses in a stream of calls", access_of_another_kind,
	  "/accesses-0: damaged: the header is another file's" },
	{ "a stream of nothing known", access_of_no_kind,
	  "/accesses-0: damaged: the header is another file's" },
	{ "calls in a stream of accesses", calls_among_accesses,
	  "/stream-0-1: damaged: the header is another file's" },
	{ "accesses of another process", access_of_another_process,
	  "/accesses-0: damaged: another process's than the segment before" },
	{ "a second segment of accesses", second_segment_of_accesses,
	  "/accesses-0: damaged: the header is another file's" },
	{ "content ends in an access", accesses_cut,
	  "/accesses-0: ends in the middle of an event" },
	{ "content ends in an access's stack", accesses_cut_in_a_stack,
	  "/accesses-0: ends in the middle of an event" },
	{ "accesses go back in time", access_time_goes_back,
	  "/accesses-0: time goes backwards" },
	{ "too many registers", many_registers,
	  "/accesses-0: too many registers" },
	{ "an access's stack too deep", deep_access,
	  "/accesses-0: too deep a stack" },
	{ "a move's stack too deep", deep_move,
	  "/accesses-0: too deep a stack" },
	{ "unknown kind of access", unknown_access,
	  "/accesses-0: damaged, or from a newer remapguard (0.1.0): the "
	  "access of an event is not known" },
	{ "accesses misnamed", misnamed_accesses,
	  "/accesses-0-0: not a file of a trace" },
	{ "no process table", no_table,
	  "/.processes.0: missing or empty: copied without its dot-files?" },
	{ "process table cut", cut_table, "/.processes.0: truncated" },
	{ "process table empty", empty_table, "/.processes.0: truncated" },
	{ "no process table, but another file", foreign_table,
	  "/.processes.0: not a process table: wrong magic number" },
	{ "process table of a newer format", newer_table,
	  "/.processes.0: a newer format than this remapguard reads" },
	{ "state of a tier unknown", bad_tier_state,
	  "/.processes.0: damaged: the state of a tier" },
	{ "further slot of no process", further_of_none,
	  "/.processes.0: damaged: whose further slot one is" },
	{ "further slot of itself", further_of_itself,
	  "/.processes.0: damaged: whose further slot one is" },
	{ "further slot of another process", further_of_another,
	  "/.processes.0: damaged: whose further slot one is" },
	{ "further slot of a further slot", further_of_a_further,
	  "/.processes.0: damaged: whose further slot one is" },
};

START_TEST(damaged)
{
	const struct damage *row = &damages[_i];
	struct rg_report_error err = { "" };
	struct made_trace made;
	struct seen seen = { 0 };
	const char *why;
	int ret;

	make_ordinary(&made);
	row->change(&made);
	ret = read_all(&made, &seen, &err);
	remove_trace(&made);
	ck_assert_msg(ret < 0, "%s: was read", row->name);
	ck_assert_msg(!strncmp(err.text, made.path, strlen(made.path)),
		      "%s: %s", row->name, err.text);
	why = err.text + strlen(made.path);
	ck_assert_msg(!strcmp(why, row->want), "%s: %s", row->name, why);
}
END_TEST

/* ------------------------------------------------------------ one byte off */

/*
 * Whatever byte of header, events or metadata changes: the trace is read, or
 * refused with a line. Nothing crashes, hangs or aborts in between.
 */
START_TEST(any_byte)
{
	static const struct {
		const char *file;
		long len;
		long step;
	} files[] = {
		{ "stream-0-0", 48 + 3 * 64, 1 },
		{ "accesses-0", 48 + 2 * RG_ACCESS_MIN_SIZE, 1 },
		{ ".processes.0", 1200, 7 },
		{ "metadata", 3000, 13 },
	};
	struct rg_access uses[] = { an_access(), an_access() };
	long step = files[_i].step * unit_less();
	struct made_trace made;
	long tried = 0;

	make_ordinary(&made);
	make_accesses(&made, 0, uses, 2);
	for (long at = 0; at < files[_i].len; at += step, tried++) {
		struct rg_report_error err = { "" };
		struct seen seen = { 0 };
		uint8_t old;
		uint8_t new;
		FILE *file = fopen(path_in(&made, files[_i].file), "r");

		ck_assert(file && !fseek(file, at, SEEK_SET));
		old = (uint8_t)fgetc(file);
		fclose(file);
		new = (uint8_t)(old ^ (tried % 2 ? 0xff : 1 << tried % 8));
		poke_file(&made, files[_i].file, at, &new, 1);
		ck_assert_msg(!read_all(&made, &seen, &err) || *err.text,
			      "%s, byte %ld: refused without a line",
			      files[_i].file, at);
		poke_file(&made, files[_i].file, at, &old, 1);
	}
	remove_trace(&made);
	ck_assert_int_gt(tried, 100 / unit_less());
}
END_TEST

START_TEST(not_a_directory)
{
	struct rg_report_error err = { "" };
	struct rg_trace trace;

	ck_assert_int_lt(rg_trace_open("/nowhere\n/at\033all", &trace, &err),
			 0);
	ck_assert_str_eq(err.text,
			 "/nowhere?/at?all: No such file or directory");
	ck_assert_int_lt(rg_trace_open("/etc/passwd", &trace, &err), 0);
	ck_assert_str_eq(err.text, "/etc/passwd: Not a directory");
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, readable, 0, NR_ROWS(readables));
	tcase_add_loop_test(tc, every_field, 0, NR_ROWS(event_rows));
	tcase_add_loop_test(tc, every_field_of_an_access, 0,
			    NR_ROWS(access_rows));
	tcase_add_loop_test(tc, damaged, 0, NR_ROWS(damages));
	tcase_add_loop_test(tc, any_byte, 0, 4);
	tcase_add_test(tc, not_a_directory);
}
