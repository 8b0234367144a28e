/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_KEEP_H
#define RG_RUNTIME_KEEP_H

/*
 * The program's call, made so that the range it moves away from can be held
 * (quarantine.h). Only where that is on.
 */

#include "runtime/judge.h"

/*
 * Before the call is judged: what it uses, or grows into, is to be as it would
 * be if nothing were held. caller is who is told of who uses what is stale.
 */
void rg_keep_make_way(struct rg_process *process, const struct rg_request *req,
		      uint64_t caller);

/* In a process with threads: does this one take the shrinking upon itself? */
bool rg_keep_shrinks(const struct rg_judgement *judgement,
		     const struct rg_request *req);

/*
 * Is there anything to be done here? Not on a stack with little room, where
 * the kernel's way is gone and nothing held.
 */
bool rg_keep_wanted(void);

/* Does what moves leave its mapping behind until it is held? */
bool rg_keep_leaves_mappings(void);

/* Return: what the program gets, an address or -errno. */
int64_t rg_keep_call(struct rg_process *process, struct rg_judgement *judgement,
		     const struct rg_request *req);

/* The whole call has been made: hold what is not held yet. */
void rg_keep_rest(struct rg_process *process, struct rg_judgement *judgement,
		  const struct rg_request *req, int64_t result);

#endif
