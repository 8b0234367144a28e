/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_SUPERVISOR_H
#define RG_SUPERVISOR_SUPERVISOR_H

/*
 * The process that is told of every mremap in a tree of processes, judges it
 * and answers. It is not `run' itself: it goes on as long as anybody of the
 * tree does, whatever becomes of `run'.
 */

#include "policy/options.h"

#include <sys/types.h>

struct rg_supervision {
	int listener;
	/*
	 * To `run': a byte from there says that its program has ended. A byte
	 * back says that everything up to then is in the trace, and whether
	 * the supervisor stays for others that are left of it.
	 */
	int control;
	const char *dir; /* of the trace */
	const struct rg_options *options;
	struct rg_kernel kernel;
	uint64_t cookie;
	bool enforce; /* calls that carry the cookie come here as well */
	pid_t root;   /* the program that `run' started */
	/* the notice by which it asked to begin, and which is answered */
	uint64_t first_id;
};

enum rg_supervisor_reply {
	RG_SUPERVISOR_STAYS = 's',
	RG_SUPERVISOR_ENDS = 'e'
};

/* In a process of its own. Returns when nobody is left. */
void rg_supervise(const struct rg_supervision *supervision);

#endif
