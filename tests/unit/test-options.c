/* SPDX-License-Identifier: MIT */

#include "unit.h"

#include "same-options.h"

#include "policy/errors.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char complaints[4096];

static void complain(void *ctx, const struct rg_complaint *complaint)
{
	ck_assert(ctx == complaints);
	strncat(complaints, complaint->part, complaint->part_len);
	strcat(complaints, "|");
	strcat(complaints, complaint->why);
	strcat(complaints, "\n");
}

static void parse_over(const char *text, struct rg_options *options)
{
	rg_options_parse(text, options, complain, complaints);
}

static void suppress_in(const char *text, struct rg_options *options)
{
	rg_suppressions_parse(text, options, complain, complaints);
}

static struct rg_options parse(const char *text)
{
	struct rg_options options;

	rg_options_init(&options);
	complaints[0] = '\0';
	parse_over(text, &options);
	return options;
}

static const struct {
	const char *name;
	const char *text;
	struct rg_options want; /* and the policy of its profile */
} good[] = {
#define DEFAULTS                                                               \
	.stacks = RG_STACKS_LIBUNWIND, .max_trace = 1 << 30, .follow = true
#define STRICT                                                                 \
	DEFAULTS, .predict = RG_PREDICT_ALWAYS, .preflight = true,             \
		  .noreplace = true, .shrink_first = true
	{ "nothing", "", { DEFAULTS } },
	{ "a directory", "trace=/a/b", { DEFAULTS, .trace = "/a/b" } },
	{ "a colon in it", "trace=/a\\:b", { DEFAULTS, .trace = "/a:b" } },
	{ "a newline in it", "trace=/a\\\nb", { DEFAULTS, .trace = "/a\nb" } },
	{ "a comma in it", "trace=a,b", { DEFAULTS, .trace = "a,b" } },
	{ "a backslash in it",
	  "trace=/a\\\\b",
	  { DEFAULTS, .trace = "/a\\b" } },
	{ "a backslash at the end",
	  "trace=/a\\",
	  { DEFAULTS, .trace = "/a\\" } },
	{ "an equals sign in it", "trace=a=b", { DEFAULTS, .trace = "a=b" } },
	{ "predict", "predict=always", { DEFAULTS, .predict = 1 } },
	{ "verbose", "verbose=2", { DEFAULTS, .verbose = 2 } },
	{ "run", "run=1234", { DEFAULTS, .run = 1234 } },
	{ "cookie",
	  "cookie=0xfedcba9876543210",
	  { DEFAULTS, .cookie = 0xfedcba9876543210 } },
	{ "generation",
	  "generation=G5",
	  { DEFAULTS, .generation = RG_GEN_G5 } },
	{ "stacks",
	  "stacks=fp",
	  { .stacks = RG_STACKS_FP, .max_trace = 1 << 30, .follow = true } },
	{ "sizes have suffixes",
	  "max-trace=3M",
	  { .max_trace = 3 << 20, .follow = true } },
	{ "off", "follow=off", { .max_trace = 1 << 30 } },
	{ "on",
	  "preflight=on:noreplace=on:shrink-first=on",
	  { DEFAULTS, .preflight = true, .noreplace = true,
	    .shrink_first = true } },
	{ "files",
	  "plugin=/a.so:policy=/b:suppress=/c",
	  { DEFAULTS, .plugin = "/a.so", .policy_file = "/b",
	    .suppress_file = "/c" } },
	{ "strict",
	  "profile=strict",
	  { STRICT, .profile = RG_PROFILE_STRICT } },
	{ "hardened",
	  "profile=hardened",
	  { STRICT, .profile = RG_PROFILE_HARDENED } },
	{ "debug",
	  "profile=debug",
	  { STRICT,
	    .profile = RG_PROFILE_DEBUG,
	    .move = RG_MOVE_ALWAYS,
	    .quarantine = 256 << 20 } },
	{ "debug, but where mappings go, and came from",
	  "move=kernel:quarantine=off:profile=debug",
	  { STRICT, .profile = RG_PROFILE_DEBUG } },
	{ "a quarantine", "quarantine=1M", { DEFAULTS, .quarantine = 1 << 20 } },
	{ "none", "quarantine=1M:quarantine=0", { DEFAULTS } },
	{ "move", "move=never", { DEFAULTS, .move = RG_MOVE_NEVER } },
	{ "fast",
	  "profile=fast",
	  { .stacks = RG_STACKS_NONE,
	    .predict = RG_PREDICT_NEVER,
	    .max_trace = 1 << 30,
	    .follow = true,
	    .profile = RG_PROFILE_FAST,
	    .shrink_first = true,
	    .placement = RG_PLACEMENT_CONGRUENT } },
	{ "placement",
	  "placement=congruent",
	  { DEFAULTS, .placement = RG_PLACEMENT_CONGRUENT } },
	{ "grow ahead", "grow-ahead=on", { DEFAULTS, .grow_ahead = true } },
	{ "all that a profile sets, before it",
	  "stacks=fp:predict=auto:preflight=off:noreplace=off:shrink-first=off:"
	  "profile=strict",
	  { .stacks = RG_STACKS_FP,
	    .max_trace = 1 << 30,
	    .follow = true,
	    .profile = RG_PROFILE_STRICT } },
};

START_TEST(accepts)
{
	struct rg_options got = parse(good[_i].text);
	struct rg_options want = good[_i].want;

	rg_policy_init(&want.policy, want.profile);
	ck_assert_msg(same_options(&got, &want), "%s", good[_i].name);
	ck_assert_msg(!complaints[0], "%s: complained: %s", good[_i].name,
		      complaints);
}
END_TEST

static const struct {
	const char *name;
	const char *text;
	const char *same_as;
} same[] = {
	{ "only colons", ":::", "" },
	{ "newlines are colons", "\nstacks=fp\n\nverbose=1\n",
	  "stacks=fp:verbose=1" },
	{ "the last one wins", "trace=a:trace=b", "trace=b" },
	{ "no need of an escape", "trace=a\\b", "trace=ab" },
	{ "a finding by its name", "clobber=abort", "RG101=abort" },
	{ "the last action wins", "clobber=abort:RG101=note", "RG101=note" },
	{ "the last profile wins", "profile=fast:profile=strict",
	  "profile=strict" },
	{ "a profile comes first", "stacks=fp:RG101=note:profile=strict",
	  "profile=strict:stacks=fp:RG101=note" },
	{ "also before what audit says", "predict=auto:profile=strict",
	  "profile=strict:predict=auto" },
	{ "the profile that is there already", "profile=audit", "" },
	{ "ids and names in a rule", "rule=a,finding=RG101 overlap,action=deny",
	  "rule=a,finding=overlap clobber,action=deny" },
	{ "fields in any order",
	  "rule=a,flags=3,max-size=4K,min-size=0x10,action=note,finding=sealed",
	  "rule=a,finding=sealed,action=note,min-size=16,max-size=4096,"
	  "flags=MAYMOVE|FIXED" },
	{ "injections, in order",
	  "inject=errno=ENOMEM\ninject=delay=1us:seed=7",
	  "seed=7:inject=errno=ENOMEM:inject=delay=1000ns" },
	{ "an injection with escapes", "inject=errno=EIO,site=a\\:b!c\\\\d",
	  "inject=site=a\\:b!c\\\\d,errno=EIO" },
	{ "injections off", "inject=errno=EIO:inject=off", "" },
	{ "injections off, and one more",
	  "inject=errno=EIO:inject=off:inject=errno=EBUSY",
	  "inject=errno=EBUSY" },
};

START_TEST(means_the_same)
{
	struct rg_options got = parse(same[_i].text);
	struct rg_options want;

	ck_assert_msg(!complaints[0], "%s: complained: %s", same[_i].name,
		      complaints);
	want = parse(same[_i].same_as);
	ck_assert_msg(same_options(&got, &want), "%s", same[_i].name);
}
END_TEST

/* ---------------------------------------------------------------- actions */

static const struct {
	const char *text;
	struct rg_decision want; /* of RG101 */
} actions[] = {
	{ "RG101=ignore", { RG_ACTION_IGNORE, 0 } },
	{ "RG101=note", { RG_ACTION_NOTE, 0 } },
	{ "RG101=deny", { RG_ACTION_DENY, 0 } },
	{ "RG101=deny EBUSY", { RG_ACTION_DENY, EBUSY } },
	{ "clobber=deny \t ENOMEM ", { RG_ACTION_DENY, ENOMEM } },
	{ "clobber=abort", { RG_ACTION_ABORT, 0 } },
	{ "profile=strict", { RG_ACTION_DENY, 0 } },
	{ "profile=fast", { RG_ACTION_IGNORE, 0 } },
};

START_TEST(sets_actions)
{
	struct rg_options got = parse(actions[_i].text);
	const struct rg_decision *decision =
		&got.policy.decisions[RG_FINDING_CLOBBER];

	ck_assert_msg(!complaints[0], "%s", complaints);
	ck_assert_msg(decision->action == actions[_i].want.action &&
			      decision->error == actions[_i].want.error,
		      "%s: %d %d", actions[_i].text, decision->action,
		      decision->error);
}
END_TEST

/* No finding may be called as an option is: one would hide the other. */
START_TEST(every_finding_is_a_key)
{
	const struct rg_finding_info *info =
		rg_finding_info((enum rg_finding)_i);
	const char *names[] = { info->id, info->name };
	char text[64];

	for (size_t i = 0; i < NR_ROWS(names); i++) {
		struct rg_options got;

		snprintf(text, sizeof(text), "%s=abort", names[i]);
		got = parse(text);
		ck_assert_msg(!complaints[0], "%s", complaints);
		ck_assert(got.policy.decisions[_i].action == RG_ACTION_ABORT);
		ck_assert(rg_option_find(names[i]) < 0);
	}
}
END_TEST

/* An errno without a name could not be written and read again. */
START_TEST(errno_has_a_name)
{
	const char *name = rg_errno_name((uint8_t)_i);

	if (name) {
		ck_assert_str_eq(name, strerrorname_np(_i));
		ck_assert_int_eq(rg_errno_from_name(name), _i);
	}
	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		int error = rg_finding_info((enum rg_finding)i)->error;

		ck_assert(!error || error != _i || name);
	}
	ck_assert_int_eq(rg_errno_from_name("ENOSUCH"), 0);
}
END_TEST

/* ------------------------------------------------------------------ rules */

#define RULE(name) "rule=" name ",finding=clobber,action=note"

START_TEST(reads_a_rule)
{
	const struct rg_rule want = {
		.name = "ours, not theirs",
		.findings = RG_FINDING_BIT(RG_FINDING_CLOBBER) |
			    RG_FINDING_BIT(RG_FINDING_OVERLAP),
		.decision = { RG_ACTION_DENY, EPERM },
		.module = "lib:a,b*",
		.function = "std::grow<int, a>",
		.min_size = 4096,
		.max_size = 1 << 30,
		.flags = RG_MREMAP_FIXED,
	};
	struct rg_options got =
		parse("rule=ours\\, not theirs,finding=clobber overlap,"
		      "action=deny EPERM,module=lib\\:a\\,b*,"
		      "function=std\\:\\:grow<int\\, a>,min-size=4K,"
		      "max-size=1G,flags=FIXED");

	ck_assert_str_eq(complaints, "");
	ck_assert_int_eq(got.policy.nr_rules, 1);
	ck_assert(same_rule(&got.policy.rules[0], &want));
}
END_TEST

static const char *rule_names(const struct rg_options *options)
{
	static char names[RG_POLICY_MAX_RULES * (RG_POLICY_NAME_MAX + 1)];

	names[0] = '\0';
	for (uint32_t i = 0; i < options->policy.nr_rules; i++) {
		strcat(names, options->policy.rules[i].name);
		strcat(names, " ");
	}
	return names;
}

#define S "suppression "

/* As they stand; a later text's before; suppressions before them all. */
START_TEST(rules_have_an_order)
{
	struct rg_options options = parse(RULE("a") ":" RULE("b"));
	const struct rg_rule *rules = options.policy.rules;

	parse_over(RULE("c") "\n" RULE("d"), &options);
	ck_assert_str_eq(rule_names(&options), "c d a b ");
	suppress_in("# ours\n\nclobber:lib*\r\n  overlap:x:y::z\n", &options);
	ck_assert_str_eq(rule_names(&options), S S "c d a b ");
	parse_over(RULE("e"), &options);
	suppress_in("sealed:*", &options);
	ck_assert_str_eq(rule_names(&options), S S S "e c d a b ");
	ck_assert_str_eq(complaints, "");
	ck_assert_str_eq(rules[0].module, "lib*");
	ck_assert_str_eq(rules[1].function, "y::z");
	ck_assert(rules[2].findings == RG_FINDING_BIT(RG_FINDING_SEALED) &&
		  rules[2].decision.action == RG_ACTION_IGNORE);
}
END_TEST

/* As rules have; and one that does not fit in is told of. */
START_TEST(injections_have_an_order)
{
	struct rg_options options =
		parse("inject=errno=EIO:inject=errno=EPERM");
	const struct rg_injection *list = options.injections.list;

	parse_over("inject=errno=ENXIO:inject=errno=EINTR", &options);
	ck_assert_int_eq(options.injections.nr, 4);
	ck_assert(list[0].error == ENXIO && list[1].error == EINTR &&
		  list[2].error == EIO && list[3].error == EPERM);
	for (int i = 0; i < 4; i++)
		parse_over("inject=delay=1ms", &options);
	ck_assert_str_eq(complaints, "");
	parse_over("inject=delay=2ms", &options);
	ck_assert_str_eq(complaints,
			 "inject=delay=2ms|more than 8 injections\n");
	ck_assert(options.injections.nr == 8 && list[7].error == EPERM);
}
END_TEST

START_TEST(takes_64_rules)
{
	struct rg_options options = parse("");

	for (int i = 0; i < RG_POLICY_MAX_RULES; i++)
		parse_over(RULE("a"), &options);
	ck_assert_str_eq(complaints, "");
	parse_over(RULE("b"), &options);
	suppress_in("clobber:*", &options);
	ck_assert_str_eq(complaints,
			 RULE("b") "|more than 64 rules and suppressions\n"
				   "clobber:*|more than 64 rules and "
				   "suppressions\n");
	ck_assert(options.policy.nr_rules == 64 && !options.nr_suppressions);
}
END_TEST

/* ---------------------------------------------------------------- as text */

static char written[65536];

static void put(void *ctx, const char *text, size_t len)
{
	ck_assert(ctx == written);
	strncat(written, text, len);
}

static const char *write_out(const struct rg_options *options, char separator)
{
	struct rg_out out = { put, written, separator };

	written[0] = '\0';
	rg_options_put_rules(options, &out);
	rg_options_put_settings(options, &out);
	return written;
}

static const struct {
	const char *text;
	const char *want;
} texts[] = {
	{ "", "" },
	{ "profile=audit", "profile=audit" },
	{ "RG101=deny EBUSY:overlap=note", "RG008=note:RG101=deny EBUSY" },
	{ "max-trace=4K:trace=a\\:b\\\\c\\\nd",
	  "trace=a\\:b\\\\c\\\nd:max-trace=4096" },
	{ "follow=off:verbose=3:stacks=none:predict=never:generation=G5",
	  "stacks=none:predict=never:follow=off:verbose=3:generation=G5" },
	{ "RG001=note:rule=a\\,b,finding=RG101 RG001,action=deny EBUSY,"
	  "module=m\\,*,function=f\\:*,min-size=1K,max-size=2K,flags=FIXED",
	  "rule=a\\,b,finding=unknown-flags clobber,action=deny EBUSY,"
	  "module=m\\,*,function=f\\:*,min-size=1024,max-size=2048,flags=2:"
	  "RG001=note" },
	{ RULE("a") ",min-size=0,flags=0,max-size=0xffffffffffffffff",
	  RULE("a") },
	{ "seed=0x10:inject=delay=1s,site=a\\:b:" RULE("a") ":inject=errno=EIO",
	  RULE("a") ":inject=delay=1s,site=a\\:b:inject=errno=EIO:seed=16" },
};

/* And what was written is read as what it was written from. */
START_TEST(writes_what_it_reads)
{
	struct rg_options options = parse(texts[_i].text);
	struct rg_options again = parse(write_out(&options, '\n'));

	ck_assert_str_eq(complaints, "");
	ck_assert(same_options(&options, &again));
	again = parse(write_out(&options, ':'));
	ck_assert_str_eq(complaints, "");
	ck_assert(same_options(&options, &again));
	ck_assert_str_eq(written, texts[_i].want);
}
END_TEST

/* ---------------------------------------------------------- what is wrong */

#define NO_SIZE "not a size (a number, with K, M or G behind it)\n"

static const struct {
	const char *name;
	const char *text;
	const char *complaint;
} bad[] = {
	{ "no value", "trace", "trace|no '=' in it\n" },
	{ "empty value", "trace=", "trace=|a path is missing\n" },
	{ "unknown key", "trase=x", "trase=x|no such option\n" },
	{ "a key's beginning", "tra=x", "tra=x|no such option\n" },
	{ "a key and more", "tracer=x", "tracer=x|no such option\n" },
	{ "a long key", "tracetracetracetracetracetracetrace=x",
	  "tracetracetracetracetracetracetrace=x|no such option\n" },
	{ "unknown word", "stacks=dwarf",
	  "stacks=dwarf|not libunwind, fp or none\n" },
	{ "no number", "max-trace=M", "max-trace=M|" NO_SIZE },
	{ "unknown suffix", "max-trace=1T", "max-trace=1T|" NO_SIZE },
	{ "too large", "max-trace=99999999999G",
	  "max-trace=99999999999G|" NO_SIZE },
	{ "two at once", "a=1:b", "a=1|no such option\nb|no '=' in it\n" },
	{ "no such profile", "profile=lax",
	  "profile=lax|not audit, strict, hardened, debug or fast\n" },
	{ "no such finding", "RG999=deny", "RG999=deny|no such option\n" },
	{ "no such action", "RG101=refuse",
	  "RG101=refuse|not ignore, note, deny or abort\n" },
	{ "no action", "RG101=", "RG101=|not ignore, note, deny or abort\n" },
	{ "no such errno", "RG101=deny EFOO",
	  "RG101=deny EFOO|no such errno\n" },
	{ "an errno for a note", "RG101=note EPERM",
	  "RG101=note EPERM|only a deny has something behind it, an errno\n" },
	{ "two errnos", "RG101=deny EPERM ENOMEM",
	  "RG101=deny EPERM ENOMEM|nothing follows an errno\n" },
	{ "a rule without a name", "rule=", "|the rule has no name\n" },
	{ "a rule that is a field", "rule=finding=clobber,action=deny",
	  "rule=finding=clobber,action=deny|the rule has no finding\n" },
	{ "a rule with a long name", RULE("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb"),
	  "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb|the rule's name is longer than 31 "
	  "bytes\n" },
	{ "a rule without an action", "rule=a,finding=clobber",
	  "rule=a,finding=clobber|the rule has no action\n" },
	{ "a rule for no such finding",
	  "rule=a,finding=clobber clobbr,action=deny",
	  "finding=clobber clobbr|no such finding\n" },
	{ "a rule for no finding", "rule=a,finding=,action=deny",
	  "finding=|a finding is missing\n" },
	{ "a rule with no such key", RULE("a") ",size=1",
	  "size=1|no such key of a rule\n" },
	{ "a rule with half a field", RULE("a") ",flags",
	  "flags|no '=' in it\n" },
	{ "a rule with a field twice", RULE("a") ",action=note",
	  "action=note|given twice\n" },
	{ "a rule for no module",
	  RULE("a") ",module=", "module=|a name or a pattern is missing\n" },
	{ "a rule for no size", RULE("a") ",min-size=big",
	  "min-size=big|" NO_SIZE },
	{ "a rule for no flags", RULE("a") ",flags=MOVE",
	  "flags=MOVE|neither a number nor of MAYMOVE|FIXED|DONTUNMAP\n" },
	{ "a rule for no call", RULE("a") ",min-size=2,max-size=1",
	  RULE("a") ",min-size=2,max-size=1|the rule's min-size is more than "
		    "its max-size\n" },
	{ "a seed that is no number", "seed=x", "seed=x|not a number\n" },
	{ "an injection of nothing", "inject=", "inject=|no '=' in it\n" },
	{ "an injection with no such errno", "inject=nth=1,errno=EFOO",
	  "inject=nth=1,errno=EFOO|no such errno\n" },
};

START_TEST(complains_and_keeps)
{
	struct rg_options before = parse("");
	struct rg_options got = parse(bad[_i].text);

	ck_assert_msg(!strcmp(complaints, bad[_i].complaint), "%s: said %s",
		      bad[_i].name, complaints);
	ck_assert_msg(same_options(&got, &before) && !got.given &&
			      !got.given_findings,
		      "%s: changed something", bad[_i].name);
}
END_TEST

START_TEST(bad_ones_do_not_hide_good_ones)
{
	struct rg_options got =
		parse("x=1:stacks=none:y:" RULE("a") ",z:predict=never");

	ck_assert_int_eq(got.stacks, RG_STACKS_NONE);
	ck_assert_int_eq(got.predict, RG_PREDICT_NEVER);
	ck_assert(!got.policy.nr_rules);
}
END_TEST

START_TEST(too_long_a_value)
{
	char text[RG_OPTIONS_PATH_MAX + 64] = "trace=";
	struct rg_options got;

	memset(text + 6, 'a', RG_OPTIONS_PATH_MAX + 8);
	got = parse(text);
	ck_assert_str_eq(got.trace, "");
	ck_assert(strstr(complaints, "too long"));
}
END_TEST

/* Of a pattern 95 bytes are the most, in a rule and in a suppression. */
START_TEST(too_long_a_glob)
{
	char text[512], glob[128];

	for (int len = 95; len <= 97; len++) {
		struct rg_options options;

		memset(glob, 'a', (size_t)len);
		glob[len] = '\0';
		snprintf(text, sizeof(text), RULE("r") ",module=%s", glob);
		options = parse(text);
		snprintf(text, sizeof(text), "clobber:%s:%s", glob, glob);
		suppress_in(text, &options);
		ck_assert_int_eq(options.policy.nr_rules, len == 95 ? 2 : 0);
		ck_assert(len == 95 || strstr(complaints, "than 95 bytes"));
	}
}
END_TEST

static const struct {
	const char *text;
	const char *complaint;
} no_suppressions[] = {
	{ "clobber", "clobber|not FINDING:MODULE[:FUNCTION]\n" },
	{ "clobbr:a", "clobbr:a|no such finding\n" },
	{ ":a", ":a|no such finding\n" },
	{ "clobber:", "clobber:|a name or a pattern is missing\n" },
	{ "clobber::f", "clobber::f|a name or a pattern is missing\n" },
	{ "clobber:a:", "clobber:a:|a name or a pattern is missing\n" },
	{ "x\n  y # z\n", "x|not FINDING:MODULE[:FUNCTION]\n"
			  "y # z|not FINDING:MODULE[:FUNCTION]\n" },
};

START_TEST(complains_of_suppressions)
{
	struct rg_options options = parse("");

	suppress_in(no_suppressions[_i].text, &options);
	ck_assert_str_eq(complaints, no_suppressions[_i].complaint);
	ck_assert(!options.policy.nr_rules && !options.nr_suppressions);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, accepts, 0, NR_ROWS(good));
	tcase_add_loop_test(tc, means_the_same, 0, NR_ROWS(same));
	tcase_add_loop_test(tc, sets_actions, 0, NR_ROWS(actions));
	tcase_add_loop_test(tc, every_finding_is_a_key, 0, RG_NR_FINDINGS);
	tcase_add_loop_test(tc, errno_has_a_name, 0, UINT8_MAX + 1);
	tcase_add_test(tc, reads_a_rule);
	tcase_add_test(tc, rules_have_an_order);
	tcase_add_test(tc, injections_have_an_order);
	tcase_add_test(tc, takes_64_rules);
	tcase_add_loop_test(tc, writes_what_it_reads, 0, NR_ROWS(texts));
	tcase_add_loop_test(tc, complains_and_keeps, 0, NR_ROWS(bad));
	tcase_add_test(tc, bad_ones_do_not_hide_good_ones);
	tcase_add_test(tc, too_long_a_value);
	tcase_add_test(tc, too_long_a_glob);
	tcase_add_loop_test(tc, complains_of_suppressions, 0,
			    NR_ROWS(no_suppressions));
}
