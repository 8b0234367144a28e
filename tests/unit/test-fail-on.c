/* SPDX-License-Identifier: MIT */

/* --fail-on: what is asked for, and what a trace answers. */

#include "make-trace.h"
#include "unit.h"

#include "../../tools/commands.h"
#include "../../tools/fail-on.h"

#include <string.h>

#define F(name) RG_FINDING_BIT(RG_FINDING_##name)
#define ALL (RG_FINDING_BIT(RG_NR_FINDINGS) - 1)

static const struct {
	const char *text;
	bool good;
	struct rg_fail_on want;
} asked[] = {
	{ "clobber", true, { F(CLOBBER), false } },
	{ "RG101,overlap", true, { F(CLOBBER) | F(OVERLAP), false } },
	{ "deny", true, { 0, true } },
	{ "deny,slow-move,deny", true, { F(SLOW_MOVE), true } },
	{ "any", true, { ALL, false } },
	{ "any,deny", true, { ALL, true } },
	{ "", false, { 0, false } },
	{ ",", false, { 0, false } },
	{ "all", false, { 0, false } },
	{ "clobber overlap", false, { 0, false } },
};

START_TEST(takes_words)
{
	struct rg_fail_on got = { 0 };
	int status = rg_fail_on_parse(asked[_i].text, &got);

	ck_assert_msg(status == (asked[_i].good ? 0 : RG_EXIT_USAGE), "%s: %d",
		      asked[_i].text, status);
	ck_assert_msg(got.findings == asked[_i].want.findings &&
			      got.denied == asked[_i].want.denied,
		      "%s", asked[_i].text);
}
END_TEST

START_TEST(hazards_are_those_of_the_catalogue)
{
	struct rg_fail_on got = { 0 };

	ck_assert(!rg_fail_on_parse("hazard", &got));
	for (int i = 0; i < RG_NR_FINDINGS; i++)
		ck_assert(!(got.findings & RG_FINDING_BIT(i)) ==
			  (rg_finding_info((enum rg_finding)i)->severity !=
			   RG_SEVERITY_HAZARD));
}
END_TEST

/* The trace has calls with RG101 and RG204, and a denied one with RG105. */
static const struct {
	const char *text;
	int want;
} judged[] = {
	{ "clobber", RG_EXIT_FOUND }, { "overlap,benign-probe", RG_EXIT_FOUND },
	{ "hazard", RG_EXIT_FOUND },  { "any", RG_EXIT_FOUND },
	{ "deny", RG_EXIT_FOUND },    { "overlap", 0 },
	{ "overlap,slow-move", 0 },   { "RG115", 0 },
};

static const struct {
	const char *text;
	int want;
} judged_accesses[] = {
	{ "RG115", RG_EXIT_FOUND },
	{ "stale-access", RG_EXIT_FOUND },
	{ "hazard", RG_EXIT_FOUND },
	{ "any", RG_EXIT_FOUND },
	{ "deny", 0 },
	{ "stale-range", 0 },
};

static struct rg_event found(uint8_t number, enum rg_verdict_kind verdict)
{
	struct rg_event event = an_event();

	event.verdict = verdict;
	event.nr_findings = 1;
	event.findings[0] = number;
	return event;
}

static void make_found(struct made_trace *trace)
{
	struct rg_event events[] = { found(101, RG_VERDICT_ALLOW),
				     found(204, RG_VERDICT_ALLOW),
				     found(105, RG_VERDICT_DENY) };
	struct rg_slot slot = { .pid = 1000, .paths = { [RG_PATH_MOVE] = 3 } };

	make_trace(trace);
	make_table(trace, &slot, 1);
	make_segment(trace, 0, 0, events, NR_ROWS(events));
}

static int judge(const char *text, const char *dir)
{
	struct rg_fail_on fail_on = { 0 };

	if (*text)
		ck_assert(!rg_fail_on_parse(text, &fail_on));
	return rg_fail_on_judge(&fail_on, dir, true);
}

START_TEST(judges_a_trace)
{
	struct made_trace trace;

	make_found(&trace);
	ck_assert_msg(judge(judged[_i].text, trace.path) == judged[_i].want,
		      "%s", judged[_i].text);
	remove_trace(&trace);
}
END_TEST

START_TEST(judges_accesses)
{
	struct rg_access access = an_access();
	struct rg_slot slot = { .pid = 1000 };
	struct made_trace trace;

	make_trace(&trace);
	make_table(&trace, &slot, 1);
	make_accesses(&trace, 0, &access, 1);
	ck_assert_msg(judge(judged_accesses[_i].text, trace.path) ==
			      judged_accesses[_i].want,
		      "%s", judged_accesses[_i].text);
	/* not in the trace, but counted */
	slot.accesses = slot.accesses_lost = 1;
	make_table(&trace, &slot, 1);
	make_accesses(&trace, 0, &access, 0);
	ck_assert_msg(judge(judged_accesses[_i].text, trace.path) ==
			      judged_accesses[_i].want,
		      "%s, lost", judged_accesses[_i].text);
	remove_trace(&trace);
}
END_TEST

/* Nothing was asked for, so nothing is read. */
START_TEST(looks_only_when_asked)
{
	ck_assert_int_eq(judge("", "/nowhere"), 0);
	ck_assert_int_eq(judge("any", "/nowhere"), RG_EXIT_FAILURE);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, takes_words, 0, NR_ROWS(asked));
	tcase_add_test(tc, hazards_are_those_of_the_catalogue);
	tcase_add_loop_test(tc, judges_a_trace, 0, NR_ROWS(judged));
	tcase_add_loop_test(tc, judges_accesses, 0, NR_ROWS(judged_accesses));
	tcase_add_test(tc, looks_only_when_asked);
}
