/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_RESETTLE_H
#define RG_RUNTIME_RESETTLE_H

/*
 * placement=congruent and grow-ahead=on: what grows and has to move goes to a
 * place of our choice, reserved, so that nothing else can be there.
 *
 * With grow-ahead, what has grown before goes to where there is room behind
 * it, and grows in place the next time:
 *
 *     |== range ==|······ room ······|
 *     |== range ==|=== grown ===|····|
 *
 * The room is a hole, and free for all. It is likely to stay one, as it lies
 * where the kernel comes to last when it looks for holes (place.h): there is
 * nothing to give back, to be in the way or to count against a limit.
 */

#include "runtime/process.h"

/* Is there anything to be done here, by the options? */
bool rg_resettle_wanted(void);

/* What is not as long is left to the kernel. UINT64_MAX: all is. */
uint64_t rg_resettle_least(void);

/*
 * Is a call left to the kernel, by its arguments alone? Then rg_resettle()
 * would do nothing, nor would rg_resettle_note() but of a move in which no
 * table can have moved.
 */
bool rg_resettle_leaves(const struct rg_request *req);

/*
 * Make the call so. plan: NULL without one. Return: as mremap(2), or
 * RG_ELSEWHERE_NOT (relocate.h) where it is left to the kernel, nothing done.
 */
int64_t rg_resettle(struct rg_process *process, const struct rg_plan *plan,
		    const struct rg_request *req);

/* The call has been made, by whomever: remember what has grown. */
void rg_resettle_note(struct rg_process *process, const struct rg_request *req,
		      int64_t result);

#endif
