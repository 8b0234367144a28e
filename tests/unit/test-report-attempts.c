/* SPDX-License-Identifier: MIT */

/* --exhaust: which sites there are to try, and what is told of each. */

#include "make-trace.h"
#include "unit.h"

#include "report/attempts.h"
#include "report/origins.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- outcomes */

#define REACHED .reached = true

static const struct {
	const char *name;
	struct rg_ending before, after;
	enum rg_outcome want;
} endings[] = {
	{ "as before", { REACHED }, { REACHED }, RG_OUTCOME_SAME },
	{ "as before, other than 0",
	  { .exit_status = 3 },
	  { REACHED, .exit_status = 3 },
	  RG_OUTCOME_SAME },
	{ "other output",
	  { 0 },
	  { REACHED, .other_output = true },
	  RG_OUTCOME_OTHER_OUTPUT },
	{ "other status",
	  { 0 },
	  { REACHED, .exit_status = 1 },
	  RG_OUTCOME_OTHER_STATUS },
	{ "other status and output",
	  { 0 },
	  { REACHED, .exit_status = 1, .other_output = true },
	  RG_OUTCOME_OTHER_STATUS },
	{ "better than before",
	  { .exit_status = 1 },
	  { REACHED },
	  RG_OUTCOME_OTHER_STATUS },
	{ "crash",
	  { 0 },
	  { REACHED, .exit_status = 128 + SIGSEGV, .signal = SIGSEGV },
	  RG_OUTCOME_CRASH },
	{ "ended by any signal",
	  { 0 },
	  { REACHED, .exit_status = 128 + SIGTERM, .signal = SIGTERM },
	  RG_OUTCOME_CRASH },
	{ "crash that a shell tells of",
	  { 0 },
	  { REACHED, .exit_status = 128 + SIGABRT },
	  RG_OUTCOME_CRASH },
	{ "a status above 128",
	  { 0 },
	  { REACHED, .exit_status = 128 + SIGTERM },
	  RG_OUTCOME_OTHER_STATUS },
	{ "the same status above 128",
	  { .exit_status = 139 },
	  { REACHED, .exit_status = 139 },
	  RG_OUTCOME_SAME },
	{ "hang",
	  { 0 },
	  { REACHED, .hung = true, .exit_status = 137, .signal = SIGKILL },
	  RG_OUTCOME_HANG },
	{ "nothing failed",
	  { 0 },
	  { .exit_status = 1 },
	  RG_OUTCOME_NOTHING_FAILED },
};

START_TEST(judges_endings)
{
	enum rg_outcome got =
		rg_outcome_of(&endings[_i].before, &endings[_i].after);

	ck_assert_msg(got == endings[_i].want, "%s: %s", endings[_i].name,
		      rg_outcome_name(got));
}
END_TEST

START_TEST(sorts_the_worst_first)
{
	struct rg_attempt list[] = {
		{ .number = 1, .outcome = RG_OUTCOME_SAME, .calls = 9 },
		{ .number = 2, .outcome = RG_OUTCOME_UNTRIED },
		{ .number = 3, .outcome = RG_OUTCOME_CRASH, .calls = 1 },
		{ .number = 4, .outcome = RG_OUTCOME_OTHER_OUTPUT },
		{ .number = 5, .outcome = RG_OUTCOME_CRASH, .calls = 2 },
		{ .number = 6, .outcome = RG_OUTCOME_CRASH, .calls = 2 },
		{ .number = 7, .outcome = RG_OUTCOME_HANG, .calls = 10 },
	};
	static const size_t want[] = { 5, 6, 3, 7, 4, 1, 2 };
	struct rg_attempts attempts = { .list = list, .nr = NR_ROWS(list) };

	rg_attempts_sort(&attempts);
	for (size_t i = 0; i < NR_ROWS(want); i++)
		ck_assert_uint_eq(list[i].number, want[i]);
	ck_assert_uint_eq(rg_attempts_count(&attempts, RG_OUTCOME_CRASH), 3);
	ck_assert_uint_eq(
		rg_attempts_count(&attempts, RG_OUTCOME_NOTHING_FAILED), 0);
}
END_TEST

/* ----------------------------------------------------------------- origins */

/* Where the made modules lie; addresses in them are offsets as well. */
#define LIBC 0x10000000u
#define OURS 0x20000000u
#define RING 0x30000000u
#define CODE 0x40000000u
#define ODD 0x50000000u
#define LONG 0x60000000u

#define NAME_40 "0123456789012345678901234567890123456789"

static const struct rg_module modules[] = {
	{ 0, LIBC, LIBC + 4096, LIBC, 0, { 0 }, "/lib/libc.so.6" },
	{ 0, OURS, OURS + 4096, OURS, 0, { 0 }, "/lib/libremapguard.so" },
	{ 0, RING, RING + 4096, RING, 0, { 0 }, "/lib/libring.so" },
	{ 0, CODE, CODE + 4096, CODE, 0, { 0 }, "[anonymous]" },
	{ 0, ODD, ODD + 4096, ODD, 0, { 0 }, "/lib/a*b,c!d+e.so" },
	{ 0, LONG, LONG + 4096, LONG, 0, { 0 }, "/" NAME_40 NAME_40 NAME_40 },
};

static const struct {
	const char *name;
	uint64_t stack[4];
	const char *site; /* NULL: none */
} stacks[] = {
	{ "the caller", { RING + 16 }, "libring.so+0x10" },
	{ "behind libc",
	  { LIBC + 16, RING + 32, RING + 48 },
	  "libring.so+0x20" },
	{ "behind libc and ours",
	  { LIBC + 16, OURS + 16, RING + 32 },
	  "libring.so+0x20" },
	{ "behind code that no loader mapped",
	  { CODE + 16, RING + 32 },
	  "libring.so+0x20" },
	{ "behind what is not known",
	  { 0x1234, RING + 32 },
	  "libring.so+0x20" },
	{ "libc alone", { LIBC + 16, LIBC + 32 }, NULL },
	{ "nobody", { 0 }, NULL },
	{ "what has a meaning in a site", { ODD + 1 }, "a?b?c?d+e.so+0x1" },
	{ "a long name", { LONG + 1 }, NAME_40 "01234567890123456789*+0x1" },
};

static struct rg_event an_event_from(const uint64_t stack[4])
{
	struct rg_event event = an_event();

	event.nr_stack = 0;
	for (int i = 0; i < 4 && stack[i]; i++)
		event.stack[event.nr_stack++] = stack[i];
	return event;
}

static struct rg_tally *tally_of(const struct rg_event *events, size_t nr)
{
	struct rg_slot slot = { .pid = 1000, .paths = { nr } };
	struct rg_report_error err = { "" };
	struct rg_tally *tally = rg_tally_new();
	struct made_trace made;

	make_trace(&made);
	make_table(&made, &slot, 1);
	make_modules(&made, 0, modules, NR_ROWS(modules));
	make_segment(&made, 0, 0, events, nr);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	return tally;
}

START_TEST(finds_the_site)
{
	struct rg_event event = an_event_from(stacks[_i].stack);
	struct rg_tally *tally = tally_of(&event, 1);
	struct rg_origins origins;
	char *site = NULL;

	rg_origins_find(tally, 1, &origins);
	if (origins.nr)
		site = rg_origin_site(&origins.list[0], &tally->objects);
	if (stacks[_i].site)
		ck_assert_msg(site && !strcmp(site, stacks[_i].site), "%s: %s",
			      stacks[_i].name, site);
	else
		ck_assert_msg(!site && origins.unplaced == 1, "%s: %s",
			      stacks[_i].name, site);
	free(site);
	rg_origins_deinit(&origins);
	rg_tally_free(tally);
}
END_TEST

/* Each site once, whatever called it and in between, in order of the calls. */
START_TEST(tells_sites_apart)
{
	static const uint64_t from[][4] = {
		{ RING + 32, RING + 64 }, { RING + 16 },
		{ LIBC + 16, RING + 32 }, { LIBC + 16 },
		{ RING + 32, RING + 80 },
	};
	struct rg_event events[NR_ROWS(from)];
	struct rg_origins origins;
	struct rg_tally *tally;
	char *site;

	for (size_t i = 0; i < NR_ROWS(from); i++)
		events[i] = an_event_from(from[i]);
	tally = tally_of(events, NR_ROWS(from));
	rg_origins_find(tally, 1, &origins);
	ck_assert_uint_eq(origins.nr, 2);
	ck_assert_uint_eq(origins.list[0].frames[0].offset, 32);
	ck_assert_uint_eq(origins.list[0].calls, 3);
	ck_assert_uint_eq(origins.list[1].frames[0].offset, 16);
	ck_assert_uint_eq(origins.list[1].calls, 1);
	ck_assert_uint_eq(origins.unplaced, 1);
	rg_origins_deinit(&origins);
	/* by their callers as well, where there are such */
	rg_origins_find(tally, 2, &origins);
	ck_assert_uint_eq(origins.nr, 4);
	site = rg_origin_site(&origins.list[0], &tally->objects);
	ck_assert_str_eq(site, "libring.so+0x20/libring.so+0x40");
	free(site);
	site = rg_origin_site(&origins.list[2], &tally->objects);
	ck_assert_str_eq(site, "libring.so+0x20");
	free(site);
	ck_assert_uint_eq(origins.list[3].calls, 1);
	rg_origins_deinit(&origins);
	rg_tally_free(tally);
}
END_TEST

/* ------------------------------------------------------------------ telling */

static char *const program[] = { (char *)"ring", (char *)"-v", NULL };

static struct rg_attempt an_attempt(size_t number, enum rg_outcome outcome)
{
	static const struct rg_site nowhere;

	return (struct rg_attempt){
		.number = number,
		.site = (char *)"libring.so+0x10",
		.caller = { .name = { "grow_ring", "/lib/libring.so",
				      "/src/ring.c", 118, 16 },
			    .inside = "realloc",
			    .has_stack = true },
		.stack = &nowhere,
		.calls = 1200,
		.outcome = outcome,
		.ns = 1234567890,
	};
}

static struct rg_attempt list[RG_NR_OUTCOMES];

static struct rg_attempts some_attempts(void)
{
	for (size_t i = 0; i < RG_NR_OUTCOMES; i++)
		list[i] = an_attempt(i + 1, (enum rg_outcome)i);
	list[RG_OUTCOME_CRASH].ending.signal = SIGSEGV;
	list[RG_OUTCOME_OTHER_STATUS].ending.exit_status = 3;
	list[RG_OUTCOME_OTHER_OUTPUT].ending.other_output = true;
	return (struct rg_attempts){
		.program = program,
		.dir = "tried",
		.first_ns = 500000000,
		.limit_ns = 10000000000,
		.compared = true,
		.list = list,
		.nr = RG_NR_OUTCOMES,
	};
}

static char *told(const struct rg_attempts *attempts)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	rg_render_attempts_text(attempts, out);
	fclose(out);
	return text;
}

START_TEST(tells_people)
{
	struct rg_attempts attempts = some_attempts();
	char *text = told(&attempts);

	ck_assert_str_eq(
		text,
		"remapguard: --exhaust: 7 call sites, the first call of each "
		"made to fail with ENOMEM\n"
		"\n"
		"  ended               calls  no.  call site\n"
		"  killed by SIGSEGV   1,200    1  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"  hangs, for 10 s     1,200    2  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"  other output        1,200    3  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"  exits with 3        1,200    4  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"  as before           1,200    5  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"  nothing failed      1,200    6  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"  not tried           1,200    7  grow_ring at src/ring.c:118, "
		"in realloc\n"
		"\n"
		"remapguard: see: tried/exhaust.json\n"
		"remapguard: no. 1: output and trace are in tried/site-001\n"
		"remapguard: again: remapguard run "
		"--inject=errno=ENOMEM,nth=1,site=libring.so+0x10 -- ...\n");
	free(text);
}
END_TEST

static void crash_below(struct rg_attempts *attempts)
{
	attempts->list[0].ending =
		(struct rg_ending){ .exit_status = 128 + SIGBUS };
}

static const struct rg_name frames[] = {
	{ "raise", "/lib/libc.so.6", "", 0, 1 },
	{ "abort", "/lib/libc.so.6", "", 0, 2 },
	{ "push", "/lib/libring.so", "/src/ring.c", 7, 3 },
	{ "fill", "/lib/libring.so", "", 0, 4 },
	{ "main", "/bin/ring", "/src/main.c", 9, 5 },
	{ "start", "/bin/ring", "", 0, 6 },
};

static void crash_seen(struct rg_attempts *attempts)
{
	attempts->list[0].crash = frames;
	attempts->list[0].nr_crash = NR_ROWS(frames);
}

static void called_from(struct rg_attempts *attempts)
{
	attempts->list[1].behind[0] = frames[3];
	attempts->list[1].behind[1] = frames[4];
	attempts->list[1].nr_behind = 2;
}

static void crash_in_main(struct rg_attempts *attempts)
{
	static const struct rg_name called[] = {
		{ "main", "/bin/ring", "", 0, 5 },
		{ "__libc_start", "/lib/libc.so.6", "", 0, 1 },
		{ "start", "/bin/ring", "", 0, 6 },
	};

	attempts->list[0].crash = called;
	attempts->list[0].nr_crash = NR_ROWS(called);
}

static void hang_long(struct rg_attempts *attempts)
{
	attempts->limit_ns = 12340000000;
}

static void hang_short(struct rg_attempts *attempts)
{
	attempts->limit_ns = 2540000000;
}

static void interrupt(struct rg_attempts *attempts)
{
	attempts->interrupted = true;
}

static void vary(struct rg_attempts *attempts)
{
	attempts->compared = false;
}

static void lose_some(struct rg_attempts *attempts)
{
	attempts->unplaced = 2;
}

static const struct {
	const char *name;
	void (*change)(struct rg_attempts *attempts);
	const char *want;
} details[] = {
	{ "crash below", crash_below, "\n  exits with 135: SIGBUS  " },
	{ "crash that was seen", crash_seen,
	  "in realloc\n"
	  "      crashed in push at src/ring.c:7, in abort\n"
	  "      called by fill in libring.so\n"
	  "      called by main at src/main.c:9\n"
	  "  hangs" },
	{ "callers that tell it apart", called_from,
	  "in realloc\n"
	  "      called by fill in libring.so\n"
	  "      called by main at src/main.c:9\n"
	  "  other output" },
	{ "crash in main", crash_in_main,
	  "in realloc\n"
	  "      crashed in main in ring\n"
	  "  hangs" },
	{ "a long time", hang_long, "\n  hangs, for 12 s  " },
	{ "a short time", hang_short, "\n  hangs, for 2.5 s  " },
	{ "interrupted", interrupt,
	  "\nremapguard: --exhaust: interrupted: not all were tried\n" },
	{ "not compared", vary,
	  "\nremapguard: --exhaust: the program's output is never the same, "
	  "and was not compared\n" },
	{ "without a site", lose_some,
	  "\nremapguard: --exhaust: 2 calls without a known site: not made to "
	  "fail\n" },
};

START_TEST(tells_details)
{
	struct rg_attempts attempts = some_attempts();
	char *text;

	details[_i].change(&attempts);
	text = told(&attempts);
	ck_assert_msg(strstr(text, details[_i].want), "%s: %s",
		      details[_i].name, text);
	free(text);
}
END_TEST

START_TEST(tells_programs)
{
	struct rg_attempts attempts = some_attempts();
	json_t *object;
	json_t *site;
	const char *schema, *outcome, *errno_name;
	int calls, ms, number, signal, other;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	rg_render_attempts_json(&attempts, NULL, out);
	fclose(out);
	object = json_loads(text, 0, NULL);
	free(text);
	ck_assert(!json_unpack(object, "{s:s,s:s,s:i}", "schema", &schema,
			       "errno", &errno_name, "ms_limit", &ms));
	ck_assert_str_eq(schema, "remapguard-exhaust-1");
	ck_assert_str_eq(errno_name, "ENOMEM");
	ck_assert_int_eq(ms, 10000);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "program")),
			  2);
	ck_assert_int_eq(json_integer_value(json_object_get(
				 json_object_get(object, "outcomes"), "hang")),
			 1);
	site = json_array_get(json_object_get(object, "sites"), 0);
	ck_assert(!json_unpack(site, "{s:s,s:i,s:i,s:i,s:i,s:b}", "outcome",
			       &outcome, "calls", &calls, "ms", &ms, "number",
			       &number, "signal", &signal, "other_output",
			       &other));
	ck_assert_str_eq(outcome, "crash");
	ck_assert(calls == 1200 && ms == 1234 && number == 1 &&
		  signal == SIGSEGV && !other);
	site = json_array_get(json_object_get(object, "sites"),
			      RG_OUTCOME_UNTRIED);
	ck_assert(!json_object_get(site, "exit"));
	json_decref(object);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, judges_endings, 0, NR_ROWS(endings));
	tcase_add_test(tc, sorts_the_worst_first);
	tcase_add_loop_test(tc, finds_the_site, 0, NR_ROWS(stacks));
	tcase_add_test(tc, tells_sites_apart);
	tcase_add_test(tc, tells_people);
	tcase_add_loop_test(tc, tells_details, 0, NR_ROWS(details));
	tcase_add_test(tc, tells_programs);
}
