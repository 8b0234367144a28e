/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_TRIAL_H
#define RG_TOOLS_TRIAL_H

/*
 * A program run again and again, out of sight: its output goes to files, it
 * may take so long, and what it leaves behind is ended with it.
 */

#include "crash.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What holds for all runs; nothing but this process's own state. */
struct rg_trials {
	int input;	       /* to be begun anew for each run */
	off_t input_at;	       /* -1: it is /dev/null */
	bool input_is_dropped; /* ours is none that could be */
	sigset_t awaited;
	sigset_t mask;
	struct sigaction child; /* what the program inherits of these */
	pid_t *others;		/* children that we had already */
	size_t nr_others;
};

struct rg_trial {
	char *const *argv;
	const char *output; /* files to be made */
	const char *errors;
	uint64_t limit_ns;	/* 0: as long as it takes */
	struct rg_crash *crash; /* to be looked for; NULL: not */
};

struct rg_trial_end {
	pid_t pid;
	uint64_t ns;
	int exit_status; /* as a shell reports it */
	int signal;	 /* that ended it, or 0 */
	bool hung;	 /* it took longer than it might */
	int interrupt;	 /* a signal that wants us to end, or 0 */
};

/*
 * From here to the end signals are not acted upon but by a trial, and what
 * this process's descendants leave behind becomes ours. Return: 0, or -errno.
 */
int rg_trials_begin(struct rg_trials *trials);
void rg_trials_end(struct rg_trials *trials);

/* Return: 0, or -errno where it could not be started. */
int rg_trial_run(const struct rg_trials *trials, const struct rg_trial *trial,
		 struct rg_trial_end *ret_end);

#endif
