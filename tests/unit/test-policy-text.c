/* SPDX-License-Identifier: MIT */

/* Policies and suppressions as files: what they say, and what is wrong. */

#include "unit.h"

#include "same-options.h"

#include "input/policy-text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static char complaints[8192];

static void complain(void *ctx, struct rg_place place, const char *why)
{
	size_t len = strlen(complaints);

	ck_assert(ctx == complaints);
	snprintf(complaints + len, sizeof(complaints) - len,
		 "%" PRIu64 ":%" PRIu64 ": %s\n", place.line, place.column,
		 why);
}

static void complain_of_pair(void *ctx, const struct rg_complaint *complaint)
{
	ck_abort_msg("%.*s: %s", (int)complaint->len, complaint->pair,
		     complaint->why);
	(void)ctx;
}

static const struct rg_critic critic = { complain, complaints };

typedef int read_text(FILE *in, struct rg_options *options,
		      const struct rg_critic *critic);

static int read_bytes(read_text *read, const char *text, size_t len,
		      struct rg_options *options)
{
	/* fmemopen() of nothing fails */
	FILE *in = len ? fmemopen((char *)text, len, "r")
		       : fopen("/dev/null", "r");
	int ret;

	complaints[0] = '\0';
	ret = read(in, options, &critic);
	fclose(in);
	return ret;
}

static int read_policy(const char *text, struct rg_options *options)
{
	rg_options_init(options);
	return read_bytes(rg_policy_text_read, text, strlen(text), options);
}

/* ---------------------------------------------------------------- policies */

static const struct {
	const char *name;
	const char *text;
	const char *same_as; /* an options string */
} policies[] = {
	{ "nothing", "", "" },
	{ "comments", "# a\n; b\n\n   # c\n", "" },
	{ "empty sections", "[findings]\n[options]", "" },
	{ "a finding", "[findings]\nclobber = deny\n", "RG101=deny" },
	{ "an errno", "[findings]\nRG101=deny EBUSY", "RG101=deny EBUSY" },
	{ "a colon for an equals sign", "[findings]\nRG101: deny\n",
	  "RG101=deny" },
	{ "blanks everywhere, and carriage returns",
	  "\r\n  [ findings\t]  \r\n\t clobber\t=\tdeny   EBUSY\t\r\n",
	  "RG101=deny EBUSY" },
	{ "a comment behind", "[findings] ; ours\nclobber = deny ; why\n",
	  "RG101=deny" },
	{ "indented keys are keys",
	  "[findings]\nclobber = deny\n  overlap = abort\n    sealed = note\n",
	  "clobber=deny:overlap=abort:sealed=note" },
	{ "a byte order mark", "\xef\xbb\xbf[findings]\nclobber = deny\n",
	  "RG101=deny" },
	{ "a section in two parts",
	  "[findings]\nclobber=deny\n[options]\nverbose=1\n"
	  "[findings]\noverlap=deny\n",
	  "clobber=deny:overlap=deny:verbose=1" },
	{ "options",
	  "[options]\nprofile = strict\nstacks = fp\nmax-trace = 64M\n"
	  "trace = /a b/c:d=e\nsuppress = /s\nplugin = /p.so\n",
	  "profile=strict:stacks=fp:max-trace=64M:trace=/a b/c\\:d=e:"
	  "suppress=/s:plugin=/p.so" },
	{ "injections, in order",
	  "[options]\ninject = errno=ENOMEM,nth=2,site=a:b+0x10\nseed = 3\n"
	  "inject = delay=5ms,path=move ; why\n",
	  "inject=errno=ENOMEM,nth=2,site=a\\:b+0x10:seed=3:"
	  "inject=delay=5ms,path=move" },
	{ "the profile comes first",
	  "[findings]\nclobber = note\n[options]\nprofile = hardened\n",
	  "profile=hardened:clobber=note" },
	{ "rules, in order",
	  "[rule ours]\n"
	  "finding = clobber, RG008 sealed\n"
	  "action = deny EPERM\n"
	  "module = libours.so*\n"
	  "function = std::grow<int, long>\n"
	  "min-size = 4K\n"
	  "max-size = 1G\n"
	  "flags = MAYMOVE|FIXED\n"
	  "[findings]\nclobber = abort\n"
	  "[rule all the others]\naction = ignore\nfinding = clobber\n",
	  "rule=ours,finding=clobber overlap sealed,action=deny EPERM,"
	  "module=libours.so*,function=std\\:\\:grow<int\\, long>,min-size=4096,"
	  "max-size=1G,flags=3:"
	  "rule=all the others,finding=clobber,action=ignore:clobber=abort" },
};

static char written[8192];

static void put(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	strncat(written, text, len);
}

static void check_same(const char *name, const struct rg_options *options,
		       const char *text)
{
	struct rg_options want;

	rg_options_init(&want);
	rg_options_parse(text, &want, complain_of_pair, NULL);
	ck_assert_msg(same_options(options, &want), "%s: not the same as %s",
		      name, text);
	ck_assert_msg(options->given == want.given &&
			      options->given_findings == want.given_findings,
		      "%s: other things are given than in %s", name, text);
}

/* As a policy is compiled, and read by the object. */
START_TEST(reads_policies)
{
	const char *name = policies[_i].name;
	struct rg_out out = { put, NULL, _i % 2 ? '\n' : ':' };
	struct rg_options options;
	int ret = read_policy(policies[_i].text, &options);

	ck_assert_msg(!ret && !complaints[0], "%s: %d, %s", name, ret,
		      complaints);
	check_same(name, &options, policies[_i].same_as);
	written[0] = '\0';
	rg_options_put_rules(&options, &out);
	rg_options_put_settings(&options, &out);
	check_same(name, &options, written);
}
END_TEST

/* ---------------------------------------------------------- what is wrong */

#define F "[findings]\n"
#define O "[options]\n"
#define R "[rule a]\nfinding=clobber\naction=deny\n"
#define NO_ACTION "not ignore, note, deny or abort\n"
#define SECTIONS "there are findings, options and rule NAME\n"

static const struct {
	const char *name;
	const char *text;
	const char *complaints;
} no_policies[] = {
	{ "no section", "clobber = deny\n", "1:1: in no section, " SECTIONS },
	{ "no such section", "\n [finding]\nclobber = deny\n",
	  "2:3: no such section, " SECTIONS },
	{ "a section without a name", "[]\n",
	  "1:2: no such section, " SECTIONS },
	{ "a section of blanks", "[   ]\n", "1:5: no such section, " SECTIONS },
	{ "a section that is not closed", "  [findings\nclobber = deny\n",
	  "1:3: no ] at its end\n" },
	{ "a section and more", "[findings] clobber = deny\n",
	  "1:11: something follows the ]\n" },
	{ "rules of none", "[rules a]\n", "1:2: no such section, " SECTIONS },
	{ "a rule without a name", "[rule]\nfinding=clobber\naction=deny\n",
	  "1:6: the rule has no name\n" },
	{ "a rule with a blank name", "[rule  ]\n",
	  "1:6: the rule has no name\n" },
	{ "a rule with a long name",
	  "[rule aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb]\n",
	  "1:7: the rule's name is longer than 31 bytes\n" },
	{ "two rules of one name", R R, "4:7: there is a rule of this name\n" },
	{ "not a key", F "  deny everything\n", "2:3: not `key = value`\n" },
	{ "a comment for a value", F "clobber ; = deny\n",
	  "2:1: not `key = value`\n" },
	{ "no such finding", F "clobber = deny\n clobbr = deny\n",
	  "3:2: no such finding\n" },
	{ "no finding", F "= deny\n", "2:1: no such finding\n" },
	{ "an option is no finding", F "stacks = fp\n",
	  "2:1: no such finding\n" },
	{ "a finding twice", F "clobber = deny\nRG101 = note\n",
	  "3:1: given twice\n" },
	{ "a finding twice, in two sections",
	  F "clobber = deny\n" O F "clobber = deny\n", "5:1: given twice\n" },
	{ "no action", F "clobber =\n", "2:10: " NO_ACTION },
	{ "no such action", F "clobber =   refuse EPERM\n",
	  "2:13: " NO_ACTION },
	{ "no such errno", F "clobber = deny  EFOO\n",
	  "2:17: no such errno\n" },
	{ "an errno for a note", F "clobber = note EPERM\n",
	  "2:16: only a deny has something behind it, an errno\n" },
	{ "two errnos", F "clobber = deny EPERM EPERM\n",
	  "2:22: nothing follows an errno\n" },
	{ "no such option", O "stack = fp\n", "2:1: no such option\n" },
	{ "a finding is no option", O "clobber = deny\n",
	  "2:1: no such option\n" },
	{ "an injection of nothing", O "inject = errno=EIO,nth=x\n",
	  "2:24: not a number from 1 on\n" },
	{ "a rule is no option", O "rule = a\n", "2:1: no such option\n" },
	{ "an option twice", O "stacks = fp\nstacks = fp\n",
	  "3:1: given twice\n" },
	{ "another policy", O "policy = b\n",
	  "2:1: a policy cannot name another\n" },
	{ "no such profile", O "profile = lax\n",
	  "2:11: not audit, strict, hardened, debug or fast\n" },
	{ "no such word", O "\t\tpredict: maybe\n",
	  "2:12: not auto, always or never\n" },
	{ "a rule with no finding", "[rule a]\naction=deny\n",
	  "1:1: the rule has no finding\n" },
	{ "a rule with no action", "[rule a]\nfinding=clobber\n" F,
	  "1:1: the rule has no action\n" },
	{ "a rule with nothing", "[rule a]\n",
	  "1:1: the rule has no finding\n" },
	{ "a rule for no such finding",
	  "[rule a]\nfinding = clobber, sealed, clobbr\naction=deny\n",
	  "2:28: no such finding\n" },
	{ "a rule for no finding", "[rule a]\nfinding = ,\naction=deny\n",
	  "2:12: a finding is missing\n" },
	{ "a rule with no such key", R "size = 4K\n",
	  "4:1: no such key of a rule\n" },
	{ "a rule with a key twice", R "action=note\n", "4:1: given twice\n" },
	{ "a rule for no size", R "min-size = 4T\n",
	  "4:12: not a size (a number, with K, M or G behind it)\n" },
	{ "a rule for no flags", R "flags = FIXED|\n",
	  "4:9: neither a number nor of MAYMOVE|FIXED|DONTUNMAP\n" },
	{ "a rule for no module", R "module =\n",
	  "4:9: a name or a pattern is missing\n" },
	{ "a rule for no call", R "min-size=2\nmax-size=1\n",
	  "1:1: the rule's min-size is more than its max-size\n" },
	{ "all that is wrong",
	  "x\n" F "clobbr=deny\nclobber=den\n[rule]\n[rule b]\naction=ignor\n"
	  "[what]\nclobber\n" O "stacks=fp\nverbose=10\n",
	  "1:1: not `key = value`\n3:1: no such finding\n4:9: " NO_ACTION
	  "5:6: the rule has no name\n7:8: " NO_ACTION
	  "8:2: no such section, " SECTIONS "9:1: not `key = value`\n"
	  "12:9: not a number from 0 to 9\n" },
};

START_TEST(refuses_policies)
{
	struct rg_options options;
	int ret = read_policy(no_policies[_i].text, &options);

	ck_assert_msg(!strcmp(complaints, no_policies[_i].complaints),
		      "%s: said %s", no_policies[_i].name, complaints);
	ck_assert_int_eq(ret, -EINVAL);
}
END_TEST

/* len bytes: the beginning, then all of them c, then a newline */
static char *long_text(const char *beginning, char c, size_t len)
{
	char *text = malloc(len + 1);

	memset(text, c, len);
	memcpy(text, beginning, strlen(beginning));
	text[len - 1] = '\n';
	text[len] = '\0';
	return text;
}

static const struct {
	const char *name;
	const char *beginning;
	size_t len;
	const char *complaints;
} long_ones[] = {
	{ "the longest path", O "trace=", 10 + 6 + 1023 + 1, "" },
	{ "a longer path", O "trace=", 10 + 6 + 1024 + 1,
	  "2:7: the value is too long\n" },
	{ "the longest pattern", R "module=", strlen(R) + 7 + 95 + 1, "" },
	{ "a longer pattern", R "module=", strlen(R) + 7 + 96 + 1,
	  "4:8: longer than 95 bytes\n" },
	{ "the longest comment", "#", 2000 + 1, "" },
	{ "a longer line", "#", 2001 + 1, "1:2001: the line is too long\n" },
	{ "a line that is longer than any", "#", 20480 + 2,
	  "1:20481: the line is too long\n" },
};

START_TEST(takes_lengths_up_to_a_limit)
{
	char *text = long_text(long_ones[_i].beginning, 'a', long_ones[_i].len);
	struct rg_options options;

	read_policy(text, &options);
	ck_assert_msg(!strcmp(complaints, long_ones[_i].complaints),
		      "%s: said %s", long_ones[_i].name, complaints);
	free(text);
}
END_TEST

START_TEST(refuses_what_is_no_text)
{
	static const char bytes[] = F "clobber = d\0ny\n";
	struct rg_options options;

	rg_options_init(&options);
	ck_assert_int_eq(read_bytes(rg_policy_text_read, bytes,
				    sizeof(bytes) - 1, &options),
			 -EINVAL);
	ck_assert_str_eq(complaints, "2:12: a zero byte: not a text\n");
	ck_assert_int_eq(read_bytes(rg_suppressions_text_read, bytes,
				    sizeof(bytes) - 1, &options),
			 -EINVAL);
	ck_assert_str_eq(complaints, "1:1: not FINDING:MODULE[:FUNCTION]\n"
				     "2:12: a zero byte: not a text\n");
}
END_TEST

START_TEST(reports_a_failing_read)
{
	struct rg_options options;
	FILE *in = fopen("/", "r");

	rg_options_init(&options);
	complaints[0] = '\0';
	ck_assert(rg_policy_text_read(in, &options, &critic) == -EISDIR);
	ck_assert_str_eq(complaints, "0:0: Is a directory\n");
	fclose(in);
}
END_TEST

START_TEST(counts_rules_and_suppressions_together)
{
	struct rg_options options;
	char text[64];
	FILE *in = tmpfile();

	rg_options_init(&options);
	ck_assert(!read_bytes(rg_suppressions_text_read, "clobber:a\n", 10,
			      &options));
	for (int i = 0; i < RG_POLICY_MAX_RULES; i++) {
		snprintf(text, sizeof(text),
			 "[rule %d]\nfinding=clobber\naction=note\n", i);
		fputs(text, in);
	}
	rewind(in);
	ck_assert_int_eq(rg_policy_text_read(in, &options, &critic), -EINVAL);
	/* the last of them, which begins with line 3 * 63 + 1 */
	ck_assert_str_eq(complaints,
			 "190:1: more than 64 rules and suppressions\n");
	ck_assert_str_eq(options.policy.rules[0].module, "a");
	ck_assert_str_eq(options.policy.rules[63].name, "62");
	fclose(in);
}
END_TEST

/* ------------------------------------------------------------ suppressions */

static const struct {
	const char *name;
	const char *text;
	const char *complaints;
	uint32_t nr;
} suppressions[] = {
	{ "nothing", "", "", 0 },
	{ "comments", "# clobber:a\n\n  \t\n  # b\r\n", "", 0 },
	{ "two", "clobber:libc*\n  RG008:a:b::c  \r\n", "", 2 },
	{ "no newline at the end", "clobber:libc*", "", 1 },
	{ "no colon", "  clobber\n", "1:3: not FINDING:MODULE[:FUNCTION]\n",
	  0 },
	{ "no such finding", "\n clobbr:a\n", "2:2: no such finding\n", 0 },
	{ "no module", "clobber:\n", "1:9: a name or a pattern is missing\n",
	  0 },
	{ "no function", " clobber:a:\n",
	  "1:12: a name or a pattern is missing\n", 0 },
	{ "all that is wrong, and the rest", "x\nclobber:a\ny\n",
	  "1:1: not FINDING:MODULE[:FUNCTION]\n"
	  "3:1: not FINDING:MODULE[:FUNCTION]\n",
	  1 },
};

START_TEST(reads_suppressions)
{
	const char *text = suppressions[_i].text;
	const char *name = suppressions[_i].name;
	struct rg_options options;
	int ret;

	rg_options_init(&options);
	ret = read_bytes(rg_suppressions_text_read, text, strlen(text),
			 &options);
	ck_assert_msg(!strcmp(complaints, suppressions[_i].complaints),
		      "%s: said %s", name, complaints);
	ck_assert_msg(ret == (*complaints ? -EINVAL : 0), "%s: %d", name, ret);
	ck_assert_msg(options.policy.nr_rules == suppressions[_i].nr &&
			      options.nr_suppressions == suppressions[_i].nr,
		      "%s: %u", name, options.policy.nr_rules);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, reads_policies, 0, NR_ROWS(policies));
	tcase_add_loop_test(tc, refuses_policies, 0, NR_ROWS(no_policies));
	tcase_add_loop_test(tc, takes_lengths_up_to_a_limit, 0,
			    NR_ROWS(long_ones));
	tcase_add_test(tc, refuses_what_is_no_text);
	tcase_add_test(tc, reports_a_failing_read);
	tcase_add_test(tc, counts_rules_and_suppressions_together);
	tcase_add_loop_test(tc, reads_suppressions, 0, NR_ROWS(suppressions));
}
