/* SPDX-License-Identifier: MIT */

/* remapguard top: a trace that is being written, as it grows. */

#include "commands.h"
#include "top-lines.h"
#include "top-screen.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MOST_SECONDS 3600.0
#define LINE_COLUMNS 160

struct arguments {
	const char *what; /* a directory, or a process */
	double interval;  /* seconds */
	uint64_t count;	  /* looks; 0: until it ends */
	uint64_t sites;
	enum rg_top_order order;
};

enum { KEY_SITES = 1000, KEY_SORT };

static const struct argp_option options[] = {
	{ "interval", 'i', "SECONDS", 0,
	  "How long between two looks, from 0.1 (default: 1)", 0 },
	{ "count", 'n', "N", 0, "End after N looks", 0 },
	{ "sites", KEY_SITES, "N", 0, "Show so many sites (default: 10)", 0 },
	{ "sort", KEY_SORT, "calls|failed|bytes", 0,
	  "Which sites come first (default: calls)", 0 },
	{ 0 }
};

static error_t wrong(const char *option, const char *value, const char *why)
{
	rg_say("%s=%s: %s", option, value, why);
	return RG_PARSE_SAID;
}

static error_t parse_interval(struct arguments *arguments, const char *text)
{
	char *end;

	arguments->interval = strtod(text, &end);
	if (end == text || *end || !isfinite(arguments->interval) ||
	    arguments->interval < 0.1 || arguments->interval > MOST_SECONDS)
		return wrong("--interval", text,
			     "no number of seconds from 0.1 to 3600");
	return 0;
}

static error_t parse_number(const char *option, const char *text,
			    uint64_t *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !*ret_number)
		return wrong(option, text, "no number from 1 on");
	return 0;
}

static error_t parse_order(struct arguments *arguments, const char *name)
{
	for (int i = 0; i < RG_NR_TOP; i++) {
		if (!strcmp(rg_top_order_name((enum rg_top_order)i), name)) {
			arguments->order = (enum rg_top_order)i;
			return 0;
		}
	}
	return wrong("--sort", name,
		     "no such order, there are calls, failed and bytes");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'i':
		return parse_interval(arguments, arg);
	case 'n':
		return parse_number("--count", arg, &arguments->count);
	case KEY_SITES:
		return parse_number("--sites", arg, &arguments->sites);
	case KEY_SORT:
		return parse_order(arguments, arg);
	case ARGP_KEY_ARG:
		if (arguments->what) {
			rg_usage(arg, "one trace at a time");
			return RG_PARSE_SAID;
		}
		arguments->what = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* -------------------------------------------------------------- looking on */

/* What is looked at, and what was seen of it. */
struct watch {
	const struct arguments *arguments;
	struct rg_live live;
	struct rg_top_before before;
	struct rg_names *names;
	size_t nr_named;	  /* objects that names knows */
	struct rg_screen *screen; /* NULL: lines */
	struct timespec last;
	enum rg_top_order order;
};

/* Names are for the objects that were known when they were made. */
static void refresh_names(struct watch *watch)
{
	if (watch->names && watch->nr_named == watch->live.objects.nr)
		return;
	rg_names_free(watch->names);
	watch->names = rg_names_new(&watch->live.objects);
	watch->nr_named = watch->live.objects.nr;
}

static int print_clock(FILE *out)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[16];

	if (!localtime_r(&now, &tm) ||
	    !strftime(text, sizeof(text), "%H:%M:%S", &tm))
		return -1;
	return fprintf(out, "%s  ", text);
}

static int show(struct watch *watch, double seconds)
{
	struct rg_top_look look = {
		.live = &watch->live,
		.before = &watch->before,
		.seconds = seconds,
		.order = watch->order,
		.sites = watch->arguments->sites,
		.columns = LINE_COLUMNS,
	};
	FILE *out;

	refresh_names(watch);
	look.names = watch->names;
	if (watch->screen) {
		look.columns = rg_screen_columns(watch->screen);
		out = rg_screen_begin(watch->screen);
		rg_top_lines(&look, out);
		return rg_screen_end(watch->screen);
	}
	print_clock(stdout);
	rg_top_lines(&look, stdout);
	putchar('\n');
	if (fflush(stdout))
		return rg_fail("standard output", strerror(errno));
	return 0;
}

/* Return: whether to go on. */
static bool wait_for_more(struct watch *watch)
{
	struct timespec pause = {
		.tv_sec = (time_t)watch->arguments->interval,
		.tv_nsec = (long)(fmod(watch->arguments->interval, 1) * 1e9),
	};

	if (watch->screen)
		return rg_screen_wait(watch->screen, watch->arguments->interval,
				      &watch->order);
	nanosleep(&pause, NULL);
	return true;
}

/* Nobody will add to it, unless it has only begun. */
static bool has_ended(const struct rg_live *live)
{
	return live->processes.nr && !live->running;
}

static int follow(struct watch *watch)
{
	struct rg_report_error err;
	double before = rg_top_now();
	bool more = true;
	int status = 0;

	if (rg_live_look(&watch->live, &err))
		return rg_fail(watch->arguments->what, err.text);
	for (uint64_t i = 0; more && !status; i++) {
		double now;

		if (i == watch->arguments->count && i)
			break;
		rg_top_remember(&watch->live, &watch->before);
		more = !has_ended(&watch->live) && wait_for_more(watch);
		if (rg_live_look(&watch->live, &err))
			return rg_fail(watch->arguments->what, err.text);
		now = rg_top_now();
		status = show(watch, now > before ? now - before : 1e-9);
		before = now;
	}
	return status;
}

static int watch(const struct arguments *arguments, const char *dir,
		 uint32_t pid)
{
	struct watch watch = { .arguments = arguments,
			       .order = arguments->order };
	struct rg_report_error err;
	int status;

	if (rg_live_open(dir, pid, &watch.live, &err)) {
		rg_say("%s", err.text);
		return RG_EXIT_FAILURE;
	}
	if (isatty(STDOUT_FILENO) && isatty(STDIN_FILENO))
		watch.screen = rg_screen_open();
	status = follow(&watch);
	rg_screen_close(watch.screen);
	rg_names_free(watch.names);
	rg_top_forget(&watch.before);
	rg_live_close(&watch.live);
	return status;
}

/* A directory of that name comes first. */
static bool is_process(const char *what, uint32_t *ret_pid)
{
	struct stat st;
	char *end;
	unsigned long pid;

	if (!stat(what, &st))
		return false;
	errno = 0;
	pid = strtoul(what, &end, 10);
	*ret_pid = (uint32_t)pid;
	return *what >= '1' && *what <= '9' && !*end && !errno &&
	       pid <= INT32_MAX;
}

static int top(const struct arguments *arguments)
{
	struct rg_report_error err;
	uint32_t pid = 0;
	char *dir;
	int status;

	if (!is_process(arguments->what, &pid))
		return watch(arguments, arguments->what, 0);
	if (rg_live_find(pid, &dir, &err)) {
		rg_say("%s", err.text);
		return RG_EXIT_FAILURE;
	}
	status = watch(arguments, dir, pid);
	free(dir);
	return status;
}

static const char *order_word(int i)
{
	return rg_top_order_name((enum rg_top_order)i);
}

static const struct rg_words words[] = {
	{ .key = KEY_SORT, .word = order_word }, { 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "PID|DIR",
	.doc = "Show the calls of a process, or of all in the trace "
	       "directory DIR, while they are made: rates, paths, "
	       "why calls failed, and which sites call. No process "
	       "is stopped. On a terminal q ends it, c, f and b sort "
	       "by calls, failures and bytes moved; elsewhere it "
	       "prints lines. It ends with the last process.",
};

static int exec(int argc, char **argv)
{
	struct arguments arguments = { .interval = 1, .sites = 10 };
	int status = rg_command_parse(&argp, argc, argv, &arguments);

	if (!status && !arguments.what)
		status = rg_usage("top", "a process or a trace directory is "
					 "missing");
	if (status)
		return status;
	signal(SIGPIPE, SIG_IGN);
	return top(&arguments);
}

const struct rg_command rg_cmd_top = {
	.name = "top",
	.called = "remapguard: top",
	.args = "[OPTION...] PID|DIR",
	.summary = "show calls while they are made",
	.argp = &argp,
	.words = words,
	.exec = exec,
};
