/* SPDX-License-Identifier: MIT */

/* How closely a policy has a call looked at, and what preflight refuses. */

#include "unit.h"

#include "policy/caution.h"

#include <errno.h>
#include <string.h>

#define F(name) RG_FINDING_BIT(RG_FINDING_##name)
#define ALL UINT64_MAX
#define WILL_MOVE                                                              \
	{                                                                      \
		.path = RG_PATH_MOVE,                                          \
	}
#define MAY_BE_REFUSED                                                         \
	{                                                                      \
		.path = RG_PATH_MOVE, .unknown = RG_UNKNOWN_SEALED,            \
		.may_refuse = 1ull << RG_CHECK_SOURCE_SEALED,                  \
	}
#define MAY_BE_TOO_LATE                                                        \
	{                                                                      \
		.path = RG_PATH_MOVE, .unknown = RG_UNKNOWN_SEALED,            \
		.may_refuse = 1ull << RG_CHECK_TAIL_SEALED,                    \
		.may_refuse_late = 1ull << RG_CHECK_TAIL_SEALED,               \
	}
#define IS_TOO_LATE                                                            \
	{                                                                      \
		.path = RG_PATH_REFUSE, .check = RG_CHECK_CROSSES_VMA,         \
		.error = EFAULT, .damage = RG_DAMAGE_DEST_UNMAPPED,            \
	}

static const struct {
	const char *name;
	const char *options;
	bool planned;
	struct rg_plan plan;
	uint64_t findings;
	uint64_t judged;
	bool looks_closer;
	bool refuses_first;
} rows[] = {
	{ "not planned, nothing found", "RG101=deny", .judged = ALL },
	{ "not planned, found", "RG103=deny", .findings = F(UNALIGNED_LENGTH),
	  .judged = ALL, .looks_closer = true },
	{ "not planned, found and noted", "RG103=note",
	  .findings = F(UNALIGNED_LENGTH), .judged = ALL },
	{ "stopped, and sure", "RG101=deny", true, WILL_MOVE, F(CLOBBER), ALL },
	{ "stopped, where the kernel may refuse", "RG101=deny", true,
	  MAY_BE_REFUSED, F(CLOBBER), ALL, .looks_closer = true },
	{ "noted, where the kernel may refuse", "RG101=note", true,
	  MAY_BE_REFUSED, F(CLOBBER), ALL },
	{ "what may stop it could not be judged", "RG117=deny", true,
	  MAY_BE_REFUSED, 0, ALL & ~F(UFFD_LOST), .looks_closer = true },
	{ "nor could it, but nothing is unknown", "RG117=deny", true, WILL_MOVE,
	  0, ALL & ~F(UFFD_LOST) },
	{ "perhaps too late", "preflight=on", true, MAY_BE_TOO_LATE, 0, ALL,
	  .looks_closer = true },
	{ "perhaps too late, and who cares", "preflight=off", true,
	  MAY_BE_TOO_LATE, 0, ALL },
	{ "perhaps too late, RG102 stops it", "RG102=deny", true,
	  MAY_BE_TOO_LATE, 0, ALL, .looks_closer = true },
	{ "too late", "preflight=on", true, IS_TOO_LATE, 0, ALL,
	  .refuses_first = true },
	{ "too late, and who cares", "preflight=off", true, IS_TOO_LATE, 0,
	  ALL },
	{ "too late, not planned", "preflight=on", false, IS_TOO_LATE, 0, ALL },
};

static void complain(void *ctx, const struct rg_complaint *complaint)
{
	ck_abort_msg("%s: %s", (const char *)ctx, complaint->why);
}

static struct rg_caution caution_of(const char *text)
{
	static struct rg_options options;

	rg_options_init(&options);
	rg_options_parse(text, &options, complain, (void *)text);
	return rg_caution_of(&options);
}

START_TEST(looks)
{
	struct rg_caution caution = caution_of(rows[_i].options);
	const struct rg_plan *plan = rows[_i].planned ? &rows[_i].plan : NULL;

	ck_assert_msg(rg_caution_looks_closer(&caution, plan, rows[_i].findings,
					      rows[_i].judged) ==
			      rows[_i].looks_closer,
		      "%s: looks closer", rows[_i].name);
	ck_assert_msg(rg_caution_refuses_first(&caution, plan) ==
			      rows[_i].refuses_first,
		      "%s: refuses first", rows[_i].name);
}
END_TEST

static const struct {
	const char *options;
	bool plans_all;
} plans[] = {
	{ "profile=audit", false }, { "RG101=deny", false },
	{ "RG102=deny", false },    { "RG103=deny", false },
	{ "RG104=deny", true },	    { "RG104=note", false },
	{ "RG001=deny", true },	    { "RG104=abort", true },
	{ "profile=strict", true },
};

START_TEST(plans_all)
{
	struct rg_caution caution = caution_of(plans[_i].options);

	ck_assert_msg(rg_caution_plans_all(&caution) == plans[_i].plans_all,
		      "%s", plans[_i].options);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, looks, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, plans_all, 0, NR_ROWS(plans));
}
