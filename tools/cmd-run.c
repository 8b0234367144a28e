/* SPDX-License-Identifier: MIT */

/* remapguard run: a program under the preloaded object, and its trace. */

#include "child.h"
#include "commands.h"
#include "environment.h"
#include "exhaust.h"
#include "probe.h"
#include "report/summary.h"
#include "run-options.h"
#include "supervise.h"
#include "target.h"
#include "trace-create.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------ the run */

static char *default_dir(const struct rg_run *run)
{
	const char *program = run->program[0];
	const char *slash = strrchr(program, '/');
	char *dir;

	if (asprintf(&dir, "remapguard-%s-%ld.%s", slash ? slash + 1 : program,
		     (long)getpid(), run->exhaust ? "exhaust" : "trace") < 0)
		return NULL;
	return dir;
}

/* The directory has gone, with the events; the counts are still mapped. */
static void summarize_counts(const struct rg_new_trace *trace)
{
	const struct rg_slot *slot;
	uint64_t calls = 0;

	for (size_t i = 0; (slot = rg_new_trace_slot(trace, i)); i++)
		calls += rg_slot_calls(slot);
	rg_say("%s: gone, and the trace with it: %llu calls "
	       "were seen, and their events are lost",
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

/* Each returns an exit status of our own, after a message, or 0. */

static int run_supervised(const struct rg_run *run, const char *dir,
			  struct rg_kernel kernel, struct rg_child *ret_child)
{
	struct rg_supervise supervise = {
		.run = run,
		.dir = dir,
		.kernel = kernel,
	};
	struct rg_child_gate gate;
	int ret;

	ret = rg_supervise_open(&supervise, &gate);
	if (ret)
		return ret;
	ret = rg_child_run(run->program, environ, &gate, ret_child);
	rg_supervise_close(&supervise);
	if (ret)
		return rg_fail(run->program[0], strerror(-ret));
	return supervise.is_refused ? RG_EXIT_FAILURE : 0;
}

static int run_alone(const struct rg_run *run, struct rg_child *ret_child)
{
	int ret = rg_child_run(run->program, environ, NULL, ret_child);

	return ret ? rg_fail(run->program[0], strerror(-ret)) : 0;
}

static int tell(const struct rg_run *run, const struct rg_new_trace *trace,
		const struct rg_child *child)
{
	int status;

	if (child->signal)
		rg_new_trace_note_signal(trace, child->pid, child->signal);
	if (!run->quiet)
		summarize(trace);
	status = rg_fail_on_judge(&run->fail_on, trace->path, run->quiet);
	return status ? status : child->exit_status;
}

/* dir is absolute. */
static int run_traced(const struct rg_run *run, const char *name,
		      const char *dir, struct rg_kernel kernel)
{
	struct rg_new_trace trace;
	struct rg_child child;
	int status;

	if (rg_new_trace_create(name, run->force, kernel.generation, &trace))
		return RG_EXIT_FAILURE;
	if (rg_run_covers_all(run))
		status = run_supervised(run, dir, kernel, &child);
	else
		status = run_alone(run, &child);
	if (!status)
		status = tell(run, &trace, &child);
	rg_new_trace_close(&trace);
	return status;
}

static int look_at_program(const struct rg_run *run)
{
	struct rg_target target;
	int ret = rg_target_find(run->program[0], &target);

	if (ret) {
		rg_fail(run->program[0], strerror(-ret));
		return ret == -ENOENT ? 127 : 126;
	}
	if (target.unseen && !rg_run_covers_all(run))
		rg_say("%s: its calls cannot be seen: %s", run->program[0],
		       target.unseen);
	return 0;
}

static int run_program(struct rg_run *run)
{
	struct rg_kernel kernel = rg_probe_kernel();
	int status = look_at_program(run);
	char *path = NULL;
	char *dir;

	if (status)
		return status;
	if (rg_run_covers_all(run))
		run->cookie = rg_supervise_draw_cookie();
	dir = run->dir ? strdup(run->dir) : default_dir(run);
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
	else if (run->exhaust)
		status = rg_exhaust(&(struct rg_exhaust){ run, dir, path,
							  kernel.generation });
	else if (!rg_environment_set(run, path, kernel.generation))
		status = run_traced(run, dir, path, kernel);
	free(path);
	free(dir);
	return status;
}

static int exec(int argc, char **argv)
{
	static struct rg_run run;
	int status = rg_run_parse(argc, argv, &run);

	if (!status)
		status = run_program(&run);
	rg_run_free(&run);
	return status;
}

const struct rg_command rg_cmd_run = {
	.name = "run",
	.called = "remapguard: run",
	.args = "[OPTION...] -- PROGRAM [ARG...]",
	.summary = "run a program and record its mremap calls",
	.argp = &rg_run_argp,
	.words = rg_run_words,
	.exec = exec,
};
