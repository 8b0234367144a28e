/* SPDX-License-Identifier: MIT */

/* remapguard diff: what got worse between two audits. */

#include "commands.h"
#include "report/diff.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* What may change without being a regression, per cent. */
#define DEFAULT_TOLERANCE 10

/* A gate is closed by either; what is not done says why on standard error. */
#define EXIT_REGRESSION 1

/* All that --fail-on takes. */
#define REGRESSION "regression"

struct arguments {
	bool json;
	bool fail;
	unsigned tolerance;
	const char *dirs[2];
	size_t nr_dirs;
};

enum { KEY_JSON = 1000, KEY_FAIL_ON, KEY_TOLERANCE };

static const struct argp_option options[] = {
	{ "json", KEY_JSON, NULL, 0, "Write JSON", 0 },
	{ "fail-on", KEY_FAIL_ON, REGRESSION, 0,
	  "Exit with 1 where B is worse than A", 0 },
	{ "tolerance", KEY_TOLERANCE, "PERCENT", 0,
	  "What B may have more of without being worse. Default: 10", 0 },
	{ 0 }
};

static error_t take_condition(struct arguments *arguments, const char *text)
{
	arguments->fail = !strcmp(text, REGRESSION);
	if (arguments->fail)
		return 0;
	rg_say("--fail-on=%s: there is " REGRESSION ", and nothing else",
	       text);
	return RG_PARSE_SAID;
}

static error_t take_tolerance(struct arguments *arguments, const char *text)
{
	char *end;
	unsigned long percent;

	errno = 0;
	percent = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || percent > 1000000) {
		rg_say("--tolerance=%s: not a number of per "
		       "cent",
		       text);
		return RG_PARSE_SAID;
	}
	arguments->tolerance = (unsigned)percent;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case KEY_FAIL_ON:
		return take_condition(arguments, arg);
	case KEY_TOLERANCE:
		return take_tolerance(arguments, arg);
	case ARGP_KEY_ARG:
		if (arguments->nr_dirs == 2) {
			rg_usage(arg, "there are two already");
			return RG_PARSE_SAID;
		}
		arguments->dirs[arguments->nr_dirs++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int write_diff(const struct arguments *arguments,
		      struct rg_tally *const tallies[2])
{
	const struct rg_diff_names names = { arguments->dirs[0],
					     arguments->dirs[1] };
	struct rg_diff diff;
	bool regression;

	rg_diff_make(tallies[0], tallies[1], arguments->tolerance, &diff);
	if (arguments->json)
		rg_render_diff_json(&diff, &names, stdout);
	else
		rg_render_diff_text(&diff, &names, stdout);
	regression = diff.regression;
	rg_diff_deinit(&diff);
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return regression && arguments->fail ? EXIT_REGRESSION : 0;
}

static int diff_traces(const struct arguments *arguments)
{
	struct rg_tally *tallies[2] = { rg_tally_new(), rg_tally_new() };
	struct rg_report_error err;
	int status = 0;

	for (int i = 0; i < 2 && !status; i++) {
		if (!rg_tally_add(tallies[i], arguments->dirs[i], &err))
			continue;
		rg_say("%s", err.text);
		status = RG_EXIT_FAILURE;
	}
	if (!status)
		status = write_diff(arguments, tallies);
	rg_tally_free(tallies[0]);
	rg_tally_free(tallies[1]);
	return status;
}

static const char *condition_word(int i)
{
	return i ? NULL : REGRESSION;
}

static const struct rg_words words[] = {
	{ .key = KEY_FAIL_ON, .word = condition_word }, { 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DIR_A DIR_B",
	.doc = "Say what got worse between two audits, those in the "
	       "directories DIR_A (before) and DIR_B (after): "
	       "findings, failures, calls by caller, bytes moved, "
	       "time.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = { .tolerance = DEFAULT_TOLERANCE };

	if (rg_command_parse(&argp, argc, argv, &arguments))
		return RG_EXIT_USAGE;
	if (arguments.nr_dirs < 2)
		return rg_usage("diff", "two trace directories are needed");
	/* a reader that goes away is a failed write, and said */
	signal(SIGPIPE, SIG_IGN);
	return diff_traces(&arguments);
}

const struct rg_command rg_cmd_diff = {
	.name = "diff",
	.called = "remapguard: diff",
	.args = "[OPTION...] DIR_A DIR_B",
	.summary = "say what got worse between two audits",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
