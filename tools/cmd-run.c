/* SPDX-License-Identifier: MIT */

/* remapguard run: a program under the preloaded object, and its trace. */

#include "child.h"
#include "commands.h"
#include "policy/options.h"
#include "probe.h"
#include "report/summary.h"
#include "target.h"
#include "trace-create.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OBJECT "libremapguard.so"

struct run {
	const char *dir; /* NULL: named after the program */
	const char *stacks;
	const char *options;
	bool force;
	bool quiet;
	char **program; /* and its arguments */
};

enum { KEY_STACKS = 1000, KEY_OPTIONS, KEY_FORCE, KEY_QUIET };

static const struct argp_option arguments[] = {
	{ "output", 'o', "DIR", 0, "Write the trace to DIR", 0 },
	{ "stacks", KEY_STACKS, "libunwind|fp|none", 0,
	  "How to capture who called (default: libunwind)", 0 },
	{ "options", KEY_OPTIONS, "STRING", 0,
	  "More options for the object, key=value:key=value", 0 },
	{ "force", KEY_FORCE, NULL, 0, "Replace an existing trace", 0 },
	{ "quiet", KEY_QUIET, NULL, 0, "No summary at the end", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run *run = state->input;

	switch (key) {
	case 'o':
		run->dir = arg;
		return 0;
	case KEY_STACKS:
		run->stacks = arg;
		return 0;
	case KEY_OPTIONS:
		run->options = arg;
		return 0;
	case KEY_FORCE:
		run->force = true;
		return 0;
	case KEY_QUIET:
		run->quiet = true;
		return 0;
	case ARGP_KEY_ARGS:
		run->program = state->argv + state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----------------------------------------------------- what was asked for */

static bool complained;

static void complain(void *ctx, const struct rg_complaint *complaint)
{
	char text[128];

	(void)ctx;
	snprintf(text, sizeof(text), "option `%.*s'", (int)complaint->part_len,
		 complaint->part);
	rg_usage(text, complaint->why);
	complained = true;
}

/* The object would ignore a wrong one; on a command line it is an error. */
static bool options_are_good(const struct run *run)
{
	static struct rg_options options;
	char stacks[128];

	rg_options_init(&options);
	if (run->stacks) {
		snprintf(stacks, sizeof(stacks), "stacks=%s", run->stacks);
		rg_options_parse(stacks, &options, complain, NULL);
	}
	if (run->options)
		rg_options_parse(run->options, &options, complain, NULL);
	return !complained;
}

/* ------------------------------------------------------ the environment */

/* A value inside the options string. */
static void put_escaped(FILE *out, const char *value)
{
	for (; *value; value++) {
		if (*value == ':' || *value == '\\')
			fputc('\\', out);
		fputc(*value, out);
	}
}

/* What the caller had set comes first, so that the command line wins. */
static void put_existing(FILE *out, const char *variable, char separator)
{
	const char *value = getenv(variable);

	if (value && *value) {
		fputs(value, out);
		fputc(separator, out);
	}
}

static void put_options(FILE *out, const struct run *run, const char *dir,
			enum rg_generation generation)
{
	put_existing(out, "REMAPGUARD_OPTIONS", ':');
	fputs("trace=", out);
	put_escaped(out, dir);
	if (generation != RG_GEN_UNKNOWN)
		fprintf(out, ":generation=%s", rg_generation_name(generation));
	if (run->stacks)
		fprintf(out, ":stacks=%s", run->stacks);
	if (run->options)
		fprintf(out, ":%s", run->options);
}

static int set_from(const char *variable, char *value)
{
	int ret = value ? setenv(variable, value, 1) : -1;

	free(value);
	return ret;
}

static int set_options(const struct run *run, const char *dir,
		       enum rg_generation generation)
{
	char *value = NULL;
	size_t len;
	FILE *out = open_memstream(&value, &len);

	if (!out)
		return -1;
	put_options(out, run, dir, generation);
	if (fclose(out))
		return -1;
	return set_from("REMAPGUARD_OPTIONS", value);
}

static int append_to(const char *variable, char separator, const char *what)
{
	char *value = NULL;
	size_t len;
	FILE *out = open_memstream(&value, &len);

	if (!out)
		return -1;
	put_existing(out, variable, separator);
	fputs(what, out);
	if (fclose(out))
		return -1;
	return set_from(variable, value);
}

/* ----------------------------------------------------------- the object */

/* Beside the CLI as built, or where it was installed. */
static bool find_object(char path[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	if (len > 0) {
		path[len] = '\0';
		slash = strrchr(path, '/');
		if (slash - path + sizeof("/" OBJECT) <= PATH_MAX) {
			strcpy(slash, "/" OBJECT);
			if (!access(path, R_OK))
				return true;
		}
	}
	snprintf(path, PATH_MAX, "%s/%s", RG_LIBDIR, OBJECT);
	return !access(path, R_OK);
}

static int set_environment(const struct run *run, const char *dir,
			   enum rg_generation generation)
{
	char object[PATH_MAX];

	if (!find_object(object))
		return rg_fail(OBJECT,
			       "neither beside this program nor in " RG_LIBDIR);
	/* the loader splits the list at both, and knows no quoting */
	if (strpbrk(object, ": "))
		return rg_fail(object, "a path with a colon or a space "
				       "cannot be preloaded");
	if (append_to("LD_PRELOAD", ':', object) ||
	    /* an ASan-built program insists on being first otherwise */
	    append_to("ASAN_OPTIONS", ':', "verify_asan_link_order=0") ||
	    set_options(run, dir, generation))
		return rg_fail("environment", strerror(ENOMEM));
	return 0;
}

/* ------------------------------------------------------------ the run */

static char *default_dir(const char *program)
{
	const char *slash = strrchr(program, '/');
	char *dir;

	if (asprintf(&dir, "remapguard-%s-%ld.trace",
		     slash ? slash + 1 : program, (long)getpid()) < 0)
		return NULL;
	return dir;
}

/* The object inside cannot see what ends its process; its parent can. */
static void note_signal(const struct rg_new_trace *trace,
			const struct rg_child *child)
{
	struct rg_slot *slot;

	for (size_t i = 0; (slot = rg_new_trace_slot(trace, i)); i++) {
		if (slot->pid == (uint32_t)child->pid && !slot->ended) {
			slot->ended = RG_ENDED_SIGNAL;
			slot->signal = (uint8_t)child->signal;
		}
	}
}

/* The directory has gone, with the events; the counts are still mapped. */
static void summarize_counts(const struct rg_new_trace *trace)
{
	const struct rg_slot *slot;
	uint64_t calls = 0;

	for (size_t i = 0; (slot = rg_new_trace_slot(trace, i)); i++)
		calls += rg_slot_calls(slot);
	fprintf(stderr,
		"remapguard: %s: gone, and the trace with it: %llu calls "
		"were seen, and their events are lost\n",
		trace->path, (unsigned long long)calls);
}

static void summarize(const struct rg_new_trace *trace)
{
	struct stat stat_buf;

	if (stat(trace->path, &stat_buf))
		summarize_counts(trace);
	else
		rg_report_summary(trace->path, stderr);
}

static int run_traced(const struct run *run, const char *dir,
		      enum rg_generation generation)
{
	struct rg_new_trace trace;
	struct rg_child child;
	int ret;

	if (rg_new_trace_create(dir, run->force, generation, &trace))
		return RG_EXIT_FAILURE;
	ret = rg_child_run(run->program, environ, &child);
	if (ret) {
		rg_new_trace_close(&trace);
		return rg_fail(run->program[0], strerror(-ret));
	}
	if (child.signal)
		note_signal(&trace, &child);
	if (!run->quiet)
		summarize(&trace);
	rg_new_trace_close(&trace);
	return child.exit_status;
}

static int look_at_program(const struct run *run)
{
	struct rg_target target;
	int ret = rg_target_find(run->program[0], &target);

	if (ret) {
		rg_fail(run->program[0], strerror(-ret));
		return ret == -ENOENT ? 127 : 126;
	}
	if (target.unseen)
		fprintf(stderr,
			"remapguard: %s: its calls cannot be seen: %s\n",
			run->program[0], target.unseen);
	return 0;
}

static int run_program(const struct run *run)
{
	enum rg_generation generation = rg_probe_kernel().generation;
	int status = look_at_program(run);
	char *path = NULL;
	char *dir;

	if (status)
		return status;
	dir = run->dir ? strdup(run->dir) : default_dir(run->program[0]);
	/* children may change their directory before they open it */
	if (dir && *dir != '/') {
		char *here = getcwd(NULL, 0);

		if (here && asprintf(&path, "%s/%s", here, dir) < 0)
			path = NULL;
		free(here);
	} else if (dir) {
		path = strdup(dir);
	}
	status = RG_EXIT_FAILURE;
	if (!path)
		rg_fail("current directory", strerror(errno));
	else if (!set_environment(run, path, generation))
		status = run_traced(run, dir, generation);
	free(path);
	free(dir);
	return status;
}

int rg_cmd_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = arguments,
		.parser = parse,
		.args_doc = "-- PROGRAM [ARG...]",
		.doc = "Run PROGRAM and record its mremap calls.",
	};
	struct run run = { 0 };

	if (rg_command_parse(&argp, argc, argv, &run))
		return RG_EXIT_USAGE;
	if (!run.program || !run.program[0])
		return rg_usage("run", "a program to run is missing");
	if (!options_are_good(&run))
		return RG_EXIT_USAGE;
	return run_program(&run);
}
