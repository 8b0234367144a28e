/* SPDX-License-Identifier: MIT */

/* remapguard explain: a finding, a check, or one recorded call. */

#include "commands.h"
#include "report/render-page.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct arguments {
	const char *what;
	bool json;
};

enum { KEY_JSON = 1000 };

static const struct argp_option options[] = {
	{ "json", KEY_JSON, NULL, 0, "Write JSON", 0 }, { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->what) {
			rg_usage(arg, "one at a time");
			return RG_PARSE_SAID;
		}
		arguments->what = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Some findings and checks have one name: then both are told. */
static void explain_page(enum rg_finding finding, enum rg_check check,
			 bool json)
{
	if (json) {
		rg_render_page_json(finding, check, stdout);
		return;
	}
	if (finding != RG_NR_FINDINGS)
		rg_render_finding_text(finding, stdout);
	if (finding != RG_NR_FINDINGS && check != RG_CHECK_NONE)
		putchar('\n');
	if (check != RG_CHECK_NONE)
		rg_render_check_text(check, stdout);
}

static int explain(const struct arguments *arguments)
{
	enum rg_finding finding = rg_finding_from_name(arguments->what);
	enum rg_check check = rg_check_from_name(arguments->what);

	if (finding == RG_NR_FINDINGS && check == RG_CHECK_NONE)
		return rg_usage(arguments->what,
				"neither a finding, a check nor a trace");
	explain_page(finding, check, arguments->json);
	if (fflush(stdout) || ferror(stdout))
		return rg_fail("standard output", strerror(errno));
	return 0;
}

int rg_cmd_explain(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "FINDING|CHECK",
		.doc = "Say what a finding (RG101, clobber) or a check "
		       "(crosses-vma) is, and how to fix it.",
	};
	struct arguments arguments = { 0 };

	if (rg_command_parse(&argp, argc, argv, &arguments))
		return RG_EXIT_USAGE;
	if (!arguments.what)
		return rg_usage("explain", "what? a finding, a check or a trace");
	return explain(&arguments);
}
