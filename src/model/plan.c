/* SPDX-License-Identifier: MIT */

/*
 * A plan: which of a few ways a call goes, and how far it gets. Everything
 * that depends on the kernel is in the generation's lists.
 */

#include "model/remap.h"

#include <string.h>

void rg_plan_refuse(struct rg_plan *plan, enum rg_check check)
{
	plan->path = RG_PATH_REFUSE;
	plan->check = check;
	plan->error = rg_check_info(check)->error;
	plan->cost = RG_COST_NONE;
	plan->result = 0;
	plan->result_align = 0;
	plan->nr_vmas = 0;
	/* refused in place, a move might still succeed */
	plan->may_succeed |= plan->may_move;
	plan->may_move = false;
}

void rg_plan_add_step(struct rg_plan *plan, struct rg_step step)
{
	if (plan->nr_steps < RG_PLAN_MAX_STEPS)
		plan->steps[plan->nr_steps] = step;
	plan->nr_steps++;
}

static void begin(struct rg_remap *r, const struct rg_mm *mm,
		  struct rg_plan *plan)
{
	r->mm = mm;
	r->plan = plan;
	r->vma = (struct rg_vma){ 0 };
	for (int i = 0; i < RG_NR_SLOTS; i++)
		r->seen[i].from = r->seen[i].until = 0;
	r->freed = (struct rg_freed){ { 0 } };
	r->dest_done = 0;
	r->blind = false;
	r->undone = false;
	r->undone_if = 0;
	r->lost = 0;
}

/* No-op and shrink. The source need not cover the range, nor exist in G0. */
static void stay(struct rg_remap *r)
{
	struct rg_plan *plan = r->plan;

	if (rg_stages_end(r, r->rules->stay))
		return;
	plan->path =
		rg_when(r, RG_WHEN_SHRINK) ? RG_PATH_SHRINK : RG_PATH_NO_RESIZE;
	plan->result = r->addr;
	plan->nr_vmas = r->vma.end ? 1 : 0;
}

/* A single vma goes to a given address, or leaves its pages' place behind. */
static void move_to(struct rg_remap *r)
{
	r->when |= RG_WHEN_MOVE;
	if (!rg_stages_end(r, r->rules->to))
		rg_stages_end(r, r->rules->move);
}

static void grow(struct rg_remap *r)
{
	if (!rg_stages_end(r, r->rules->grow) && rg_when(r, RG_WHEN_MOVE))
		rg_stages_end(r, r->rules->move);
}

static void decide(struct rg_remap *r)
{
	const struct rg_rules *rules = r->rules;

	if (rg_stages_end(r, rules->args) || rg_stages_end(r, rules->entry))
		return;
	if (rules->moves_many && rg_when(r, RG_WHEN_FIXED) &&
	    r->old_len == r->new_len) {
		rg_plan_multi(r);
		return;
	}
	if (rg_stages_end(r, rules->source))
		return;
	if (rg_when(r, RG_WHEN_TO))
		move_to(r);
	else if (rg_when(r, RG_WHEN_GROW))
		grow(r);
	else
		stay(r);
}

/* Without these nothing can be aligned, compared or found with certainty. */
static void doubt_arguments(struct rg_remap *r)
{
	uint32_t known = r->limits->known;
	struct rg_plan *plan = r->plan;

	if (!(known & 1u << RG_LIMIT_PAGE_SIZE))
		r->lost |= RG_UNKNOWN_TASK_SIZE;
	/* without its tag something might be there, and anything refuse */
	if (!(known & 1u << RG_LIMIT_UNTAG_MASK) &&
	    plan->check == RG_CHECK_SOURCE_UNMAPPED && r->req->addr >> 56)
		r->lost |= RG_UNKNOWN_TASK_SIZE;
	if (r->lost) {
		plan->unknown |= r->lost;
		plan->may_refuse = (UINT64_C(1) << RG_NR_CHECKS) - 2;
		plan->may_refuse_late = plan->may_refuse;
		plan->may_succeed = true;
		plan->may_move = true;
	}
}

/*
 * Refused for certain, behind a source that may have been cut: whether that
 * leaves damage is all that is not known.
 */
static void doubt_damage(struct rg_remap *r)
{
	struct rg_plan *plan = r->plan;

	if (!r->undone_if)
		return;
	plan->unknown |= r->undone_if;
	plan->may_refuse |= UINT64_C(1) << plan->check;
	plan->may_refuse_late |= UINT64_C(1) << plan->check;
}

/* What was done is damage only if the call is refused afterwards. */
static void finish(struct rg_remap *r)
{
	struct rg_plan *plan = r->plan;

	if (r->blind) {
		*plan = (struct rg_plan){ .unknown = RG_UNKNOWN_VMAS };
		return;
	}
	plan->fixed = plan->path != RG_PATH_REFUSE && rg_when(r, RG_WHEN_FIXED);
	if (plan->path == RG_PATH_REFUSE)
		doubt_damage(r);
	else
		plan->damage = 0;
	doubt_arguments(r);
}

/* In one piece: a list of stages is run in few steps, and there are four. */
__attribute__((flatten)) void rg_plan_put(struct rg_plan *plan,
					  const struct rg_request *req,
					  const struct rg_mm *mm,
					  const struct rg_kernel *kernel)
{
	struct rg_remap r;

	memset(plan, 0, offsetof(struct rg_plan, steps));
	rg_remap_init(&r, req, &mm->limits, kernel);
	begin(&r, mm, plan);
	if (!r.rules) {
		plan->unknown = RG_UNKNOWN_KERNEL;
		return;
	}
	decide(&r);
	finish(&r);
}

struct rg_plan rg_plan_make(const struct rg_request *req,
			    const struct rg_mm *mm,
			    const struct rg_kernel *kernel)
{
	struct rg_plan plan = { .path = RG_PATH_INVALID };

	rg_plan_put(&plan, req, mm, kernel);
	return plan;
}
