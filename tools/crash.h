/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_CRASH_H
#define RG_TOOLS_CRASH_H

/*
 * Where a program was when it crashed: it and all that it starts are traced
 * (ptrace), and whoever gets a deadly signal is looked at before it does.
 */

#include "report/names.h"

#include <stdbool.h>
#include <sys/types.h>

#define RG_CRASH_FRAMES 16

struct rg_crash {
	int signal;    /* 0: there was none */
	bool is_fault; /* the processor's own doing */
	size_t nr;
	struct rg_name frames[RG_CRASH_FRAMES]; /* inner first; to be freed */
};

/*
 * Trace a child that has done nothing yet. Return: 0, or -errno where that is
 * not allowed.
 */
int rg_crash_watch(pid_t pid);

/*
 * One of those that are traced has stopped, as waitpid() says: look at it if
 * it is worth it, and let it go on. Of several crashes the last fault counts.
 */
void rg_crash_look(pid_t tid, int status, struct rg_crash *crash);

void rg_crash_deinit(struct rg_crash *crash);

#endif
