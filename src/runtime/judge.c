/* SPDX-License-Identifier: MIT */

#include "runtime/judge.h"

#include "runtime/config.h"
#include "runtime/history.h"
#include "runtime/limits.h"
#include "runtime/quarantine.h"
#include "runtime/stack.h"
#include "runtime/sys.h"

/* What smaps shows of a vma and nothing cheaper does. */
#define VMA_UNKNOWNS                                                           \
	(RG_UNKNOWN_SEALED | RG_UNKNOWN_LOCKED | RG_UNKNOWN_SPECIAL |          \
	 RG_UNKNOWN_ACCOUNT | RG_UNKNOWN_UFFD | RG_UNKNOWN_KSM |               \
	 RG_UNKNOWN_GROWSDOWN)

/* ------------------------------------------------------------- planning */

/* Nothing else does, of whatever mappings. */
static bool may_move(const struct rg_request *req)
{
	return req->flags & RG_MREMAP_MAYMOVE &&
	       (req->flags & (RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP) ||
		req->new_len > req->old_len);
}

/* Who watches a mapping shows in smaps alone, and is lost in a move alone. */
static bool wants_smaps(const struct rg_request *req)
{
	return !(rg_config.ignored & RG_FINDING_BIT(RG_FINDING_UFFD_LOST)) &&
	       may_move(req);
}

/*
 * The plan for now: each step looks closer, until nothing is unknown. The
 * judgement's look is left as the last plan was made with it.
 */
static void plan_now(struct rg_process *process, const struct rg_request *req,
		     enum rg_effort most, struct rg_judgement *judgement,
		     struct rg_plan *ret_plan)
{
	struct rg_vma_query *lookup = &judgement->lookup;
	struct rg_mm *mm = &judgement->mm;

	lookup->process = process;
	lookup->all_flags = wants_smaps(req);
	lookup->nr = 0;
	mm->find_vma = rg_vma_query_find;
	mm->ctx = lookup;
	rg_limits_start(process, &mm->limits);
	rg_plan_put(ret_plan, req, mm, &rg_config.kernel);
	for (int effort = RG_EFFORT_CALLS; effort <= (int)most; effort++) {
		bool more;

		if (!ret_plan->unknown)
			break;
		more = rg_limits_fetch(process, &mm->limits, ret_plan->unknown,
				       (enum rg_effort)effort);
		if (effort == RG_EFFORT_FULL &&
		    ret_plan->unknown & VMA_UNKNOWNS) {
			lookup->all_flags = true;
			lookup->nr = 0;
			more = true;
		}
		if (more)
			rg_plan_put(ret_plan, req, mm, &rg_config.kernel);
	}
}

/* break-plan=on: claim the opposite, with certainty. */
static void break_plan(struct rg_plan *plan)
{
	bool refuses = plan->path == RG_PATH_REFUSE;

	plan->path = refuses ? RG_PATH_NO_RESIZE : RG_PATH_REFUSE;
	plan->check = refuses ? RG_CHECK_NONE : RG_CHECK_ADDR_ALIGN;
	plan->error = refuses ? 0 : EINVAL;
	plan->unknown = 0;
	plan->may_refuse = 0;
	plan->may_refuse_late = 0;
	plan->may_succeed = false;
	plan->may_move = false;
}

static bool is_fixed(const struct rg_request *req)
{
	return req->flags & RG_MREMAP_FIXED;
}

/* A refused one may have cut a vma in two, and nothing worse. */
static bool may_cut(const struct rg_request *req)
{
	return rg_config.options.preflight && req->old_len > req->new_len;
}

/*
 * Only MREMAP_FIXED destroys before it refuses, so only there must the
 * question be asked first.
 */
static bool asks_for_plan(const struct rg_request *req)
{
	switch (rg_config.options.predict) {
	case RG_PREDICT_ALWAYS:
		return true;
	case RG_PREDICT_AUTO:
		return is_fixed(req) || may_cut(req);
	case RG_PREDICT_NEVER:
		break;
	}
	return false;
}

static bool has_room(void)
{
	return rg_stack_room() >= RG_STACK_FOR_MORE;
}

static bool wants_plan(const struct rg_request *req)
{
	return asks_for_plan(req) && has_room();
}

bool rg_judge_looks(const struct rg_request *req)
{
	return asks_for_plan(req) && !wants_smaps(req) && has_room();
}

void rg_judge_nothing(struct rg_judgement *ret_judgement)
{
	ret_judgement->planned = false;
	ret_judgement->mm.find_vma = NULL;
	ret_judgement->mm.limits.known = 0;
	ret_judgement->lookup.ahead = NULL;
	ret_judgement->lookup.nr = 0;
	ret_judgement->facts = 0;
	ret_judgement->findings = 0;
	ret_judgement->verdict =
		(struct rg_verdict){ .finding = RG_NR_FINDINGS };
	ret_judgement->noted = false;
	ret_judgement->kept = false;
	ret_judgement->ticket = RG_NO_TICKET;
}

void rg_judge_libc(struct rg_judgement *ret_judgement)
{
	rg_judge_nothing(ret_judgement);
	ret_judgement->planned = true;
	ret_judgement->plan = (struct rg_plan){
		.path = RG_PATH_REFUSE,
		.check = RG_CHECK_LIBC_FLAGS,
		.error = EINVAL,
	};
	ret_judgement->mm.limits = rg_config.limits;
	if (rg_config.options.break_plan)
		break_plan(&ret_judgement->plan);
}

static void plan(struct rg_process *process, const struct rg_request *req,
		 enum rg_effort most, struct rg_judgement *judgement)
{
	judgement->planned = true;
	plan_now(process, req, most, judgement, &judgement->plan);
	judgement->lookup.ahead = NULL;
	/* what is held must not be why a call is refused */
	if (judgement->plan.error == ENOMEM && rg_quarantine_give_up(process))
		plan_now(process, req, most, judgement, &judgement->plan);
	if (rg_config.options.break_plan)
		break_plan(&judgement->plan);
}

void rg_judge_before(struct rg_process *process, const struct rg_request *req,
		     const struct rg_vma_answer *ahead,
		     struct rg_judgement *ret_judgement)
{
	bool always = rg_config.options.predict == RG_PREDICT_ALWAYS;

	rg_judge_nothing(ret_judgement);
	ret_judgement->lookup.ahead = ahead;
	if (wants_plan(req))
		plan(process, req, always ? RG_EFFORT_FILES : RG_EFFORT_NONE,
		     ret_judgement);
}

void rg_judge_closer(struct rg_process *process, const struct rg_request *req,
		     struct rg_judgement *judgement)
{
	if (has_room())
		plan(process, req, RG_EFFORT_FULL, judgement);
}

/* ---------------------------------------------------------- afterwards */

/* Did someone else change the mappings that the plan was made on? */
static bool was_overtaken(struct rg_process *process,
			  const struct rg_plan *plan,
			  const struct rg_request *req, int64_t result)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma now = { 0 };
	const struct rg_vma *then = &plan->source;

	if (!rg_has_threads())
		return false;
	if (rg_sys_failed(result)) {
		rg_vma_query_find(&lookup, req->addr, &now);
		return now.start != then->start || now.end != then->end ||
		       now.flags != then->flags;
	}
	/* planned to move and grew in place: what was behind it has gone */
	if ((uint64_t)result == req->addr)
		return plan->path == RG_PATH_MOVE;
	/* planned to grow in place and moved: something came behind it */
	return plan->path == RG_PATH_EXPAND_IN_PLACE &&
	       rg_vma_query_find(&lookup, then->end, &now) == 1 &&
	       now.start < then->end + req->new_len;
}

/* The one check that an unknown input may have brought in, by its errno. */
static enum rg_check likely_check(const struct rg_plan *plan, int error)
{
	enum rg_check found = RG_CHECK_NONE;

	for (int check = 1; check < RG_NR_CHECKS; check++) {
		if (!(plan->may_refuse >> check & 1) ||
		    rg_check_info((enum rg_check)check)->error != error)
			continue;
		if (found != RG_CHECK_NONE)
			return RG_CHECK_NONE;
		found = (enum rg_check)check;
	}
	return found;
}

/* The plan was right: it knows path, check and damage best. */
static void take_plan(const struct rg_plan *plan, struct rg_event *event)
{
	event->path = plan->path;
	event->check = plan->check;
	event->damage = (uint8_t)plan->damage;
	/* what was not seen did not matter */
	event->unknown = 0;
}

/*
 * A failure that changed nothing: look closely, and ask again. A plan that
 * then gives the same errno names the check.
 */
__attribute__((noinline)) static void explain(struct rg_process *process,
					      struct rg_judgement *judgement,
					      int64_t result,
					      struct rg_event *event)
{
	enum rg_agreement agreement;
	struct rg_plan plan;

	plan_now(process, &event->req, RG_EFFORT_FILES, judgement, &plan);
	agreement = rg_plan_compare(&plan, &event->req, result);
	if (agreement != RG_AGREE_YES) {
		plan_now(process, &event->req, RG_EFFORT_FULL, judgement,
			 &plan);
		agreement = rg_plan_compare(&plan, &event->req, result);
	}
	if (event->judged == RG_JUDGED_UNPLANNED) {
		event->judged = RG_JUDGED_EXPLAINED;
		event->agreement = agreement;
		rg_event_put_plan(event, &plan);
	}
	if (agreement == RG_AGREE_YES)
		take_plan(&plan, event);
	else if (agreement == RG_AGREE_UNKNOWN)
		event->check = likely_check(&plan, event->error);
}

/* The vma that held addr, or came next, when the plan was made. */
static const struct rg_vma *planned_on(const struct rg_vma_query *lookup,
				       uint64_t addr)
{
	for (uint32_t i = 0; i < lookup->nr; i++) {
		if (lookup->memo[i].addr == addr && lookup->memo[i].ret == 1)
			return &lookup->memo[i].vma;
	}
	return NULL;
}

static bool is_still(struct rg_process *process, const struct rg_vma *then)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma now;

	return rg_vma_query_find(&lookup, then->start, &now) == 1 &&
	       now.start == then->start && now.end == then->end &&
	       now.inode == then->inode && now.offset == then->offset;
}

/*
 * Was it refused before anything was unmapped? Asked of calls without a tail,
 * which might have been lost elsewhere.
 */
static bool nothing_happened(struct rg_process *process,
			     const struct rg_judgement *judgement,
			     const struct rg_request *req)
{
	const struct rg_vma *dest =
		planned_on(&judgement->lookup, req->new_addr);

	if (req->new_len < req->old_len || !judgement->plan.source.end ||
	    !is_still(process, &judgement->plan.source))
		return false;
	return !dest || dest->start >= req->new_addr + req->new_len ||
	       is_still(process, dest);
}

static bool may_be_explained(struct rg_process *process,
			     const struct rg_judgement *judgement,
			     const struct rg_event *event)
{
	if (!event->error || rg_config.options.predict == RG_PREDICT_NEVER ||
	    !has_room())
		return false;
	return !is_fixed(&event->req) ||
	       (judgement->planned &&
		nothing_happened(process, judgement, &event->req));
}

void rg_judge_unplanned(const struct rg_request *req, int64_t result,
			struct rg_event *event)
{
	event->path = rg_path_observed(req, result, &rg_config.limits);
	if (event->error)
		event->check = rg_params_check(req, &rg_config.limits,
					       &rg_config.kernel);
}

/*
 * Of several vmas the first is no longer where it was, and what is at its new
 * place is of the same object.
 */
static bool first_has_moved(struct rg_process *process,
			    const struct rg_plan *plan,
			    const struct rg_request *req)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma now;

	if (plan->path != RG_PATH_MULTI_MOVE ||
	    req->flags & RG_MREMAP_DONTUNMAP ||
	    is_still(process, &plan->source))
		return false;
	return rg_vma_query_find(&lookup, req->new_addr, &now) == 1 &&
	       now.start <= req->new_addr && now.kind == plan->source.kind &&
	       now.inode == plan->source.inode;
}

static void compare(struct rg_process *process,
		    const struct rg_judgement *judgement, int64_t result,
		    struct rg_event *event)
{
	const struct rg_plan *plan = &judgement->plan;

	event->judged = RG_JUDGED_PLANNED;
	event->agreement = rg_plan_compare(plan, &event->req, result);
	rg_event_put_plan(event, plan);
	if (event->agreement == RG_AGREE_YES)
		take_plan(plan, event);
	else if (event->error)
		event->check = likely_check(plan, event->error);
	if (event->error && first_has_moved(process, plan, &event->req))
		event->damage |= RG_DAMAGE_VMAS_MOVED;
	if (event->agreement == RG_AGREE_MISMATCH)
		event->racy = was_overtaken(process, plan, &event->req, result);
}

void rg_judge_stopped(const struct rg_judgement *judgement,
		      struct rg_event *event)
{
	event->path = RG_PATH_REFUSE;
	if (!judgement->planned)
		return;
	event->judged = RG_JUDGED_PLANNED;
	rg_event_put_plan(event, &judgement->plan);
	/* it might have succeeded otherwise */
	if (judgement->verdict.kind != RG_VERDICT_INJECT)
		event->check = judgement->plan.check;
}

void rg_judge_after(struct rg_process *process, struct rg_judgement *judgement,
		    int64_t result, struct rg_event *event)
{
	rg_judge_unplanned(&event->req, result, event);
	if (judgement->planned)
		compare(process, judgement, result, event);
	if (event->agreement != RG_AGREE_YES &&
	    may_be_explained(process, judgement, event))
		explain(process, judgement, result, event);
}

void rg_judge_sight(const struct rg_judgement *judgement,
		    struct rg_event *event)
{
	const struct rg_vma_query *lookup = &judgement->lookup;

	event->limits = judgement->mm.limits;
	for (uint32_t i = 0; i < lookup->nr; i++) {
		if (lookup->memo[i].ret == 1)
			rg_event_put_vma(event, &lookup->memo[i].vma);
	}
}
