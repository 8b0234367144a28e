/* SPDX-License-Identifier: MIT */

/* remapguard explain: a finding, a check, or one recorded call. */

#include "commands.h"
#include "report/explanation.h"
#include "report/render-page.h"
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arguments {
	const char *what;
	bool json;
	bool has_event;
	uint64_t event; /* 0: the first worth it */
};

enum { KEY_JSON = 1000, KEY_EVENT };

static const struct argp_option options[] = {
	{ "event", KEY_EVENT, "N", 0,
	  "The Nth event of the trace, a call or a stale access, from 1 on, as "
	  "`first_event' in a report. Default: the first that failed or is a "
	  "hazard",
	  0 },
	{ "json", KEY_JSON, NULL, 0, "Write JSON", 0 },
	{ 0 }
};

static error_t take_event(struct arguments *arguments, const char *text)
{
	char *end;

	errno = 0;
	arguments->has_event = true;
	arguments->event = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && arguments->event)
		return 0;
	rg_say("--event=%s: not a number of an event (1, "
	       "2, ...)",
	       text);
	return RG_PARSE_SAID;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_EVENT:
		return take_event(arguments, arg);
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

static int explain_event(const struct arguments *arguments)
{
	struct rg_explanation explanation;
	struct rg_report_error err;

	if (rg_explanation_make(arguments->what, arguments->event, &explanation,
				&err)) {
		rg_say("%s", err.text);
		return RG_EXIT_FAILURE;
	}
	if (arguments->json)
		rg_render_explanation_json(&explanation, stdout);
	else
		rg_render_explanation_text(&explanation, stdout);
	rg_explanation_deinit(&explanation);
	return 0;
}

/* A directory of a finding's name is meant as ./NAME, or with --event. */
static int explain(const struct arguments *arguments)
{
	const char *what = arguments->what;
	enum rg_finding finding = rg_finding_from_name(what);
	enum rg_check check = rg_check_from_name(what);

	if (!arguments->has_event &&
	    (finding != RG_NR_FINDINGS || check != RG_CHECK_NONE)) {
		explain_page(finding, check, arguments->json);
		return 0;
	}
	if (!arguments->has_event && access(what, F_OK))
		return rg_usage(what, "neither a finding, a check nor a trace");
	return explain_event(arguments);
}

/* Findings, then checks; what has both meanings is there twice. */
#define NR_FINDING_WORDS (2 * RG_NR_FINDINGS)

static const char *page_word(int i)
{
	return i < NR_FINDING_WORDS ? rg_words_finding(i)
				    : rg_words_check(i - NR_FINDING_WORDS);
}

static const char *about_page(int i)
{
	return i < NR_FINDING_WORDS
		       ? rg_words_about_finding(i)
		       : rg_words_about_check(i - NR_FINDING_WORDS);
}

static const struct rg_words words[] = {
	{ .word = page_word, .about = about_page }, { 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DIR|FINDING|CHECK",
	.doc = "Explain a call that the trace in the directory DIR has "
	       "recorded: each check that the kernel made, with the "
	       "values it compared, what became of the ranges, who "
	       "called, and how to fix it. Of a use of memory where it "
	       "was before it moved: what was accessed, who did it, "
	       "and who had moved it, when and where to. Or say what "
	       "a finding (RG101, clobber) or a check (crosses-vma) "
	       "is.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int status;

	if (rg_command_parse(&argp, argc, argv, &arguments))
		return RG_EXIT_USAGE;
	if (!arguments.what)
		return rg_usage("explain",
				"what? a finding, a check or a trace");
	status = explain(&arguments);
	if (!status && (fflush(stdout) || ferror(stdout)))
		return rg_fail("standard output", strerror(errno));
	return status;
}

const struct rg_command rg_cmd_explain = {
	.name = "explain",
	.called = "remapguard: explain",
	.args = "[OPTION...] DIR|FINDING|CHECK",
	.summary = "explain a recorded call, a finding or a check",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
