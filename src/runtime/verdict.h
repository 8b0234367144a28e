/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_VERDICT_H
#define RG_RUNTIME_VERDICT_H

/* The findings of a call, and what the policy makes of them. */

#include "runtime/config.h"
#include "runtime/judge.h"

/* A move as long as this may be a slow one. */
#define RG_VERDICT_SLOW_LEN (UINT64_C(2) << 20)

/* One that no table was moved in. Elsewhere that finding need not be asked. */
static inline bool rg_verdict_may_be_slow(uint64_t moved, uint64_t from,
					  uint64_t to)
{
	uint64_t page_size = rg_config.limits.page_size;

	return moved >= RG_VERDICT_SLOW_LEN &&
	       (from ^ to) & (page_size * (page_size / 8) - 1);
}

/*
 * Before the call: what is found goes into the judgement with its verdict,
 * which may be that the call is not to be made.
 */
void rg_verdict_before(struct rg_process *process, struct rg_event *event,
		       uint64_t caller, struct rg_judgement *judgement);

/*
 * Afterwards: all that was found goes into the event. The verdict may now be
 * to abort.
 */
void rg_verdict_after(struct rg_process *process, uint64_t caller,
		      struct rg_judgement *judgement, int64_t result,
		      struct rg_event *event);

#endif
