/* SPDX-License-Identifier: MIT */

/* What is decided of a call: actions, plans, rules, globs, and who wins. */

#include "unit.h"

#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#define F(name) RG_FINDING_BIT(RG_FINDING_##name)
#define NONE RG_NR_FINDINGS

/* ----------------------------------------------------------------- globs */

static const struct {
	const char *glob;
	const char *text;
	bool matches;
} globs[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "*", "", true },
	{ "*", "anything at all", true },
	{ "**", "a", true },
	{ "?", "", false },
	{ "?", "a", true },
	{ "?", "ab", false },
	{ "libc.so*", "libc.so.6", true },
	{ "libc.so*", "libcxso.6", false },
	{ "*.so", "liba.so", true },
	{ "*.so", "liba.so.1", false },
	{ "*.so*", "liba.so.1", true },
	{ "a*b*c", "axxbxxbxxc", true },
	{ "a*b*c", "axxbxxbxx", false },
	{ "*ab", "aab", true },
	{ "*aab", "aaab", true },
	{ "a?c", "abc", true },
	{ "a?c", "ac", false },
	{ "a*?", "a", false },
	{ "[a]", "a", false },
	{ "[a]", "[a]", true },
	{ "\\*", "*", false },
	{ "A", "a", false },
	{ "a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  false },
};

START_TEST(glob)
{
	ck_assert_msg(rg_glob_matches(globs[_i].glob, globs[_i].text) ==
			      globs[_i].matches,
		      "%s, %s", globs[_i].glob, globs[_i].text);
}
END_TEST

/* -------------------------------------------------------------- judging */

/* What was planned of a call. */
enum planned { NOT_AT_ALL, SUCCESS, REFUSAL, REFUSAL_WITH_DAMAGE, NR_PLANNED };

static const struct rg_plan plans[NR_PLANNED] = {
	[SUCCESS] = { .path = RG_PATH_MOVE },
	[REFUSAL] = { .path = RG_PATH_REFUSE, .error = ENOMEM },
	[REFUSAL_WITH_DAMAGE] = { .path = RG_PATH_REFUSE,
				  .error = EFAULT,
				  .damage = RG_DAMAGE_DEST_UNMAPPED },
};

static const struct rg_request request = { .addr = 0x10000,
					   .old_len = 0x3000,
					   .new_len = 0x2000,
					   .flags = RG_MREMAP_MAYMOVE |
						    RG_MREMAP_FIXED,
					   .new_addr = 0x20000 };

static const struct rg_call_site site = { "libfoo.so.2", "grow_ring" };

static struct rg_verdict judge(const struct rg_policy *policy,
			       uint64_t findings, enum planned planned)
{
	return rg_policy_judge(policy, findings,
			       planned == NOT_AT_ALL ? NULL : &plans[planned],
			       &request, &site);
}

static void check_verdict(const char *name, struct rg_verdict got,
			  struct rg_verdict want)
{
	ck_assert_msg(got.kind == want.kind, "%s: %s", name,
		      rg_verdict_name(got.kind));
	ck_assert_msg(got.finding == want.finding, "%s: finding %d", name,
		      got.finding);
	ck_assert_msg(got.error == want.error, "%s: errno %d", name, got.error);
	ck_assert_msg(got.noted == want.noted, "%s: noted %llx", name,
		      (unsigned long long)got.noted);
}

#define ALLOWS(findings)                                                       \
	{                                                                      \
		.finding = NONE, .noted = (findings)                           \
	}
#define DENIES(by, with, findings)                                             \
	{                                                                      \
		.kind = RG_VERDICT_DENY, .finding = RG_FINDING_##by,           \
		.error = with, .noted = (findings)                             \
	}
#define ABORTS(by, findings)                                                   \
	{                                                                      \
		.kind = RG_VERDICT_ABORT, .finding = RG_FINDING_##by,          \
		.noted = (findings)                                            \
	}

/* The policy is audit's but for up to two decisions. */
static const struct {
	const char *name;
	struct {
		enum rg_finding finding;
		struct rg_decision decision;
	} lines[2];
	int nr_lines;
	uint64_t findings;
	enum planned planned;
	struct rg_verdict want;
} judged[] = {
#define LINE(which, what, ...)                                                 \
	{                                                                      \
		RG_FINDING_##which,                                            \
		{                                                              \
			RG_ACTION_##what, ##__VA_ARGS__                        \
		}                                                              \
	}
	{ "nothing found", { LINE(CLOBBER, DENY) }, 1, 0, SUCCESS, ALLOWS(0) },
	{ "noted, as audit has it",
	  {},
	  0,
	  F(CLOBBER) | F(SEALED),
	  SUCCESS,
	  ALLOWS(F(CLOBBER) | F(SEALED)) },
	{ "ignored, as audit has it",
	  {},
	  0,
	  F(UNALIGNED_LENGTH),
	  SUCCESS,
	  ALLOWS(0) },
	{ "ignored and noted",
	  { LINE(CLOBBER, IGNORE) },
	  1,
	  F(CLOBBER) | F(SEALED),
	  SUCCESS,
	  ALLOWS(F(SEALED)) },
	{ "denied with the finding's errno",
	  { LINE(CLOBBER, DENY) },
	  1,
	  F(CLOBBER),
	  SUCCESS,
	  DENIES(CLOBBER, EEXIST, F(CLOBBER)) },
	{ "denied with an errno of one's own",
	  { LINE(CLOBBER, DENY, EBUSY) },
	  1,
	  F(CLOBBER),
	  SUCCESS,
	  DENIES(CLOBBER, EBUSY, F(CLOBBER)) },
	{ "denied without a plan",
	  { LINE(WRAPPED_OLD_LEN, DENY) },
	  1,
	  F(WRAPPED_OLD_LEN),
	  NOT_AT_ALL,
	  DENIES(WRAPPED_OLD_LEN, EINVAL, F(WRAPPED_OLD_LEN)) },
	{ "a finding that is not there denies nothing",
	  { LINE(CLOBBER, DENY) },
	  1,
	  F(SEALED),
	  SUCCESS,
	  ALLOWS(F(SEALED)) },
	{ "a hazard's deny yields to the kernel's refusal",
	  { LINE(CLOBBER, DENY) },
	  1,
	  F(CLOBBER),
	  REFUSAL,
	  ALLOWS(F(CLOBBER)) },
	{ "a hazard's deny comes before a refusal that destroys",
	  { LINE(CLOBBER, DENY) },
	  1,
	  F(CLOBBER),
	  REFUSAL_WITH_DAMAGE,
	  DENIES(CLOBBER, EEXIST, F(CLOBBER)) },
	{ "an error is denied with the kernel's errno",
	  { LINE(NO_ROOM, DENY) },
	  1,
	  F(NO_ROOM),
	  REFUSAL,
	  DENIES(NO_ROOM, ENOMEM, F(NO_ROOM)) },
	{ "an error is denied with an errno of one's own",
	  { LINE(NO_ROOM, DENY, EAGAIN) },
	  1,
	  F(NO_ROOM),
	  REFUSAL,
	  DENIES(NO_ROOM, EAGAIN, F(NO_ROOM)) },
	{ "an error without a plan and an errno",
	  { LINE(ZERO_NEW_LEN, DENY) },
	  1,
	  F(ZERO_NEW_LEN),
	  NOT_AT_ALL,
	  DENIES(ZERO_NEW_LEN, EINVAL, F(ZERO_NEW_LEN)) },
	{ "the kernel's errno for what it would refuse too late",
	  { LINE(DESTRUCTIVE_REFUSAL, DENY) },
	  1,
	  F(DESTRUCTIVE_REFUSAL),
	  REFUSAL_WITH_DAMAGE,
	  DENIES(DESTRUCTIVE_REFUSAL, EFAULT, F(DESTRUCTIVE_REFUSAL)) },
	{ "the lowest number gives the errno",
	  { LINE(EXECUTABLE_MOVE, DENY), LINE(CLOBBER, DENY, EBUSY) },
	  2,
	  F(EXECUTABLE_MOVE) | F(CLOBBER),
	  SUCCESS,
	  DENIES(CLOBBER, EBUSY, F(EXECUTABLE_MOVE) | F(CLOBBER)) },
	{ "what has no errno of its own gives way",
	  { LINE(DESTRUCTIVE_REFUSAL, DENY), LINE(DUPLICATE_ONTO_SELF, DENY) },
	  2,
	  F(DESTRUCTIVE_REFUSAL) | F(DUPLICATE_ONTO_SELF),
	  REFUSAL_WITH_DAMAGE,
	  DENIES(DUPLICATE_ONTO_SELF, EINVAL,
		 F(DESTRUCTIVE_REFUSAL) | F(DUPLICATE_ONTO_SELF)) },
	{ "and not what has",
	  { LINE(CLOBBER, DENY), LINE(DESTRUCTIVE_REFUSAL, DENY) },
	  2,
	  F(CLOBBER) | F(DESTRUCTIVE_REFUSAL),
	  REFUSAL_WITH_DAMAGE,
	  DENIES(CLOBBER, EEXIST, F(CLOBBER) | F(DESTRUCTIVE_REFUSAL)) },
	{ "nor before what only notes",
	  { LINE(DESTRUCTIVE_REFUSAL, DENY), LINE(DUPLICATE_ONTO_SELF, NOTE) },
	  2,
	  F(DESTRUCTIVE_REFUSAL) | F(DUPLICATE_ONTO_SELF),
	  REFUSAL_WITH_DAMAGE,
	  DENIES(DESTRUCTIVE_REFUSAL, EFAULT,
		 F(DESTRUCTIVE_REFUSAL) | F(DUPLICATE_ONTO_SELF)) },
	{ "abort",
	  { LINE(CLOBBER, ABORT) },
	  1,
	  F(CLOBBER),
	  SUCCESS,
	  ABORTS(CLOBBER, F(CLOBBER)) },
	{ "abort yields to the kernel's refusal too",
	  { LINE(CLOBBER, ABORT) },
	  1,
	  F(CLOBBER),
	  REFUSAL,
	  ALLOWS(F(CLOBBER)) },
	{ "the lowest number of those that abort",
	  { LINE(EXECUTABLE_MOVE, ABORT), LINE(CLOBBER, ABORT) },
	  2,
	  F(EXECUTABLE_MOVE) | F(CLOBBER),
	  SUCCESS,
	  ABORTS(CLOBBER, F(EXECUTABLE_MOVE) | F(CLOBBER)) },
};

static struct rg_policy policy_of(int row)
{
	struct rg_policy policy;

	rg_policy_init(&policy, RG_PROFILE_AUDIT);
	for (int i = 0; i < judged[row].nr_lines; i++)
		policy.decisions[judged[row].lines[i].finding] =
			judged[row].lines[i].decision;
	return policy;
}

START_TEST(judges)
{
	struct rg_policy policy = policy_of(_i);

	check_verdict(judged[_i].name,
		      judge(&policy, judged[_i].findings, judged[_i].planned),
		      judged[_i].want);
}
END_TEST

/* Whichever of the two has the lower number. */
START_TEST(abort_beats_deny)
{
	static const enum rg_finding pairs[][2] = {
		{ RG_FINDING_CLOBBER, RG_FINDING_EXECUTABLE_MOVE },
		{ RG_FINDING_EXECUTABLE_MOVE, RG_FINDING_CLOBBER },
	};
	uint64_t found = F(CLOBBER) | F(EXECUTABLE_MOVE);

	for (size_t i = 0; i < NR_ROWS(pairs); i++) {
		struct rg_verdict got,
			want = { RG_VERDICT_ABORT, pairs[i][0], 0, found };
		struct rg_policy policy;

		rg_policy_init(&policy, RG_PROFILE_AUDIT);
		policy.decisions[pairs[i][0]].action = RG_ACTION_ABORT;
		policy.decisions[pairs[i][1]].action = RG_ACTION_DENY;
		got = judge(&policy, found, SUCCESS);
		/* the errno is of the deny and says nothing here */
		got.error = 0;
		check_verdict("abort and deny", got, want);
	}
}
END_TEST

/* Every profile, every finding, every plan: what the table says. */
START_TEST(profile_decides)
{
	enum rg_profile profile = (enum rg_profile)_i;
	struct rg_policy policy;

	rg_policy_init(&policy, profile);
	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)i);
		enum rg_action action = info->actions[profile];
		bool refused = info->severity == RG_SEVERITY_ERROR;

		for (int plan = NOT_AT_ALL; plan < NR_PLANNED; plan++) {
			struct rg_verdict got = judge(
				&policy, RG_FINDING_BIT(i), (enum planned)plan);
			bool denied = action == RG_ACTION_DENY &&
				      (plan != REFUSAL || refused);

			ck_assert_msg((got.kind == RG_VERDICT_DENY) == denied,
				      "%s, %s, plan %d", info->id,
				      rg_profile_name(profile), plan);
			ck_assert_msg((got.noted != 0) ==
					      (action != RG_ACTION_IGNORE),
				      "%s, %s", info->id,
				      rg_profile_name(profile));
			ck_assert(!denied || got.error > 0);
		}
	}
}
END_TEST

/* ----------------------------------------------------------------- rules */

#define RULE_FOR(set, what, ...)                                               \
	{                                                                      \
		.findings = set, .decision = { RG_ACTION_##what },             \
		.max_size = UINT64_MAX, ##__VA_ARGS__                          \
	}
#define SMALL(size)                                                            \
	{                                                                      \
		.findings = F(CLOBBER), .decision = { RG_ACTION_DENY },        \
		.max_size = size                                               \
	}
#define RULE(...) RULE_FOR(F(CLOBBER), DENY, ##__VA_ARGS__)

static const struct {
	const char *name;
	struct rg_rule rule;
	bool fits;
} rules[] = {
	{ "no condition", RULE(), true },
	{ "another finding", RULE_FOR(F(SEALED), DENY), false },
	{ "one of several findings", RULE_FOR(F(SEALED) | F(CLOBBER), DENY),
	  true },
	{ "the module", RULE(.module = "libfoo.so.2"), true },
	{ "the module by a glob", RULE(.module = "libfoo*"), true },
	{ "another module", RULE(.module = "libbar*"), false },
	{ "the function", RULE(.function = "grow_*"), true },
	{ "another function", RULE(.function = "shrink_*"), false },
	{ "module and function",
	  RULE(.module = "libfoo*", .function = "grow_ring"), true },
	{ "the module, but another function",
	  RULE(.module = "libfoo*", .function = "x"), false },
	{ "as large as the longer length", RULE(.min_size = 0x3000), true },
	{ "larger than that", RULE(.min_size = 0x3001), false },
	{ "no larger than that", SMALL(0x3000), true },
	{ "smaller than that", SMALL(0x2fff), false },
	{ "all flags", RULE(.flags = RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED),
	  true },
	{ "one of the flags", RULE(.flags = RG_MREMAP_FIXED), true },
	{ "a flag more", RULE(.flags = RG_MREMAP_MAYMOVE | RG_MREMAP_DONTUNMAP),
	  false },
};

START_TEST(rule_fits)
{
	struct rg_policy policy;
	struct rg_verdict got;

	rg_policy_init(&policy, RG_PROFILE_AUDIT);
	policy.rules[policy.nr_rules++] = rules[_i].rule;
	got = judge(&policy, F(CLOBBER), SUCCESS);
	ck_assert_msg((got.kind == RG_VERDICT_DENY) == rules[_i].fits, "%s",
		      rules[_i].name);
	ck_assert(got.noted == F(CLOBBER));
}
END_TEST

START_TEST(first_rule_that_fits_decides)
{
	const struct rg_rule three[] = {
		RULE_FOR(F(CLOBBER), ABORT, .module = "libbar*"),
		RULE_FOR(F(CLOBBER), IGNORE, .module = "libfoo*"),
		RULE(),
	};
	struct rg_policy policy;
	struct rg_verdict got;

	rg_policy_init(&policy, RG_PROFILE_STRICT);
	memcpy(policy.rules, three, sizeof(three));
	policy.nr_rules = 3;
	got = judge(&policy, F(CLOBBER), SUCCESS);
	ck_assert(got.kind == RG_VERDICT_ALLOW && !got.noted);
	/* other findings are as the profile has them */
	got = judge(&policy, F(CLOBBER) | F(UNCHECKED_EXTENT), SUCCESS);
	ck_assert(got.kind == RG_VERDICT_DENY && got.error == EFAULT &&
		  got.noted == F(UNCHECKED_EXTENT));
}
END_TEST

/* A caller that is not known fits only what takes anything. */
START_TEST(unknown_caller)
{
	static const struct {
		const char *module;
		bool fits;
	} asked[] = {
		{ "", true }, { "*", true }, { "?*", false }, { "a", false }
	};
	static const struct rg_call_site nobody = { NULL, NULL };

	for (size_t i = 0; i < NR_ROWS(asked); i++) {
		struct rg_rule rule = RULE();
		struct rg_policy policy;

		strcpy(rule.module, asked[i].module);
		rg_policy_init(&policy, RG_PROFILE_AUDIT);
		policy.rules[policy.nr_rules++] = rule;
		ck_assert_msg((rg_policy_judge(&policy, F(CLOBBER), NULL,
					       &request, &nobody)
				       .kind == RG_VERDICT_DENY) ==
				      asked[i].fits,
			      "%s", asked[i].module);
		ck_assert(rg_policy_asks_for_site(&policy, F(CLOBBER)) ==
			  (*asked[i].module != '\0'));
		ck_assert(!rg_policy_asks_for_site(&policy, F(SEALED)));
	}
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, glob, 0, NR_ROWS(globs));
	tcase_add_loop_test(tc, judges, 0, NR_ROWS(judged));
	tcase_add_test(tc, abort_beats_deny);
	tcase_add_loop_test(tc, profile_decides, 0, RG_NR_PROFILES);
	tcase_add_loop_test(tc, rule_fits, 0, NR_ROWS(rules));
	tcase_add_test(tc, first_rule_that_fits_decides);
	tcase_add_test(tc, unknown_caller);
}
