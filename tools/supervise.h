/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_SUPERVISE_H
#define RG_TOOLS_SUPERVISE_H

/*
 * `run --coverage=all': the program under a seccomp filter, and a supervisor
 * that is told of its calls.
 */

#include "child.h"
#include "run-options.h"

struct rg_supervise {
	const struct rg_run *run;
	const char *dir; /* of the trace */
	struct rg_kernel kernel;
	int ends[2]; /* of a socket: ours, the child's */
	pid_t supervisor;
	int control;	 /* to it; -1: there is none */
	bool is_refused; /* the program was not started */
};

/* What the object and the supervisor know each other by. 0: none to be had. */
uint64_t rg_supervise_draw_cookie(void);

/*
 * A gate for rg_child_run(). Where the kernel does not grant a filter the
 * program runs without, which is said; with --enforce=all it does not run.
 * Return: 0, or an exit status after a message.
 */
int rg_supervise_open(struct rg_supervise *supervise,
		      struct rg_child_gate *ret_gate);

/*
 * The program has ended: wait until what it called is in the trace, and let
 * the supervisor go on alone with what may be left of its children.
 */
void rg_supervise_close(struct rg_supervise *supervise);

#endif
