/* SPDX-License-Identifier: MIT */

/*
 * Stale accesses in a trace: how they are counted, and what each way of
 * showing them says.
 */

#include "make-trace.h"
#include "unit.h"

#include "report/callers.h"
#include "report/explanation.h"
#include "report/format.h"
#include "report/render.h"
#include "report/summary.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Who moves memory, who uses it, and who calls them. */
static void grow_buffer(void)
{
	errno = 0;
}

static void use_buffer(void)
{
	errno = EPERM;
}

static void run_program(void)
{
	errno = ENOENT;
}

/* ------------------------------------------------------ a trace with some */

/* As an_access(), an hour of clock after the program was mapped. */
static struct rg_access a_use(enum rg_access_kind kind, uint64_t after)
{
	struct rg_access access = an_access();

	access.kind = kind;
	access.timestamp = MADE_SINCE + after;
	access.nr_registers = 18;
	for (uint8_t i = 0; i < access.nr_registers; i++)
		access.registers[i] = 0x100 + i;
	access.nr_stack = 2;
	access.stack[0] = (uintptr_t)&use_buffer;
	access.stack[1] = an_address(run_program);
	access.move.timestamp = MADE_SINCE + 1;
	access.move.nr_stack = 2;
	access.move.stack[0] = an_address(grow_buffer);
	access.move.stack[1] = an_address(run_program);
	return access;
}

static struct rg_event a_move(void)
{
	struct rg_event event = an_event();

	event.timestamp = MADE_SINCE + 1;
	event.path = RG_PATH_MOVE;
	event.result = 0x7f1000000000;
	event.nr_stack = 2;
	event.stack[0] = an_address(grow_buffer);
	event.stack[1] = an_address(run_program);
	return event;
}

/*
 * In the order of time: the move; a read, twice; a call of the parent's; a
 * system call; and a write by a child, whose modules are known from its start
 * on, of what its parent had moved before.
 */
static void make_stale(struct made_trace *made)
{
	struct rg_slot slots[] = {
		{ .pid = 1000,
		  .start_ns = MADE_SINCE,
		  .paths = { [RG_PATH_MOVE] = 2 },
		  .exe = "/usr/bin/parent" },
		{ .pid = 1001,
		  .ppid = 1000,
		  .start_ns = MADE_SINCE + 3000,
		  .exe = "/usr/bin/child" },
	};
	struct rg_module module = a_module();
	struct rg_event events[] = { a_move(), a_move() };
	struct rg_access uses[] = {
		a_use(RG_ACCESS_READ, 1001),
		a_use(RG_ACCESS_READ, 1002),
		a_use(RG_ACCESS_SYSTEM_CALL, 2001),
	};
	struct rg_access write = a_use(RG_ACCESS_WRITE, 4001);

	uses[2].system_call = 1;
	uses[2].nr_registers = 0;
	uses[2].stack[0] = an_address(use_buffer);
	write.now = 0;
	make_trace(made);
	make_table(made, slots, 2);
	make_modules(made, 0, &module, 1);
	make_segment(made, 0, 0, events, 1);
	events[1].timestamp = MADE_SINCE + 2000;
	make_segment(made, 0, 1, events + 1, 1);
	make_accesses(made, 0, uses, NR_ROWS(uses));
	module.since = MADE_SINCE + 3000;
	make_modules(made, 1, &module, 1);
	make_accesses(made, 1, &write, 1);
}

/* Nothing but one, of which little is known: its call was lost. */
static void make_poor(struct made_trace *made)
{
	struct rg_slot slot = { .pid = 1000,
				.paths = { [RG_PATH_MOVE] = 1 },
				.comm = "poor" };
	struct rg_access access = { .addr = 0x1000 };

	make_trace(made);
	make_table(made, &slot, 1);
	make_accesses(made, 0, &access, 1);
}

/* In libc on behalf of a library, which libc has called. */
static void make_in_libc(struct made_trace *made)
{
	struct rg_slot slot = { .pid = 1000 };
	struct rg_module modules[] = {
		{ 0, 0x10000, 0x20000, 0x10000, 0, { 0 }, "/no/libc.so.6" },
		{ 0, 0x30000, 0x40000, 0x30000, 0, { 0 }, "/no/libring.so" },
	};
	struct rg_access access = an_access();

	access.nr_stack = 4;
	access.stack[0] = 0x10000;
	access.stack[1] = 0x32345;
	access.stack[2] = 0x12345;
	access.stack[3] = 0x33456;
	make_trace(made);
	make_table(made, &slot, 1);
	make_modules(made, 0, modules, 2);
	make_accesses(made, 0, &access, 1);
}

/* What the processes counted beyond what is there. */
static void make_counted(struct made_trace *made)
{
	struct rg_slot slots[] = {
		{ .pid = 1000,
		  .held = 1000,
		  .given_up = 1,
		  .not_held = 2,
		  .accesses = 5,
		  .accesses_lost = 1 },
		{ .pid = 1001, .held = 1, .accesses = 6, .accesses_lost = 2 },
	};
	struct rg_access accesses[] = { a_use(RG_ACCESS_READ, 1),
					a_use(RG_ACCESS_READ, 2) };

	make_trace(made);
	make_table(made, slots, 2);
	make_accesses(made, 0, accesses, 2);
}

/* Nothing but counts: the file could not be made. */
static void make_lost(struct made_trace *made)
{
	struct rg_slot slot = {
		.pid = 1000, .held = 1, .accesses = 3, .accesses_lost = 3
	};

	make_trace(made);
	make_table(made, &slot, 1);
}

/* All out of range that the reader lets through, and many places. */
static void make_hostile(struct made_trace *made)
{
	struct rg_slot slot = { .pid = UINT32_MAX };
	struct rg_access accesses[20];

	for (size_t i = 0; i < NR_ROWS(accesses); i++) {
		memset(&accesses[i], 0xff, sizeof(accesses[i]));
		accesses[i].timestamp = i ? 0 : MADE_BEGIN;
		accesses[i].kind = (enum rg_access_kind)(
			(i + RG_ACCESS_SYSTEM_CALL) % RG_NR_ACCESS_KINDS);
		accesses[i].nr_registers = RG_ACCESS_MAX_REGISTERS;
		accesses[i].nr_stack = RG_EVENT_MAX_STACK;
		accesses[i].move.nr_stack = RG_EVENT_MAX_STACK;
		accesses[i].move.stack[0] = i;
	}
	make_trace(made);
	make_table(made, &slot, 1);
	make_accesses(made, 0, accesses, NR_ROWS(accesses));
}

static struct rg_tally *tally_of(void (*make)(struct made_trace *made))
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };
	struct made_trace made;

	make(&made);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	return tally;
}

/* ---------------------------------------------------------------- counting */

static const char *function_at(struct rg_names *names,
			       const struct rg_site *site, uint8_t frame)
{
	return rg_names_find(names, &site->frames[frame]).list[0].function;
}

START_TEST(counted)
{
	struct rg_tally *tally = tally_of(make_stale);
	const struct rg_finding_count *count =
		&tally->findings[RG_FINDING_STALE_ACCESS];

	ck_assert_uint_eq(tally->totals.calls, 2);
	ck_assert_uint_eq(tally->totals.accesses, 4);
	ck_assert_uint_eq(rg_tally_events(tally), 6);
	ck_assert_uint_eq(rg_tally_lost(tally), 0);
	ck_assert_uint_eq(tally->totals.failed, 0);
	ck_assert_uint_eq(count->count, 4);
	ck_assert_uint_eq(count->denied, 0);
	ck_assert_uint_eq(count->first_event, 2);
	ck_assert_uint_eq(rg_tally_unjudged(tally, RG_FINDING_STALE_ACCESS), 0);
	rg_tally_free(tally);
}
END_TEST

static const struct {
	const char *name;
	enum rg_access_kind kind;
	uint64_t count;
	uint64_t first_event;
	uint32_t pid;
} uses[] = {
	{ "a read, twice", RG_ACCESS_READ, 2, 2, 1000 },
	{ "a system call", RG_ACCESS_SYSTEM_CALL, 1, 5, 1000 },
	{ "a child's write", RG_ACCESS_WRITE, 1, 6, 1001 },
};

/* The fault's own address is the function's first, not its neighbour's. */
START_TEST(distinct)
{
	struct rg_tally *tally = tally_of(make_stale);
	struct rg_names *names = rg_names_new(&tally->objects);
	const struct rg_stale *stale = &tally->stales.list[_i];
	const struct rg_site *site = &tally->sites.list[stale->site];
	const struct rg_site *move = &tally->sites.list[stale->move_site];
	const char *name = uses[_i].name;

	ck_assert_uint_eq(tally->stales.nr, NR_ROWS(uses));
	ck_assert_msg(stale->access.kind == uses[_i].kind, "%s: kind", name);
	ck_assert_msg(stale->count == uses[_i].count, "%s: count", name);
	ck_assert_msg(stale->first_event == uses[_i].first_event,
		      "%s: first event %lu", name,
		      (unsigned long)stale->first_event);
	ck_assert_msg(stale->pid == uses[_i].pid, "%s: pid", name);
	ck_assert_msg(stale->move_event == 1, "%s: event %lu moved it", name,
		      (unsigned long)stale->move_event);
	ck_assert_str_eq(function_at(names, site, 0), "use_buffer");
	ck_assert_str_eq(function_at(names, site, 1), "run_program");
	ck_assert_str_eq(function_at(names, move, 0), "grow_buffer");
	ck_assert_str_eq(function_at(names, move, 1), "run_program");
	/* the site of the calls that moved it */
	ck_assert_msg(move->calls == 2, "%s: calls of the move", name);
	ck_assert_msg(!site->calls, "%s: calls of the access", name);
	rg_names_free(names);
	rg_tally_free(tally);
}
END_TEST

START_TEST(callers)
{
	struct rg_tally *tally = tally_of(make_stale);
	struct rg_names *names = rg_names_new(&tally->objects);
	struct rg_callers list;

	rg_callers_found(tally, names, RG_FINDING_STALE_ACCESS, &list);
	ck_assert_uint_eq(list.nr, 1);
	ck_assert_uint_eq(list.list[0].calls, 4);
	ck_assert_str_eq(list.list[0].caller.name.function, "use_buffer");
	rg_callers_deinit(&list);
	rg_callers_all(tally, names, &list);
	ck_assert_uint_eq(list.nr, 1);
	ck_assert_str_eq(list.list[0].caller.name.function, "grow_buffer");
	rg_callers_deinit(&list);
	rg_names_free(names);
	rg_tally_free(tally);
}
END_TEST

static const struct {
	const char *name;
	uint64_t asked;
	uint64_t want; /* 0: there is none */
	bool is_access;
} picks[] = {
	{ "the first that failed or is a hazard", 0, 2, true },
	{ "a call before all of them", 1, 1, false },
	{ "a call between", 4, 4, false },
	{ "the last", 6, 6, true },
	{ "past the end", 7, 0, false },
};

START_TEST(picked)
{
	struct rg_pick pick = { .number = picks[_i].asked };
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };
	struct made_trace made;
	const char *name = picks[_i].name;

	tally->pick = &pick;
	make_stale(&made);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	ck_assert_msg(pick.found == (picks[_i].want != 0), "%s: found", name);
	ck_assert_msg(!pick.found || pick.number == picks[_i].want,
		      "%s: event %lu", name, (unsigned long)pick.number);
	ck_assert_msg(pick.is_access == picks[_i].is_access, "%s: kind", name);
	rg_tally_free(tally);
}
END_TEST

/* One of these moved it, by all three that tell. */
static const struct {
	const char *name;
	struct rg_access_move move;
	uint64_t want;
} moves[] = {
	{ "it", { .timestamp = 5, .pid = 1, .tid = 2 }, 7 },
	{ "another time", { .timestamp = 6, .pid = 1, .tid = 2 }, 0 },
	{ "another process", { .timestamp = 5, .pid = 2, .tid = 2 }, 0 },
	{ "another thread", { .timestamp = 5, .pid = 1, .tid = 1 }, 0 },
	{ "one that did not move", { .timestamp = 8, .pid = 1, .tid = 2 }, 0 },
};

START_TEST(finds_the_move)
{
	static struct rg_moves noted;
	struct rg_event event = { .timestamp = 5,
				  .tid = 2,
				  .path = RG_PATH_MOVE };
	uint64_t got;

	noted.nr = 0;
	rg_moves_note(&noted, &event, 1, 7);
	event.timestamp = 8;
	event.path = RG_PATH_SHRINK;
	rg_moves_note(&noted, &event, 1, 8);
	got = rg_moves_find(&noted, &moves[_i].move);
	ck_assert_msg(got == moves[_i].want, "%s: %lu", moves[_i].name,
		      (unsigned long)got);
}
END_TEST

START_TEST(forgets_old_moves)
{
	static struct rg_moves noted;
	struct rg_event event = { .path = RG_PATH_DONTUNMAP };
	struct rg_access_move move = { .pid = 1 };

	noted.nr = 0;
	for (uint64_t i = 1; i <= RG_MOVES_KEPT + 1; i++) {
		event.timestamp = i;
		rg_moves_note(&noted, &event, 1, i);
	}
	for (uint64_t i = 1; i <= RG_MOVES_KEPT + 1; i++) {
		move.timestamp = i;
		ck_assert_uint_eq(rg_moves_find(&noted, &move), i > 1 ? i : 0);
	}
}
END_TEST

/* ------------------------------------------------------------------ shown */

typedef char *show_function(const struct made_trace *made, uint64_t event);

static char *show_report(const struct made_trace *made,
			 void (*render)(const struct rg_tally *tally,
					FILE *out))
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_msg(!rg_tally_add(tally, made->path, &err), "%s", err.text);
	render(tally, out);
	rg_tally_free(tally);
	ck_assert(!fclose(out));
	return text;
}

static void render_text(const struct rg_tally *tally, FILE *out)
{
	struct rg_look plain = { .colour = false };

	rg_render_text(tally, &plain, out);
}

static char *report_text(const struct made_trace *made, uint64_t event)
{
	(void)event;
	return show_report(made, render_text);
}

static char *report_json(const struct made_trace *made, uint64_t event)
{
	(void)event;
	return show_report(made, rg_render_json);
}

static char *show_explanation(
	const struct made_trace *made, uint64_t event,
	void (*render)(const struct rg_explanation *explanation, FILE *out))
{
	struct rg_report_error err = { "" };
	struct rg_explanation explanation;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_msg(
		!rg_explanation_make(made->path, event, &explanation, &err),
		"%s", err.text);
	render(&explanation, out);
	rg_explanation_deinit(&explanation);
	ck_assert(!fclose(out));
	return text;
}

static char *explain_text(const struct made_trace *made, uint64_t event)
{
	return show_explanation(made, event, rg_render_explanation_text);
}

static char *explain_json(const struct made_trace *made, uint64_t event)
{
	return show_explanation(made, event, rg_render_explanation_json);
}

static char *summary(const struct made_trace *made, uint64_t event)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)event;
	ck_assert(!rg_report_summary(made->path, out));
	ck_assert(!fclose(out));
	return text;
}

static char *shown(void (*make)(struct made_trace *made), show_function *show,
		   uint64_t event)
{
	struct made_trace made;
	char *text;

	make(&made);
	text = show(&made, event);
	remove_trace(&made);
	return text;
}

#define HEADING                                                                \
	"\nmemory used where it was before it moved (remapguard explain DIR "  \
	"--event=N)\n"

static const struct said {
	const char *name;
	void (*make)(struct made_trace *made);
	show_function *show;
	uint64_t event;
	const char *says;
} saids[] = {
	{ "title counts calls alone", make_stale, report_text, 0,
	  "parent and others  -  2 calls in 2 processes" },
	{ "finding", make_stale, report_text, 0,
	  "        4  RG115 stale-access (hazard)\n"
	  "           memory was used where it was before it moved\n"
	  "           use_buffer at " },
	{ "first pair of places", make_stale, report_text, 0,
	  HEADING "        2  read at offset 16, 1.0 us after 4.0 KiB moved "
		  "(event 2)\n"
		  "           by      use_buffer at " },
	{ "who called the accessing function", make_stale, report_text, 0,
	  "\n                   run_program at " },
	{ "who moved it", make_stale, report_text, 0,
	  "\n           moved   grow_buffer at " },
	{ "system call", make_stale, report_text, 0,
	  "        1  system call write at offset 16, 2.0 us after 4.0 KiB "
	  "moved (event 5)\n" },
	{ "nothing known", make_poor, report_text, 0,
	  HEADING "        1  access, 1.0 ms after 0 B moved (event 1)\n"
		  "           by      (no stack)\n"
		  "           moved   (no stack)\n" },
	{ "not libc's frames", make_in_libc, report_text, 0,
	  "           by      libring.so+0x2345\n"
	  "                   libring.so+0x3456\n"
	  "           moved   (no stack)\n" },
	{ "but all when explained", make_in_libc, explain_text, 1,
	  "\naccessed from libc.so.6+0x0\n"
	  "              libring.so+0x2345\n"
	  "              libc.so.6+0x2345\n" },
	{ "more than are shown", make_hostile, report_text, 0,
	  "\n           and 10 other pairs\n" },
	{ "held", make_counted, report_text, 0,
	  "\n\n1,001 old ranges of moves held in quarantine.\n" },
	{ "given up", make_counted, report_text, 0,
	  "\n1 old range given up for later ones, for the program or at a "
	  "limit: uses of them\nafter that are not seen.\n" },
	{ "not held", make_counted, report_text, 0,
	  "\n2 old ranges not held, too long, at a limit or taken by others "
	  "at once: uses of\nthem are not seen.\n" },
	{ "lost", make_counted, report_text, 0,
	  "\n3 stale accesses not in the trace: no room in its file, or too "
	  "little on a\nstack.\n" },
	{ "only counted", make_counted, report_text, 0,
	  "\n6 stale accesses like others that are recorded, and only "
	  "counted.\n" },
	{ "all lost", make_lost, report_text, 0,
	  "\n1 old range of moves held in quarantine.\n"
	  "3 stale accesses not in the trace: " },
	{ "summary of lost ones", make_lost, summary, 0,
	  "\nremapguard: 3 accesses of memory where it was before it moved\n" },
	{ "what it was", make_stale, explain_text, 2,
	  "read at 0x7f0000000010, where memory was before it moved\n"
	  "event 2 of 6: process 1000 (/usr/bin/parent), thread 2\n"
	  "on Linux 6.18.44-test (G5)\n\n"
	  "offset        16 of 4,096 B at 0x7f0000000000\n"
	  "now           that byte is at 0x7f1000000010\n"
	  "moved         1.0 us before: 4,096 B from 0x7f0000000000 to "
	  "0x7f1000000000,\n"
	  "              where it had 8,192 B\n"
	  "by            process 1000, thread 1 (event 1)\n" },
	{ "the picture", make_stale, explain_text, 2,
	  "\nranges (not to scale)\n"
	  "  old      |-----------|                  "
	  "0x7f0000000000-0x7f0000001000  4.0 KiB\n"
	  "  accessed     |===|                      "
	  "0x7f0000000010-0x7f0000000011  1 B\n"
	  "  then                     |~~~~~~~~~~~|  "
	  "0x7f1000000000-0x7f1000002000  8.0 KiB\n"
	  "  now                          |===|      "
	  "0x7f1000000010-0x7f1000000011  1 B\n" },
	{ "registers", make_stale, explain_text, 2,
	  "\nregisters     rax=0x100 rbx=0x101 rcx=0x102 " },
	{ "the last register", make_stale, explain_text, 2,
	  " rip=0x110 eflags=0x111\n\nfinding       RG115 stale-access "
	  "(hazard): memory was used where it was before\n" },
	{ "who used it", make_stale, explain_text, 2,
	  "\naccessed from use_buffer at unit/test-report-stale.c:" },
	{ "who had moved it", make_stale, explain_text, 2,
	  "\nmoved from    grow_buffer at unit/test-report-stale.c:" },
	{ "the fix", make_stale, explain_text, 2,
	  "\nfix           As for stale-range (RG114)" },
	{ "a system call", make_stale, explain_text, 5,
	  "system call write at 0x7f0000000010, where" },
	{ "gone", make_stale, explain_text, 6,
	  "\nnow           that byte is gone, or nobody knows\n" },
	{ "moved by a parent", make_stale, explain_text, 6,
	  "\nby            process 1000, thread 1, before this one was forked "
	  "(event 1)\n" },
	{ "a call among them", make_stale, explain_text, 4,
	  "\nevent 4 of 6: process 1000 (/usr/bin/parent), thread 1\n" },
	{ "first of all", make_stale, explain_text, 0, "\nevent 2 of 6: " },
	{ "not where it moved", make_poor, explain_text, 1,
	  "\noffset        not in what moved\n" },
	{ "no stacks", make_poor, explain_text, 1,
	  "\naccessed from not recorded\nmoved from    not recorded\n" },
	{ "summary", make_stale, summary, 0,
	  "\nremapguard: 4 accesses of memory where it was before it moved\n" },
};

START_TEST(says)
{
	const struct said *row = &saids[_i];
	char *text = shown(row->make, row->show, row->event);

	ck_assert_msg(strstr(text, row->says) != NULL, "%s: not in\n%s",
		      row->name, text);
	free(text);
}
END_TEST

static const struct {
	void (*make)(struct made_trace *made);
	show_function *show;
	uint64_t event;
} texts[] = {
	{ make_counted, report_text, 0 },  { make_lost, report_text, 0 },
	{ make_stale, report_text, 0 },	   { make_poor, report_text, 0 },
	{ make_hostile, report_text, 0 },  { make_stale, explain_text, 2 },
	{ make_poor, explain_text, 1 },	   { make_hostile, explain_text, 1 },
	{ make_hostile, explain_text, 4 },
};

START_TEST(fits)
{
	char *text = shown(texts[_i].make, texts[_i].show, texts[_i].event);
	char *line = text;

	for (char *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		ck_assert_msg(rg_columns(line) <= 80, "too wide: %s", line);
	}
	free(text);
}
END_TEST

/* ------------------------------------------------------------------- JSON */

#define STALE "stale_accesses."

static const struct value {
	void (*make)(struct made_trace *made);
	show_function *show;
	uint64_t event;
	const char *path;
	const char *want; /* as JSON; NULL: it is not there */
} values[] = {
	{ make_stale, report_json, 0, "totals.calls", "2" },
	{ make_stale, report_json, 0, "totals.accesses", "4" },
	{ make_stale, report_json, 0, "totals.lost", "0" },
	{ make_stale, report_json, 0, "totals.accesses_lost", "0" },
	{ make_counted, report_json, 0, "totals.accesses", "2" },
	{ make_counted, report_json, 0, "totals.accesses_lost", "3" },
	{ make_counted, report_json, 0, "totals.lost", "0" },
	{ make_counted, report_json, 0, "quarantine",
	  "{\"held\": 1001, \"given_up\": 1, \"not_held\": 2, "
	  "\"accesses\": 11}" },
	{ make_lost, report_json, 0, "findings", "[]" },
	{ make_lost, report_json, 0, "quarantine.accesses", "3" },
	{ make_stale, report_json, 0, "processes.0.calls", "2" },
	{ make_stale, report_json, 0, "processes.1.calls", "0" },
	{ make_stale, report_json, 0, "findings.0.id", "\"RG115\"" },
	{ make_stale, report_json, 0, "findings.0.count", "4" },
	{ make_stale, report_json, 0, "findings.0.first_event", "2" },
	{ make_stale, report_json, 0, "findings.0.unjudged", "0" },
	{ make_stale, report_json, 0, "findings.0.callers.0.function",
	  "\"use_buffer\"" },
	{ make_stale, report_json, 0, "sites.0.stack.0.function",
	  "\"grow_buffer\"" },
	{ make_stale, report_json, 0, "sites.1", NULL },
	{ make_stale, report_json, 0, STALE "0.access", "\"read\"" },
	{ make_stale, report_json, 0, STALE "0.system_call", "\"\"" },
	{ make_stale, report_json, 0, STALE "0.count", "2" },
	{ make_stale, report_json, 0, STALE "0.first_event", "2" },
	{ make_stale, report_json, 0, STALE "0.pid", "1000" },
	{ make_stale, report_json, 0, STALE "0.tid", "2" },
	{ make_stale, report_json, 0, STALE "0.addr", "\"0x7f0000000010\"" },
	{ make_stale, report_json, 0, STALE "0.offset", "\"0x10\"" },
	{ make_stale, report_json, 0, STALE "0.now", "\"0x7f1000000010\"" },
	{ make_stale, report_json, 0, STALE "0.age_ns", "1000" },
	{ make_stale, report_json, 0, STALE "0.stack.0.function",
	  "\"use_buffer\"" },
	{ make_stale, report_json, 0, STALE "0.stack.1.function",
	  "\"run_program\"" },
	{ make_stale, report_json, 0, STALE "0.move.event", "1" },
	{ make_stale, report_json, 0, STALE "0.move.pid", "1000" },
	{ make_stale, report_json, 0, STALE "0.move.tid", "1" },
	{ make_stale, report_json, 0, STALE "0.move.from",
	  "\"0x7f0000000000\"" },
	{ make_stale, report_json, 0, STALE "0.move.len", "\"0x1000\"" },
	{ make_stale, report_json, 0, STALE "0.move.to", "\"0x7f1000000000\"" },
	{ make_stale, report_json, 0, STALE "0.move.to_len", "\"0x2000\"" },
	{ make_stale, report_json, 0, STALE "0.move.stack.0.function",
	  "\"grow_buffer\"" },
	{ make_stale, report_json, 0, STALE "1.access", "\"system-call\"" },
	{ make_stale, report_json, 0, STALE "1.system_call", "\"write\"" },
	{ make_stale, report_json, 0, STALE "2.pid", "1001" },
	{ make_stale, report_json, 0, STALE "2.now", "null" },
	{ make_stale, report_json, 0, STALE "3", NULL },
	{ make_stale, explain_json, 2, "schema", "\"remapguard-explain-1\"" },
	{ make_stale, explain_json, 2, "event",
	  "{\"number\": 2, \"pid\": 1000, \"tid\": 2, "
	  "\"exe\": \"/usr/bin/parent\"}" },
	{ make_stale, explain_json, 2, "access.access", "\"read\"" },
	{ make_stale, explain_json, 2, "access.offset", "\"0x10\"" },
	{ make_stale, explain_json, 2, "access.registers.rax", "\"0x100\"" },
	{ make_stale, explain_json, 2, "access.registers.eflags", "\"0x111\"" },
	{ make_stale, explain_json, 2, "access.move.event", "1" },
	{ make_stale, explain_json, 2, "access.move.stack.0.function",
	  "\"grow_buffer\"" },
	{ make_stale, explain_json, 2, "checks", "[]" },
	{ make_stale, explain_json, 2, "findings.0.id", "\"RG115\"" },
	{ make_stale, explain_json, 2, "stack.0.function", "\"use_buffer\"" },
	{ make_stale, explain_json, 5, "access.registers", "{}" },
	{ make_stale, explain_json, 5, "access.system_call", "\"write\"" },
	{ make_stale, explain_json, 4, "access", "null" },
	{ make_stale, explain_json, 4, "event.path", "\"move\"" },
};

static json_t *value_at(json_t *root, const char *path)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *part = strtok(copy, "."); part && root;
	     part = strtok(NULL, "."))
		root = json_is_array(root)
			       ? json_array_get(root, (size_t)atoi(part))
			       : json_object_get(root, part);
	return root;
}

START_TEST(json_says)
{
	const struct value *row = &values[_i];
	char *text = shown(row->make, row->show, row->event);
	json_t *root = json_loads(text, 0, NULL);
	json_t *got = value_at(root, row->path);
	json_t *want =
		row->want ? json_loads(row->want, JSON_DECODE_ANY, NULL) : NULL;
	char *dump = json_dumps(got, JSON_ENCODE_ANY);

	ck_assert_msg(root != NULL, "not JSON: %s", text);
	ck_assert_msg(row->want ? json_equal(got, want) : !got, "%s: %s",
		      row->path, dump ? dump : "not there");
	free(dump);
	json_decref(want);
	json_decref(root);
	free(text);
}
END_TEST

START_TEST(hostile_json_is_json)
{
	static const struct {
		show_function *show;
		uint64_t event;
	} jsons[] = { { report_json, 0 },
		      { explain_json, 1 },
		      { explain_json, 2 } };
	char *text = shown(make_hostile, jsons[_i].show, jsons[_i].event);
	json_t *root = json_loads(text, 0, NULL);

	ck_assert_msg(root != NULL, "not JSON: %s", text);
	json_decref(root);
	free(text);
}
END_TEST

/* ---------------------------------------------------------- what is known */

static const struct {
	const char *machine;
	uint32_t number;
	const char *want;
} system_calls[] = {
	{ "x86_64", 0, "read" },
	{ "x86_64", 1, "write" },
	{ "aarch64", 63, "read" },
	{ "x86_64", 100000, "100000" },
	{ "x86_64", UINT32_MAX, "4294967295" },
	{ "pdp11", 0, "0" },
};

START_TEST(system_call_name)
{
	char buf[32];

	ck_assert_str_eq(rg_system_call_name(system_calls[_i].machine,
					     system_calls[_i].number, buf),
			 system_calls[_i].want);
}
END_TEST

static const struct {
	const char *name;
	uint64_t addr, from, len;
	bool want;
} offsets[] = {
	{ "its first byte", 0x1000, 0x1000, 0x1000, true },
	{ "its last byte", 0x1fff, 0x1000, 0x1000, true },
	{ "behind it", 0x2000, 0x1000, 0x1000, false },
	{ "before it", 0xfff, 0x1000, 0x1000, false },
	{ "no range", 0x1000, 0x1000, 0, false },
	{ "past the end of addresses", 0, UINT64_MAX - 1, 8, false },
};

START_TEST(has_offset)
{
	struct rg_access access = {
		.addr = offsets[_i].addr,
		.move = { .from = offsets[_i].from, .len = offsets[_i].len },
	};

	ck_assert_msg(rg_access_has_offset(&access) == offsets[_i].want, "%s",
		      offsets[_i].name);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_test(tc, counted);
	tcase_add_loop_test(tc, distinct, 0, NR_ROWS(uses));
	tcase_add_test(tc, callers);
	tcase_add_loop_test(tc, picked, 0, NR_ROWS(picks));
	tcase_add_loop_test(tc, finds_the_move, 0, NR_ROWS(moves));
	tcase_add_test(tc, forgets_old_moves);
	tcase_add_loop_test(tc, says, 0, NR_ROWS(saids));
	tcase_add_loop_test(tc, fits, 0, NR_ROWS(texts));
	tcase_add_loop_test(tc, json_says, 0, NR_ROWS(values));
	tcase_add_loop_test(tc, hostile_json_is_json, 0, 3);
	tcase_add_loop_test(tc, system_call_name, 0, NR_ROWS(system_calls));
	tcase_add_loop_test(tc, has_offset, 0, NR_ROWS(offsets));
}
