/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_VERDICT_H
#define RG_RUNTIME_VERDICT_H

/* The findings of a call, and what the policy makes of them. */

#include "runtime/judge.h"

/* A move as long as this may be a slow one. */
#define RG_VERDICT_SLOW_LEN (UINT64_C(2) << 20)

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
