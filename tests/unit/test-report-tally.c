/* SPDX-License-Identifier: MIT */

#include "make-trace.h"
#include "unit.h"

#include "report/callers.h"
#include "report/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct rg_tally *tally_of(const struct made_trace *made)
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };

	ck_assert_msg(!rg_tally_add(tally, made->path, &err), "%s", err.text);
	return tally;
}

/* --------------------------------------------- several slots of a process */

/* Two processes, and a further slot of the first, with a stream of its own. */
START_TEST(further_slots)
{
	const struct rg_slot slots[] = {
		{ .pid = 1000, .failed = 1, .paths = { 3 } },
		{ .pid = 1001, .paths = { 1 } },
		{ .pid = 1000, .failed = 2, .paths = { 2 }, .further_of = 1 },
	};
	struct rg_event events[] = { an_event(), an_event() };
	struct made_trace made;
	struct rg_tally *tally;

	make_trace(&made);
	make_table(&made, slots, NR_ROWS(slots));
	for (uint32_t slot = 0; slot < NR_ROWS(slots); slot++)
		make_segment(&made, slot, 0, events, slot == 1 ? 1 : 2);
	tally = tally_of(&made);
	remove_trace(&made);
	ck_assert_uint_eq(tally->processes.nr, 2);
	ck_assert_uint_eq(tally->processes.list[0].events, 4);
	ck_assert_uint_eq(tally->processes.list[0].slot.failed, 3);
	ck_assert_uint_eq(rg_process_lost(&tally->processes.list[0]), 1);
	ck_assert_uint_eq(tally->processes.list[1].events, 1);
	ck_assert_uint_eq(rg_process_lost(&tally->processes.list[1]), 0);
	rg_tally_free(tally);
}
END_TEST

/* ----------------------------------------------- what one event adds up to */

/* The totals that an event leaves at other than 0. */
struct want {
	uint64_t failed, denied, fixed, bytes_moved, mismatches, racy, unknown;
	uint64_t aborted, injected, delayed;
};

static const struct row {
	const char *name;
	struct rg_event event;
	struct want want;
} rows[] = {
	{ .name = "grown in place",
	  .event = { .req = { 0, 4096, 8192, 1, 0 },
		     .path = RG_PATH_EXPAND_IN_PLACE } },
	{ .name = "moved and grown: the old length moved",
	  .event = { .req = { 0, 4096, 1 << 20, 1, 0 }, .path = RG_PATH_MOVE },
	  .want = { .bytes_moved = 4096 } },
	{ .name = "moved and shrunk: the new length moved",
	  .event = { .req = { 0, 1 << 20, 8192, 3, 0x9000 },
		     .path = RG_PATH_MOVE },
	  .want = { .bytes_moved = 8192, .fixed = 1 } },
	{ .name = "mapped twice: nothing moved",
	  .event = { .req = { 0, 0, 8192, 1, 0 }, .path = RG_PATH_DUPLICATE } },
	{ .name = "refused",
	  .event = { .path = RG_PATH_REFUSE,
		     .error = ENOMEM,
		     .check = RG_CHECK_NO_ROOM },
	  .want = { .failed = 1 } },
	{ .name = "denied",
	  .event = { .path = RG_PATH_REFUSE,
		     .error = EPERM,
		     .verdict = RG_VERDICT_DENY },
	  .want = { .failed = 1, .denied = 1 } },
	{ .name = "ended the program",
	  .event = { .path = RG_PATH_REFUSE,
		     .error = ECANCELED,
		     .verdict = RG_VERDICT_ABORT },
	  .want = { .failed = 1, .denied = 1, .aborted = 1 } },
	{ .name = "failed on request: not denied",
	  .event = { .path = RG_PATH_REFUSE,
		     .error = ENOMEM,
		     .verdict = RG_VERDICT_INJECT },
	  .want = { .failed = 1, .injected = 1 } },
	{ .name = "delayed on request",
	  .event = { .path = RG_PATH_SHRINK, .verdict = RG_VERDICT_DELAY },
	  .want = { .delayed = 1 } },
	{ .name = "mismatch",
	  .event = { .path = RG_PATH_SHRINK,
		     .judged = RG_JUDGED_PLANNED,
		     .agreement = RG_AGREE_MISMATCH },
	  .want = { .mismatches = 1 } },
	{ .name = "mismatch that a thread explains",
	  .event = { .path = RG_PATH_SHRINK,
		     .judged = RG_JUDGED_PLANNED,
		     .agreement = RG_AGREE_MISMATCH,
		     .racy = true },
	  .want = { .racy = 1 } },
	{ .name = "judged without all inputs",
	  .event = { .path = RG_PATH_SHRINK,
		     .judged = RG_JUDGED_EXPLAINED,
		     .agreement = RG_AGREE_UNKNOWN,
		     .unknown = RG_UNKNOWN_SEALED },
	  .want = { .unknown = 1 } },
	{ .name = "result never seen: no failure, no path, no bytes",
	  .event = { .req = { 0, 4096, 8192, 3, 0 },
		     .path = RG_PATH_MOVE,
		     .error = ENOMEM,
		     .judged = RG_JUDGED_UNSEEN,
		     .agreement = RG_AGREE_MISMATCH },
	  .want = { .fixed = 1 } },
};

START_TEST(one_event)
{
	const struct row *row = &rows[_i];
	struct rg_slot slot = { .pid = 1000, .paths = { 1 } };
	struct made_trace made;
	struct rg_tally *tally;
	struct rg_totals got;
	bool unseen = row->event.judged == RG_JUDGED_UNSEEN;

	make_trace(&made);
	make_table(&made, &slot, 1);
	make_segment(&made, 0, 0, &row->event, 1);
	tally = tally_of(&made);
	remove_trace(&made);
	got = tally->totals;
	rg_tally_free(tally);
	ck_assert_msg(got.calls == 1, "%s: calls", row->name);
	ck_assert_msg(got.failed == row->want.failed, "%s: failed", row->name);
	ck_assert_msg(got.errors[row->event.error] == row->want.failed,
		      "%s: errors", row->name);
	ck_assert_msg(got.denied == row->want.denied, "%s: denied", row->name);
	ck_assert_msg(got.aborted == row->want.aborted, "%s: aborted",
		      row->name);
	ck_assert_msg(got.injected == row->want.injected, "%s: injected",
		      row->name);
	ck_assert_msg(got.delayed == row->want.delayed, "%s: delayed",
		      row->name);
	ck_assert_msg(got.fixed == row->want.fixed, "%s: fixed", row->name);
	ck_assert_msg(got.bytes_moved == row->want.bytes_moved,
		      "%s: bytes_moved %lu", row->name,
		      (unsigned long)got.bytes_moved);
	ck_assert_msg(got.mismatches == row->want.mismatches, "%s: mismatches",
		      row->name);
	ck_assert_msg(got.racy == row->want.racy, "%s: racy", row->name);
	ck_assert_msg(got.unknown == row->want.unknown, "%s: unknown",
		      row->name);
	ck_assert_msg(got.judged[row->event.judged] == 1, "%s: judged",
		      row->name);
	ck_assert_msg(got.paths[row->event.path] == !unseen, "%s: paths",
		      row->name);
}
END_TEST

/* --------------------------------------------------------------- the rest */

START_TEST(lost_calls)
{
	static const struct {
		const char *name;
		uint64_t calls; /* that the process counted; 2 are there */
		uint64_t want;
	} counts[] = {
		{ "all there", 2, 0 },
		{ "some missing", 9, 7 },
		{ "more there than counted", 1, 0 },
	};
	struct rg_slot slot = { .pid = 1000,
				.paths = { counts[_i].calls },
				.lost = { [RG_LOST_CAP] = 5 } };
	struct rg_event events[2] = { an_event(), an_event() };
	struct made_trace made;
	struct rg_tally *tally;

	make_trace(&made);
	make_table(&made, &slot, 1);
	make_segment(&made, 0, 0, events, 2);
	tally = tally_of(&made);
	remove_trace(&made);
	ck_assert_msg(rg_tally_lost(tally) == counts[_i].want, "%s: lost %lu",
		      counts[_i].name, (unsigned long)rg_tally_lost(tally));
	ck_assert_uint_eq(rg_tally_lost_for(tally, RG_LOST_CAP), 5);
	ck_assert_uint_eq(rg_tally_lost_for(tally, RG_LOST_EARLY), 0);
	rg_tally_free(tally);
}
END_TEST

/* Two processes, the library at another address in each. */
static void make_stacks(struct made_trace *made)
{
	struct rg_slot slots[] = { { .pid = 1000, .paths = { 2 } },
				   { .pid = 1001, .paths = { 1 } } };
	struct rg_module modules[] = {
		{ 0, 0x10000, 0x20000, 0x10000, 0, { 0 }, "/lib/libring.so" },
		/* unloaded, and another one loaded in its place later */
		{ MADE_BEGIN + 5,
		  0x10000,
		  0x20000,
		  0x10000,
		  0,
		  { 0 },
		  "/lib/libother.so" },
	};
	struct rg_module shifted = modules[0];
	struct rg_event events[2] = { an_event(), an_event() };

	for (int i = 0; i < 2; i++) {
		events[i].nr_stack = 1;
		events[i].stack[0] = 0x12345;
	}
	make_trace(made);
	make_table(made, slots, 2);
	make_modules(made, 0, modules, 2);
	make_segment(made, 0, 0, events, 2);
	shifted.start = shifted.base = 0x70000;
	shifted.end = 0x80000;
	events[0].stack[0] = 0x72345;
	make_modules(made, 1, &shifted, 1);
	make_segment(made, 1, 0, events, 1);
}

START_TEST(sites_are_places_in_files)
{
	struct made_trace made;
	struct rg_tally *tally;
	const struct rg_site *site;

	make_stacks(&made);
	tally = tally_of(&made);
	remove_trace(&made);
	ck_assert_uint_eq(tally->sites.nr, 2);
	site = &tally->sites.list[0];
	ck_assert_uint_eq(site->calls, 2);
	ck_assert_uint_eq(site->frames[0].offset, 0x2345);
	ck_assert_str_eq(tally->objects.list[site->frames[0].object].path,
			 "/lib/libring.so");
	site = &tally->sites.list[1];
	ck_assert_uint_eq(site->calls, 1);
	ck_assert_str_eq(tally->objects.list[site->frames[0].object].path,
			 "/lib/libother.so");
	rg_tally_free(tally);
}
END_TEST

START_TEST(damaged_modules_cost_names_only)
{
	static const char *const texts[] = {
		"",
		"nonsense\n",
		"1 10000 20000 10000 - /lib/libring.so", /* no newline yet */
		"1 20000 10000 10000 - /lib/backwards.so\n",
		"\0\0\0\0",
	};
	struct made_trace made;
	struct rg_tally *tally;

	make_stacks(&made);
	make_file(&made, ".modules-0", texts[_i],
		  texts[_i][0] ? strlen(texts[_i]) : 4 * (_i == 4));
	tally = tally_of(&made);
	remove_trace(&made);
	ck_assert_uint_eq(tally->totals.calls, 3);
	ck_assert_uint_eq(tally->sites.nr, 2);
	ck_assert_uint_eq(tally->sites.list[0].frames[0].object, RG_NO_OBJECT);
	ck_assert_uint_eq(tally->sites.list[0].frames[0].offset, 0x12345);
	rg_tally_free(tally);
}
END_TEST

START_TEST(traces_add_up)
{
	struct rg_report_error err = { "" };
	struct rg_tally *tally = rg_tally_new();
	struct made_trace made[2];

	for (int i = 0; i < 2; i++) {
		make_stacks(&made[i]);
		ck_assert_msg(!rg_tally_add(tally, made[i].path, &err), "%s",
			      err.text);
		remove_trace(&made[i]);
	}
	ck_assert_uint_eq(tally->totals.calls, 6);
	ck_assert_uint_eq(tally->processes.nr, 4);
	ck_assert_uint_eq(tally->sites.nr, 2);
	ck_assert_uint_eq(tally->sites.list[0].calls, 4);
	ck_assert(!tally->mixed_env);
	rg_tally_free(tally);
}
END_TEST

START_TEST(reasons)
{
	struct rg_slot slot = { .pid = 1000, .paths = { 4 } };
	struct rg_event events[] = {
		a_failure(EINVAL, RG_CHECK_OVERLAP),
		a_failure(ENOMEM, RG_CHECK_NO_ROOM),
		a_failure(ENOMEM, RG_CHECK_NONE),
		a_failure(ENOMEM, RG_CHECK_NO_ROOM),
	};
	struct rg_reason *list;
	struct made_trace made;
	struct rg_tally *tally;
	size_t nr;

	make_trace(&made);
	make_table(&made, &slot, 1);
	make_segment(&made, 0, 0, events, 4);
	tally = tally_of(&made);
	remove_trace(&made);
	list = rg_reasons_all(tally, &nr);
	ck_assert_uint_eq(nr, 3);
	ck_assert_uint_eq(list[0].count, 2);
	ck_assert_int_eq(list[0].check, RG_CHECK_NO_ROOM);
	ck_assert_str_eq(rg_reason_sentence(&list[0]),
			 rg_check_info(RG_CHECK_NO_ROOM)->sentence);
	ck_assert_int_eq(list[1].error, ENOMEM < EINVAL ? ENOMEM : EINVAL);
	ck_assert_uint_eq(tally->totals.checks[RG_CHECK_OVERLAP], 1);
	free(list);
	rg_tally_free(tally);
}
END_TEST

START_TEST(findings)
{
	struct rg_slot slot = { .pid = 1000, .paths = { 3 } };
	struct rg_event events[] = { an_event(), an_event(), an_event() };
	const struct rg_finding_count *count;
	struct made_trace made;
	struct rg_tally *tally;

	events[1].nr_findings = 3;
	events[1].findings[0] = 101;
	events[1].findings[1] = 205;
	events[1].findings[2] = 255; /* of a later version */
	events[2].nr_findings = 1;
	events[2].findings[0] = 101;
	events[2].verdict = RG_VERDICT_DENY;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_segment(&made, 0, 0, events, 3);
	tally = tally_of(&made);
	remove_trace(&made);
	count = &tally->findings[RG_FINDING_CLOBBER];
	ck_assert_uint_eq(count->count, 2);
	ck_assert_uint_eq(count->denied, 1);
	ck_assert_uint_eq(count->first_event, 2);
	ck_assert_uint_eq(tally->findings[RG_FINDING_MISMATCH].count, 1);
	ck_assert_uint_eq(tally->unknown_findings, 1);
	ck_assert_uint_eq(tally->sites.list[0].nr_findings, 2);
	ck_assert_uint_eq(tally->sites.list[0].findings[0].of.count, 2);
	ck_assert_uint_eq(rg_tally_unjudged(tally, RG_FINDING_CLOBBER), 3);
	ck_assert_uint_eq(rg_tally_unjudged(tally, RG_FINDING_OVERLAP), 0);
	rg_tally_free(tally);
}
END_TEST

/* Most urgent first, then most common, then by number. */
START_TEST(findings_in_order)
{
	static const enum rg_finding want[] = {
		RG_FINDING_TORN_MAPPING,     RG_FINDING_CLOBBER,
		RG_FINDING_OVERLAP,	     RG_FINDING_SLOW_MOVE,
		RG_FINDING_UNALIGNED_LENGTH,
	};
	struct rg_tally *tally = rg_tally_new();
	enum rg_finding met[RG_NR_FINDINGS];

	tally->findings[RG_FINDING_OVERLAP].count = 9;
	tally->findings[RG_FINDING_CLOBBER].count = 1;
	tally->findings[RG_FINDING_TORN_MAPPING].count = 2;
	tally->findings[RG_FINDING_UNALIGNED_LENGTH].count = 99;
	tally->findings[RG_FINDING_SLOW_MOVE].count = 1;
	ck_assert_uint_eq(rg_findings_met(tally, met), NR_ROWS(want));
	for (size_t i = 0; i < NR_ROWS(want); i++)
		ck_assert_int_eq(met[i], want[i]);
	rg_tally_free(tally);
}
END_TEST

/* ----------------------------------------------------------- one of them */

START_TEST(picked)
{
	static const struct {
		const char *name;
		uint64_t asked;
		uint64_t want;
	} picks[] = {
		{ "by number", 1, 1 },
		{ "the last", 4, 4 },
		{ "the first that failed or is a hazard", 0, 2 },
		{ "past the end", 5, 0 },
	};
	struct rg_slot slot = { .pid = 1000, .paths = { 4 } };
	struct rg_event events[] = { an_event(), an_event(),
				     a_failure(ENOMEM, RG_CHECK_NO_ROOM),
				     an_event() };
	struct rg_pick pick = { .number = picks[_i].asked };
	struct rg_report_error err = { "" };
	struct rg_tally *tally = rg_tally_new();
	struct made_trace made;

	events[0].nr_findings = 1;
	events[0].findings[0] = 201;
	events[1].nr_findings = 1;
	events[1].findings[0] = 106;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_segment(&made, 0, 0, events, 4);
	tally->pick = &pick;
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	ck_assert_msg(pick.found == (picks[_i].want != 0), "%s: found",
		      picks[_i].name);
	if (pick.found) {
		ck_assert_uint_eq(pick.number, picks[_i].want);
		ck_assert_uint_eq(pick.process.slot.pid, 1000);
		ck_assert_uint_eq(pick.event.error,
				  events[picks[_i].want - 1].error);
	}
	rg_tally_free(tally);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_test(tc, further_slots);
	tcase_add_loop_test(tc, one_event, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, lost_calls, 0, 3);
	tcase_add_test(tc, sites_are_places_in_files);
	tcase_add_loop_test(tc, damaged_modules_cost_names_only, 0, 5);
	tcase_add_test(tc, traces_add_up);
	tcase_add_test(tc, reasons);
	tcase_add_test(tc, findings);
	tcase_add_test(tc, findings_in_order);
	tcase_add_loop_test(tc, picked, 0, 4);
}
