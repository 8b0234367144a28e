/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_CAUTION_H
#define RG_POLICY_CAUTION_H

/*
 * What a policy makes of a plan: how closely to look before a call is stopped
 * or let go, and what preflight refuses. The same questions whoever asks
 * them, the object or the supervisor.
 */

#include "policy/options.h"

/* Findings of a call that is refused after all; of no other. */
#define RG_OF_REFUSALS                                                         \
	(RG_FINDING_BIT(RG_FINDING_DESTRUCTIVE_REFUSAL) |                      \
	 RG_FINDING_BIT(RG_FINDING_DUPLICATE_ONTO_SELF))

/* What follows from the options, once for all calls. */
struct rg_caution {
	bool preflight;
	uint64_t may_stop; /* findings that may stop a call, as a set */
	uint64_t by_plan;  /* of those, what nothing but a plan tells */
};

struct rg_caution rg_caution_of(const struct rg_options *options);

/*
 * Must all calls be planned, as the policy may stop some for what only a plan
 * tells? Those with MREMAP_FIXED are in any case.
 */
bool rg_caution_plans_all(const struct rg_caution *caution);

/* It goes on, as far as was seen; the errno of a refusal counts for more. */
bool rg_plan_may_be_refused(const struct rg_plan *plan);

/*
 * Does the verdict turn on something that a closer look may tell? plan is
 * NULL for a call that was not planned; findings are the call's so far, of
 * those that could be judged.
 */
bool rg_caution_looks_closer(const struct rg_caution *caution,
			     const struct rg_plan *plan, uint64_t findings,
			     uint64_t judged);

/*
 * preflight=on: refuse it as the kernel would, but before it has begun? plan
 * may be NULL.
 */
bool rg_caution_refuses_first(const struct rg_caution *caution,
			      const struct rg_plan *plan);

#endif
