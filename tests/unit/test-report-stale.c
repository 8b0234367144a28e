/* SPDX-License-Identifier: MIT */

/*
 * Stale accesses in a trace: how they are counted, and what each way of
 * showing them says.
 */

#include "make-trace.h"
#include "unit.h"

#include "report/callers.h"
#include "report/tally.h"

#include <errno.h>
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

/* ------------------------------------------------------------- what is known
 */

static const struct {
	const char *machine;
	uint32_t number;
	const char *want;
} system_calls[] = {
	{ "x86_64", 0, "read" },
	{ "x86_64", 1, "write" },
	{ "aarch64", 63, "read" },
	{ "x86_64", 100000, "system call 100000" },
	{ "x86_64", UINT32_MAX, "system call 4294967295" },
	{ "pdp11", 0, "system call 0" },
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
	tcase_add_loop_test(tc, system_call_name, 0, NR_ROWS(system_calls));
	tcase_add_loop_test(tc, has_offset, 0, NR_ROWS(offsets));
}
