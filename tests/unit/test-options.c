/* SPDX-License-Identifier: MIT */

#include "unit.h"

#include "policy/options.h"

#include <string.h>

static char complaints[4096];

static void complain(const char *pair, size_t len, const char *why)
{
	strncat(complaints, pair, len);
	strcat(complaints, "|");
	strcat(complaints, why);
	strcat(complaints, "\n");
}

static struct rg_options parse(const char *text)
{
	struct rg_options options = rg_options_default();

	complaints[0] = '\0';
	rg_options_parse(text, &options, complain);
	return options;
}

static const struct {
	const char *name;
	const char *text;
	struct rg_options want;
} good[] = {
#define DEFAULTS                                                               \
	.stacks = RG_STACKS_LIBUNWIND, .max_trace = 1 << 30, .follow = true
	{ "nothing", "", { DEFAULTS } },
	{ "only colons", ":::", { DEFAULTS } },
	{ "a directory", "trace=/a/b", { DEFAULTS, .trace = "/a/b" } },
	{ "a colon in it", "trace=/a\\:b", { DEFAULTS, .trace = "/a:b" } },
	{ "a backslash in it",
	  "trace=/a\\\\b",
	  { DEFAULTS, .trace = "/a\\b" } },
	{ "a backslash at the end",
	  "trace=/a\\",
	  { DEFAULTS, .trace = "/a\\" } },
	{ "an equals sign in it", "trace=a=b", { DEFAULTS, .trace = "a=b" } },
	{ "the last one wins", "trace=a:trace=b", { DEFAULTS, .trace = "b" } },
	{ "predict", "predict=always", { DEFAULTS, .predict = 1 } },
	{ "verbose", "verbose=2", { DEFAULTS, .verbose = 2 } },
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
};

static bool same_options(const struct rg_options *a, const struct rg_options *b)
{
	return !strcmp(a->trace, b->trace) && a->stacks == b->stacks &&
	       a->predict == b->predict && a->max_trace == b->max_trace &&
	       a->follow == b->follow && a->verbose == b->verbose &&
	       a->generation == b->generation && a->break_plan == b->break_plan;
}

START_TEST(accepts)
{
	struct rg_options got = parse(good[_i].text);

	ck_assert_msg(same_options(&got, &good[_i].want), "%s", good[_i].name);
	ck_assert_msg(!complaints[0], "%s: complained: %s", good[_i].name,
		      complaints);
}
END_TEST

static const struct {
	const char *name;
	const char *text;
	const char *complaint;
} bad[] = {
	{ "no value", "trace", "trace|no '=' in it\n" },
	{ "empty value", "trace=", "trace=|a directory is missing\n" },
	{ "unknown key", "trase=x", "trase=x|no such option\n" },
	{ "a key's beginning", "tra=x", "tra=x|no such option\n" },
	{ "a key and more", "tracer=x", "tracer=x|no such option\n" },
	{ "unknown word", "stacks=dwarf",
	  "stacks=dwarf|not libunwind, fp or none\n" },
	{ "no number", "max-trace=M",
	  "max-trace=M|not a size (a number, with K, M or G behind it)\n" },
	{ "unknown suffix", "max-trace=1T",
	  "max-trace=1T|not a size (a number, with K, M or G behind it)\n" },
	{ "too large", "max-trace=99999999999G",
	  "max-trace=99999999999G|not a size (a number, with K, M or G "
	  "behind it)\n" },
	{ "two at once", "a=1:b", "a=1|no such option\nb|no '=' in it\n" },
};

START_TEST(complains_and_keeps)
{
	struct rg_options before = rg_options_default();
	struct rg_options got = parse(bad[_i].text);

	ck_assert_msg(!strcmp(complaints, bad[_i].complaint), "%s: said %s",
		      bad[_i].name, complaints);
	ck_assert_msg(same_options(&got, &before), "%s: changed something",
		      bad[_i].name);
}
END_TEST

START_TEST(bad_ones_do_not_hide_good_ones)
{
	struct rg_options got = parse("x=1:stacks=none:y:predict=never");

	ck_assert_int_eq(got.stacks, RG_STACKS_NONE);
	ck_assert_int_eq(got.predict, RG_PREDICT_NEVER);
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

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, accepts, 0, NR_ROWS(good));
	tcase_add_loop_test(tc, complains_and_keeps, 0, NR_ROWS(bad));
	tcase_add_test(tc, bad_ones_do_not_hide_good_ones);
	tcase_add_test(tc, too_long_a_value);
}
