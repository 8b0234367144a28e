/* SPDX-License-Identifier: MIT */

#include "commands.h"
#include "report/error.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first word is a name as a rule, which may be "", or have newlines. */
void rg_say(const char *format, ...)
{
	char line[2 * PATH_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	rg_plain_text(line);
	fprintf(stderr, "remapguard: %s%s\n",
		strncmp(line, ": ", 2) ? "" : "''", line);
}

int rg_fail(const char *what, const char *why)
{
	rg_say("%s: %s", what, why);
	return RG_EXIT_FAILURE;
}

int rg_usage(const char *what, const char *why)
{
	rg_fail(what, why);
	return RG_EXIT_USAGE;
}

#define KEY_HELP 0x7000

static const struct argp_option help_options[] = {
	{ "help", KEY_HELP, NULL, 0, "Show this and exit", -1 }, { 0 }
};

/* "remapguard: report", as messages begin; "remapguard report" in help. */
static void print_help(const struct argp *argp, const char *name)
{
	char called[64];
	char *colon;

	snprintf(called, sizeof(called), "%s", name);
	colon = strchr(called, ':');
	if (colon)
		memmove(colon, colon + 1, strlen(colon));
	setenv("ARGP_HELP_FMT", "no-dup-args-note", 0);
	argp_help(argp, stdout,
		  ARGP_HELP_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, called);
}

/*
 * Of the two lines argp has for a wrong option the first comes from getopt,
 * "remapguard: report: unrecognized option '--x'"; the second is not for us.
 */
static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->err_stream = NULL;
		return 0;
	case KEY_HELP:
		print_help(state->root_argp, state->argv[0]);
		if (fflush(stdout))
			exit(rg_fail("standard output", strerror(errno)));
		exit(0);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp rg_common_argp = {
	.options = help_options,
	.parser = parse_common,
};

int rg_command_parse(const struct argp *argp, int argc, char **argv,
		     void *input)
{
	const struct argp_child children[] = { { .argp = &rg_common_argp },
					       { 0 } };
	struct argp with_help = *argp;

	with_help.children = children;
	if (argp_parse(&with_help, argc, argv,
		       ARGP_IN_ORDER | ARGP_NO_HELP | ARGP_NO_EXIT, NULL,
		       input))
		return RG_EXIT_USAGE;
	return 0;
}
