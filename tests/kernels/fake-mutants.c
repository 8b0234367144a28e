/* SPDX-License-Identifier: MIT */
/* Mutants of which it is known whether they can be caught. */

#include "mutants.h"

static struct rg_plan refuse(const struct rg_request *req,
			     const struct rg_mm *mm,
			     const struct rg_kernel *kernel)
{
	struct rg_plan plan = rg_plan_make(req, mm, kernel);

	plan.path = RG_PATH_REFUSE;
	plan.check = RG_CHECK_FLAGS;
	plan.error = 22;
	plan.may_succeed = false;
	plan.may_refuse = 0;
	return plan;
}

static struct rg_plan crash(const struct rg_request *req,
			    const struct rg_mm *mm,
			    const struct rg_kernel *kernel)
{
	struct rg_plan plan = rg_plan_make(req, mm, kernel);

	if (plan.path == RG_PATH_MOVE)
		__builtin_trap();
	return plan;
}

static struct rg_plan go_on(const struct rg_request *req,
			    const struct rg_mm *mm,
			    const struct rg_kernel *kernel)
{
	struct rg_plan plan = rg_plan_make(req, mm, kernel);
	volatile bool ends = plan.path != RG_PATH_MOVE;

	while (!ends)
		;
	return plan;
}

static struct rg_plan doubt(const struct rg_request *req,
			    const struct rg_mm *mm,
			    const struct rg_kernel *kernel)
{
	struct rg_plan plan = rg_plan_make(req, mm, kernel);

	plan.unknown |= RG_UNKNOWN_LOCKED;
	return plan;
}

static struct rg_plan doubt_unseen(const struct rg_request *req,
				   const struct rg_mm *mm,
				   const struct rg_kernel *kernel)
{
	struct rg_plan plan = rg_plan_make(req, mm, kernel);

	plan.unknown |= RG_UNKNOWN_KSM;
	return plan;
}

static struct rg_plan name_nothing(const struct rg_request *req,
				   const struct rg_mm *mm,
				   const struct rg_kernel *kernel)
{
	struct rg_plan plan = rg_plan_make(req, mm, kernel);

	plan.unknown = 0;
	return plan;
}

struct rg_plan traced_plan(const struct rg_request *req, const struct rg_mm *mm,
			   const struct rg_kernel *kernel)
{
	return rg_plan_make(req, mm, kernel);
}

const struct source_mutant source_mutants[] = {
	{ "the model", "nowhere", rg_plan_make, -1 },
	{ "the model, of which nothing is reached", "nowhere", refuse, 0 },
	{ "always refuses", "here", refuse, -1 },
	{ "crashes", "here", crash, -1 },
	{ "never ends", "here", go_on, -1 },
	{ "knows nothing", "here", doubt, -1 },
	{ "doubts what nobody sees", "here", doubt_unseen, -1 },
	{ "certain of what it does not see", "here", name_nothing, -1 },
};
const unsigned int nr_source_mutants =
	sizeof(source_mutants) / sizeof(source_mutants[0]);
