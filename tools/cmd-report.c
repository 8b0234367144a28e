/* SPDX-License-Identifier: MIT */

/* remapguard report: what is in one or more traces. */

#include "commands.h"
#include "output.h"
#include "report/render-folded.h"
#include "report/render.h"
#include "streamed.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_text(const struct rg_tally *tally, FILE *out);
static void write_sarif(const struct rg_tally *tally, FILE *out);

#define FORMATS "text|json|folded|perfetto|csv|sarif|html"
#define WEIGHTS "calls|failed|moves|bytes|time"

/*
 * One of the four: of all that is counted, and also of calls that are kept on
 * the way; or of each event as it is read.
 */
static const struct format {
	const char *name;
	void (*write)(const struct rg_tally *tally, FILE *out);
	void (*weigh)(const struct rg_tally *tally, enum rg_weight weight,
		      FILE *out);
	void (*gather)(const struct rg_tally *tally, struct rg_gather *gather,
		       FILE *out);
	int (*stream)(const struct rg_feed *feed, FILE *out,
		      struct rg_report_error *err);
} formats[] = {
	{ "text", .write = write_text },
	{ "json", .write = rg_render_json },
	{ "folded", .weigh = rg_render_folded },
	{ "perfetto", .stream = rg_render_perfetto },
	{ "csv", .stream = rg_render_csv },
	{ "sarif", .write = write_sarif },
	{ "html", .gather = rg_render_html },
};

struct arguments {
	const struct format *format;
	enum rg_weight weight;
	bool weighs;
	const char *output; /* NULL: standard output */
	bool force;
	const char **dirs;
	size_t nr_dirs;
};

enum { KEY_FORMAT = 1000, KEY_BY, KEY_FORCE };

static const struct argp_option options[] = {
	{ "format", KEY_FORMAT, FORMATS, 0, "What to write. Default: text", 0 },
	{ "by", KEY_BY, WEIGHTS, 0,
	  "What a stack's number is, with --format=folded. Default: calls", 0 },
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ "force", KEY_FORCE, NULL, 0, "Overwrite an existing FILE", 0 },
	{ 0 }
};

static error_t choose_format(struct arguments *arguments, const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!strcmp(formats[i].name, name)) {
			arguments->format = &formats[i];
			return 0;
		}
	}
	rg_say("--format=%s: no such format, there are " FORMATS, name);
	return RG_PARSE_SAID;
}

static error_t choose_weight(struct arguments *arguments, const char *name)
{
	arguments->weighs = true;
	if (rg_weight_from_name(name, &arguments->weight))
		return 0;
	rg_say("--by=%s: not one of " WEIGHTS, name);
	return RG_PARSE_SAID;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_FORMAT:
		return choose_format(arguments, arg);
	case KEY_BY:
		return choose_weight(arguments, arg);
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

static bool wants_colour(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && !(no_colour && *no_colour) && term &&
	       strcmp(term, "dumb") != 0;
}

static void write_text(const struct rg_tally *tally, FILE *out)
{
	struct rg_look look = { .colour = wants_colour(out) };

	setlocale(LC_CTYPE, "");
	look.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	rg_render_text(tally, &look, out);
}

/* A directory that is gone has nothing below it. */
static void write_sarif(const struct rg_tally *tally, FILE *out)
{
	char *base = getcwd(NULL, 0);

	rg_render_sarif(tally, base && *base == '/' ? base : "", out);
	free(base);
}

static int write_report(const struct arguments *arguments,
			const struct rg_tally *tally, struct rg_gather *gather)
{
	struct rg_output output;
	int status =
		rg_output_open(arguments->output, arguments->force, &output);

	if (status)
		return status;
	if (arguments->format->gather)
		arguments->format->gather(tally, gather, output.out);
	else if (arguments->format->weigh)
		arguments->format->weigh(tally, arguments->weight, output.out);
	else
		arguments->format->write(tally, output.out);
	return rg_output_close(&output);
}

static int write_stream(void *ctx, const struct rg_feed *feed, FILE *out,
			struct rg_report_error *err)
{
	const struct format *format = ctx;

	return format->stream(feed, out, err);
}

static int report_streamed(const struct arguments *arguments)
{
	const struct rg_streamed streamed = {
		.file = arguments->output,
		.force = arguments->force,
		.write = write_stream,
		.ctx = (void *)arguments->format,
	};

	return rg_write_streamed(&streamed, arguments->dirs,
				 arguments->nr_dirs);
}

static int report_counted(const struct arguments *arguments)
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_gather *gather = NULL;
	struct rg_report_error err;
	int status = 0;

	if (arguments->format->gather) {
		gather = rg_gather_new();
		tally->watch = &gather->watch;
	}
	for (size_t i = 0; i < arguments->nr_dirs && !status; i++) {
		if (rg_tally_add(tally, arguments->dirs[i], &err)) {
			rg_say("%s", err.text);
			status = RG_EXIT_FAILURE;
		}
	}
	if (!status)
		status = write_report(arguments, tally, gather);
	rg_gather_free(gather);
	rg_tally_free(tally);
	return status;
}

static int report(const struct arguments *arguments)
{
	if (!arguments->nr_dirs)
		return rg_usage("report", "a trace directory is missing");
	if (arguments->weighs && !arguments->format->weigh)
		return rg_usage("--by", "goes with --format=folded");
	if (arguments->format->gather && !rg_has_html())
		return rg_usage("--format=html",
				"not in this build, it needs the packages "
				"node-d3-*");
	/* a reader that goes away is a failed write, and said */
	signal(SIGPIPE, SIG_IGN);
	return arguments->format->stream ? report_streamed(arguments)
					 : report_counted(arguments);
}

static const char *format_word(int i)
{
	return (size_t)i < sizeof(formats) / sizeof(formats[0])
		       ? formats[i].name
		       : NULL;
}

static const struct rg_words words[] = {
	{ .key = KEY_FORMAT, .word = format_word },
	{ .key = KEY_BY, .word = rg_weight_name },
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "DIR...",
	.doc = "Show what the traces in the directories DIR have "
	       "recorded, added together.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = {
		.format = &formats[0],
		.dirs = calloc((size_t)argc, sizeof(*arguments.dirs)),
	};
	int status;

	if (!arguments.dirs)
		return rg_fail("memory", strerror(errno));
	status = rg_command_parse(&argp, argc, argv, &arguments);
	if (!status)
		status = report(&arguments);
	free(arguments.dirs);
	return status;
}

const struct rg_command rg_cmd_report = {
	.name = "report",
	.called = "remapguard: report",
	.args = "[OPTION...] DIR...",
	.summary = "show what a trace has recorded",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
