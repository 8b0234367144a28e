/* SPDX-License-Identifier: MIT */

#include "policy/caution.h"

/* What nothing but a plan tells, and tells before the call. */
static uint64_t told_by_plan(uint64_t findings)
{
	uint64_t told = rg_findings_of_severity(RG_SEVERITY_ERROR);

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (rg_finding_info((enum rg_finding)i)->needs_vmas)
			told |= RG_FINDING_BIT(i);
	}
	return told & findings;
}

struct rg_caution rg_caution_of(const struct rg_options *options)
{
	struct rg_caution caution = {
		.preflight = options->preflight,
		.may_stop = rg_policy_may_stop(&options->policy),
	};

	caution.by_plan = told_by_plan(caution.may_stop);
	return caution;
}

/* Only MREMAP_FIXED clobbers or is refused too late. */
bool rg_caution_plans_all(const struct rg_caution *caution)
{
	uint64_t fixed_alone = RG_FINDING_BIT(RG_FINDING_CLOBBER) |
			       RG_FINDING_BIT(RG_FINDING_DESTRUCTIVE_REFUSAL);

	return caution->by_plan & ~fixed_alone;
}

static bool is_too_late(const struct rg_plan *plan)
{
	return plan->path == RG_PATH_REFUSE && plan->damage;
}

/* It is refused too late, or might be. */
static bool may_be_too_late(const struct rg_plan *plan)
{
	return is_too_late(plan) || plan->may_refuse_late;
}

bool rg_plan_may_be_refused(const struct rg_plan *plan)
{
	return plan->path != RG_PATH_REFUSE && plan->may_refuse;
}

bool rg_caution_looks_closer(const struct rg_caution *caution,
			     const struct rg_plan *plan, uint64_t findings,
			     uint64_t judged)
{
	bool may_be_stopped = findings & caution->may_stop;

	if (!plan)
		return may_be_stopped;
	if (may_be_stopped && rg_plan_may_be_refused(plan))
		return true;
	if (!plan->unknown)
		return false;
	return caution->by_plan & ~judged ||
	       (may_be_too_late(plan) &&
		(caution->preflight || caution->may_stop & RG_OF_REFUSALS));
}

bool rg_caution_refuses_first(const struct rg_caution *caution,
			      const struct rg_plan *plan)
{
	return caution->preflight && plan && is_too_late(plan) &&
	       rg_plan_refuses_surely(plan);
}
