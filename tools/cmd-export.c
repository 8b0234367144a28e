/* SPDX-License-Identifier: MIT */

/* remapguard export: rows of one or more traces, for a database. */

#include "commands.h"
#include "streamed.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define JSONL "jsonl"

static const struct {
	const char *name;
	enum rg_rows rows;
} kinds[] = {
	{ "events", RG_ROWS_EVENTS },
	{ "sites", RG_ROWS_SITES },
	{ "processes", RG_ROWS_PROCESSES },
};

struct arguments {
	unsigned rows;	    /* enum rg_rows; 0: not said */
	const char *output; /* NULL: standard output */
	bool force;
	const char **dirs;
	size_t nr_dirs;
};

enum { KEY_FORMAT = 1000, KEY_ROWS, KEY_FORCE };

static const struct argp_option options[] = {
	{ "format", KEY_FORMAT, JSONL, 0, "A JSON object a line, the default",
	  0 },
	{ "rows", KEY_ROWS, "KIND,...", 0,
	  "What there is a row for: `events', each call and each stale access; "
	  "`sites', each call site, counted; `processes', each one. Default: events",
	  0 },
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ "force", KEY_FORCE, NULL, 0, "Overwrite an existing FILE", 0 },
	{ 0 }
};

static error_t check_format(const char *name)
{
	if (!strcmp(name, JSONL))
		return 0;
	rg_say("--format=%s: no such format, there is " JSONL, name);
	return RG_PARSE_SAID;
}

/* 0: not the name of any. */
static unsigned rows_from_name(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) == len &&
		    !strncmp(kinds[i].name, name, len))
			return kinds[i].rows;
	}
	return 0;
}

static error_t take_rows(struct arguments *arguments, const char *list)
{
	const char *at = list;

	for (;;) {
		size_t len = strcspn(at, ",");
		unsigned rows = rows_from_name(at, len);

		if (!rows)
			break;
		arguments->rows |= rows;
		if (!at[len])
			return 0;
		at += len + 1;
	}
	rg_say("--rows=%s: not a list of events, sites and "
	       "processes",
	       list);
	return RG_PARSE_SAID;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_FORMAT:
		return check_format(arg);
	case KEY_ROWS:
		return take_rows(arguments, arg);
	case 'o':
		arguments->output = arg;
		return 0;
	case KEY_FORCE:
		arguments->force = true;
		return 0;
	case ARGP_KEY_ARG:
		arguments->dirs[arguments->nr_dirs++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int write_rows(void *ctx, const struct rg_feed *feed, FILE *out,
		      struct rg_report_error *err)
{
	const struct arguments *arguments = ctx;

	return rg_render_jsonl(
		feed, arguments->rows ? arguments->rows : RG_ROWS_EVENTS, out,
		err);
}

static int export_rows(struct arguments *arguments)
{
	const struct rg_streamed streamed = {
		.file = arguments->output,
		.force = arguments->force,
		.write = write_rows,
		.ctx = arguments,
	};

	if (!arguments->nr_dirs)
		return rg_usage("export", "a trace directory is missing");
	/* a reader that goes away is a failed write, and said */
	signal(SIGPIPE, SIG_IGN);
	return rg_write_streamed(&streamed, arguments->dirs,
				 arguments->nr_dirs);
}

static const char *format_word(int i)
{
	return i ? NULL : JSONL;
}

static const char *kind_word(int i)
{
	return (size_t)i < sizeof(kinds) / sizeof(kinds[0]) ? kinds[i].name
							    : NULL;
}

static const struct rg_words words[] = {
	{ .key = KEY_FORMAT, .word = format_word },
	{ .key = KEY_ROWS, .between = ',', .word = kind_word },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DIR...",
	.doc = "Write what the traces in the directories DIR have "
	       "recorded as rows, for a database to hold and query.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = {
		.dirs = calloc((size_t)argc, sizeof(*arguments.dirs)),
	};
	int status;

	if (!arguments.dirs)
		return rg_fail("memory", strerror(errno));
	status = rg_command_parse(&argp, argc, argv, &arguments);
	if (!status)
		status = export_rows(&arguments);
	free(arguments.dirs);
	return status;
}

const struct rg_command rg_cmd_export = {
	.name = "export",
	.called = "remapguard: export",
	.args = "[OPTION...] DIR...",
	.summary = "write rows for a database",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
