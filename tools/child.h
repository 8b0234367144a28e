/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_CHILD_H
#define RG_TOOLS_CHILD_H

/* A program run as a shell would: its signals passed on, its end awaited. */

#include <sys/types.h>

struct rg_child {
	pid_t pid;
	int exit_status; /* as a shell reports it: 128+signal, 127, 126 */
	int signal;	 /* that ended it, or 0 */
};

/* What both sides do before the program begins. */
struct rg_child_gate {
	/* in the child; with a status other than 0 it ends there */
	int (*in_child)(void *ctx);
	/* here; the child may wait for it */
	void (*in_parent)(void *ctx, pid_t pid);
	void *ctx;
};

/*
 * Run argv with this process's descriptors and the environment env, and wait.
 * Signals sent to this process go to the program. gate may be NULL.
 * Return: 0, or -errno when no process could be made.
 */
int rg_child_run(char *const *argv, char *const *env,
		 const struct rg_child_gate *gate, struct rg_child *ret_child);

#endif
