/* SPDX-License-Identifier: MIT */

#include "judge.h"

#include "beside.h"
#include "bytes.h"
#include "contents.h"
#include "limits.h"
#include "machine.h"
#include "operation.h"
#include "placed.h"
#include "random.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct snapshot before;
static struct snapshot after;
static struct contents expected;
static struct contents found;
static uint32_t undone; /* enum rg_damage, as the steps are applied */
static struct rg_limits limits;
static uint64_t hiding; /* the seed for what is hidden of a call */
static bool miscounted; /* once and for all, by the kernel */

static struct rg_limits read_limits(const struct layout *layout,
				    enum staleness stale)
{
	return limits_read(&before, layout->counted || miscounted,
			   layout->system ? STALE_SYSTEM : stale);
}

void judge_start(const struct layout *layout, uint64_t seed)
{
	hiding = seed;
	snapshot_read(&before, SNAPSHOT_SMAPS);
	limits = read_limits(layout, STALE_RLIMITS);
}

const struct snapshot *judge_now(void)
{
	return &before;
}

const struct rg_limits *judge_limits(void)
{
	return &limits;
}

/* ------------------------------------------------------------- comparing */

static uint64_t page_up(uint64_t len)
{
	return (len + machine.page - 1) & -machine.page;
}

static uint64_t target(const struct rg_plan *plan, const struct rg_step *step,
		       uint64_t result)
{
	return plan->fixed || plan->damage & RG_DAMAGE_VMAS_MOVED ? step->to
								  : result;
}

static void apply_move(const struct rg_plan *plan, const struct rg_request *req,
		       const struct rg_step *step, uint64_t result)
{
	uint64_t new_len = step->len;
	bool huge = plan->source.page_size > machine.page;

	/* what is hugetlb only grows as far as its lengths are rounded */
	if (plan->path == RG_PATH_MOVE && !huge &&
	    page_up(req->new_len) > page_up(req->old_len))
		new_len = page_up(req->new_len);
	undone |= RG_DAMAGE_VMAS_MOVED;
	contents_copy(&expected, step->start, step->len,
		      target(plan, step, result), new_len);
}

/* Mapped again from its first page on: the length is the request's. */
static void apply_copy(const struct rg_plan *plan, const struct rg_step *step,
		       uint64_t result)
{
	contents_copy(&expected, step->start, machine.page,
		      target(plan, step, result), step->len);
}

/* What was mapped there is gone, if anything was. */
static void apply_unmap(const struct rg_step *step, uint32_t damage)
{
	if (contents_remove(&expected, step->start, step->start + step->len))
		undone |= damage;
}

/* With the source, where that was in it. */
static void apply_unmap_dest(const struct rg_request *req,
			     const struct rg_step *step)
{
	uint64_t addr = req->addr & limits.untag_mask;
	struct rg_vma vma;

	apply_unmap(step, RG_DAMAGE_DEST_UNMAPPED);
	if (addr - step->start < step->len &&
	    snapshot_find(&before, addr, &vma) && vma.start <= addr)
		undone |= RG_DAMAGE_SOURCE_UNMAPPED;
}

static void apply_step(const struct rg_plan *plan, const struct rg_request *req,
		       const struct rg_step *step, uint64_t result)
{
	uint64_t last = step->start - machine.page;

	switch (step->kind) {
	case RG_STEP_UNMAP_DEST:
		apply_unmap_dest(req, step);
		break;
	case RG_STEP_UNMAP_TAIL:
		apply_unmap(step, RG_DAMAGE_TAIL_UNMAPPED);
		break;
	case RG_STEP_UNMAP_SOURCE:
		apply_unmap(step, 0);
		break;
	case RG_STEP_EXPAND:
		contents_copy(&expected, last, machine.page, last,
			      machine.page + step->len);
		break;
	case RG_STEP_MOVE:
		apply_move(plan, req, step, result);
		break;
	case RG_STEP_COPY:
		apply_copy(plan, step, result);
		break;
	case RG_STEP_NONE:
	case RG_STEP_PICK:
	case RG_STEP_KEEP_SOURCE:
	case RG_NR_STEP_KINDS:
		break;
	}
}

static bool contents_agree(const struct rg_plan *plan,
			   const struct rg_request *req, int64_t result)
{
	if (plan->nr_steps > RG_PLAN_MAX_STEPS)
		return true;
	undone = 0;
	contents_of(&expected, &before, placed_attributes(req));
	for (uint32_t i = 0; i < plan->nr_steps; i++)
		apply_step(plan, req, &plan->steps[i], (uint64_t)result);
	contents_of(&found, &after, placed_attributes(req));
	return contents_equal(&expected, &found);
}

/* Of a refusal; of what it says beside this, splits_agree() has the rest. */
static bool damage_agrees(const struct rg_plan *plan)
{
	uint32_t seen = plan->nr_steps ? undone : 0;

	if (plan->path != RG_PATH_REFUSE)
		return !plan->damage;
	if (plan->nr_steps > RG_PLAN_MAX_STEPS)
		return true;
	return (plan->damage & ~(uint32_t)RG_DAMAGE_VMA_SPLIT) == seen;
}

/* A refusal that leaves nothing undone must not even split a vma. */
static bool splits_agree(const struct rg_plan *plan)
{
	if (plan->path != RG_PATH_REFUSE ||
	    plan->damage & ~(uint32_t)RG_DAMAGE_VMA_SPLIT)
		return true;
	if (plan->damage & RG_DAMAGE_VMA_SPLIT)
		return after.nr > before.nr && after.nr <= before.nr + 2;
	return after.nr == before.nr;
}

static unsigned int moves_of(const struct rg_plan *plan)
{
	unsigned int moves = 0;

	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++)
		moves += plan->steps[i].kind == RG_STEP_MOVE;
	return moves;
}

static bool paths_agree(const struct rg_plan *plan,
			const struct rg_request *req, int64_t result)
{
	enum rg_path seen = rg_path_observed(req, result, &limits);

	if (plan->path == RG_PATH_MULTI_MOVE)
		return moves_of(plan) > 1;
	if (plan->path != RG_PATH_REFUSE && moves_of(plan) > 1)
		return false;
	return plan->source.page_size > machine.page || plan->path == seen;
}

/* Of what the kernel picks, where there is no lack of places to pick from. */
static bool alignment_agrees(const struct rg_plan *plan,
			     const struct rg_request *req, int64_t result)
{
	if (plan->path == RG_PATH_REFUSE || plan->result ||
	    !plan->result_align || req->new_len > UINT64_C(1) << 40 ||
	    req->flags & RG_MREMAP_DONTUNMAP || placed_alignment(req, result))
		return true;
	return (uint64_t)result % plan->result_align == 0;
}

/* The same errno, but perhaps from a check that was not certain, and sooner. */
static bool may_be_another(const struct rg_plan *plan)
{
	for (int check = 1; check < RG_NR_CHECKS; check++) {
		if (plan->may_refuse >> check & 1 &&
		    rg_check_info((enum rg_check)check)->error == plan->error)
			return true;
	}
	return false;
}

/* Before 5.11 what cannot be cut may stay where it is, and the call succeeds.
 */
static bool may_be_kept(const struct rg_plan *plan)
{
	return plan->may_refuse >> RG_CHECK_UNSPLITTABLE & 1;
}

/*
 * A refusal that the plan was not certain of. Where it says that none comes
 * too late, nothing may be otherwise, not even in how vmas are cut.
 */
static bool is_late_unsaid(const struct call *call, const struct rg_plan *plan)
{
	bool refused = call->result < 0 && call->result > -4096;

	return refused && call->changed && !plan->damage &&
	       !plan->may_refuse_late && plan->path != RG_PATH_INVALID;
}

const char *judge_plan(const struct call *call, const struct rg_plan *plan)
{
	const struct rg_request *req = &call->req;
	int64_t result = call->result;
	enum rg_agreement agreement = rg_plan_compare(plan, req, result);

	if (plan->may_refuse && !plan->unknown)
		return "no input named";
	/* to a plan it is somebody else's doing, but here it is known whose */
	if (result == -EINTR)
		return plan->may_refuse >> RG_CHECK_KSM & 1 ? NULL : "EINTR";
	if (agreement == RG_AGREE_UNKNOWN)
		return is_late_unsaid(call, plan) ? "late damage" : NULL;
	if (agreement != RG_AGREE_YES)
		return "result";
	if (!paths_agree(plan, req, result))
		return "path";
	if (!alignment_agrees(plan, req, result))
		return "alignment";
	if (plan->path == RG_PATH_REFUSE ? may_be_another(plan)
					 : may_be_kept(plan))
		return NULL;
	if ((call->changed || plan->nr_steps || placed) &&
	    !contents_agree(plan, req, result))
		return "contents";
	if (!damage_agrees(plan))
		return "damage";
	return splits_agree(plan) ? NULL : "splits";
}

/* ------------------------------------------------------- hidden inputs */

/* What is seen: flags as the model has them, and in the bits above those */
#define SEEN_PAGE_SIZE (1u << 24)
#define SEEN_KIND (1u << 25)
#define SEEN_VMAS (7u << 26) /* none of them: no vma at all */
#define SHOWN_BY_MAPS (RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED)

static int find_hidden(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	const uint32_t *seen = ctx;
	int found_one = snapshot_find(&before, addr, ret_vma);

	ret_vma->known &= *seen;
	ret_vma->flags &= ret_vma->known;
	if (!(*seen & SEEN_PAGE_SIZE))
		ret_vma->page_size = 0;
	if (!(*seen & SEEN_KIND))
		ret_vma->kind = RG_KIND_UNKNOWN;
	return *seen & SEEN_VMAS ? found_one : -1;
}

/*
 * With each input hidden at one chance in four, permissions more rarely: of
 * the same call in a case the same, whatever is left out before it.
 */
static struct rg_mm hide_some(const struct rg_request *req)
{
	static uint32_t seen;
	struct rg_mm mm = { find_hidden, &seen, limits };
	uint64_t random = random_of(hiding, req->addr);

	random = random_of(random, req->old_len);
	random = random_of(random, req->new_len);
	random = random_of(random, req->new_addr + req->flags);
	seen = (uint32_t)(random | random >> 32);
	random = random_of(random, 0);
	mm.limits.known &= (uint32_t)(random | random >> 32);
	if (random_of(random, 0) % 5)
		seen |= SHOWN_BY_MAPS;
	/* a counter that is not seen is taken not to be below zero */
	if (miscounted)
		mm.limits.known |=
			1u << RG_LIMIT_TOTAL_PAGES | 1u << RG_LIMIT_DATA_PAGES;
	return mm;
}

const char *judge_hidden_plan(const struct call *call,
			      const struct rg_plan *plan)
{
	if (rg_plan_compare(plan, &call->req, call->result) ==
	    RG_AGREE_MISMATCH)
		return "result, with inputs hidden";
	if (call->result != -EINTR && is_late_unsaid(call, plan))
		return "late damage, with inputs hidden";
	return plan->may_refuse && !plan->unknown ? "no input named" : NULL;
}

/* -------------------------------------------------------------- one call */

/* Some calls of what KSM may have merged; the same when made again. */
static bool gets_signal(const struct rg_request *req)
{
	const struct rg_vma *source = snapshot_at(&before, req->addr);

	return source && source->flags & RG_VMA_MERGEABLE &&
	       (req->addr + req->new_addr + req->new_len) / machine.page % 2;
}

static void make_call(struct call *call)
{
	struct rg_request req = call->req;

	call->result = operation_do((struct operation){
		OP_CALL,
		{ req.addr, req.old_len, req.new_len, req.flags, req.new_addr,
		  gets_signal(&req) } });
	req.addr &= limits.untag_mask;
	call->changed = snapshot_follow(&after, &before, &req, call->result);
}

static struct verdict verdict_of(const struct call *call,
				 const struct rg_plan *plan,
				 const struct rg_plan *hidden)
{
	struct verdict verdict = { call->req, *plan, call->result, NULL };

	verdict.wrong = judge_plan(call, plan);
	if (!verdict.wrong)
		verdict.wrong = placed_judge(call, plan, &before, &after);
	if (!verdict.wrong) {
		verdict.wrong = judge_hidden_plan(call, hidden);
		if (verdict.wrong)
			verdict.plan = *hidden;
	}
	return verdict;
}

/* 5.10 keeps the pages of a growth in place in an int. */
static bool grew_beyond_int(const struct call *call)
{
	return call->result == (int64_t)call->req.addr &&
	       call->req.new_len > call->req.old_len &&
	       (call->req.new_len - call->req.old_len) / machine.page >
		       INT32_MAX;
}

static void go_on(const struct call *call)
{
	if (call->changed || placed)
		snapshot_copy(&before, &after);
	miscounted |= grew_beyond_int(call);
}

struct verdict judge_call(const struct layout *layout,
			  const struct rg_request *req)
{
	struct rg_request asked = placed_request(req);
	struct call call = { .req = *req };
	struct rg_plan plan;
	struct rg_plan hidden;
	struct verdict verdict;

	limits = read_limits(layout, STALE_TOTALS);
	call.seen = (struct rg_mm){ snapshot_find, &before, limits };
	call.hidden = hide_some(req);
	plan = rg_plan_make(&asked, &call.seen, &machine.kernel);
	hidden = rg_plan_make(&asked, &call.hidden, &machine.kernel);
	placed_look(layout, &before, req);
	make_call(&call);
	if (placed_moved(&call, &before, &plan))
		hidden = plan;
	verdict = verdict_of(&call, &plan, &hidden);
	if (!verdict.wrong && beside)
		beside->call(layout, &call, &plan, &hidden);
	if (!verdict.wrong)
		go_on(&call);
	return verdict;
}

const char *judge_end(void)
{
	snapshot_read(&after, SNAPSHOT_SMAPS);
	return snapshot_equal(&before, &after) ? NULL : "flags";
}

/* -------------------------------------------------------------- printing */

static void print_contents(const char *what, const struct layout *layout,
			   const struct contents *contents)
{
	printf("# %s:\n", what);
	for (unsigned int i = 0; i < contents->nr; i++) {
		const struct piece *piece = &contents->pieces[i];

		if (!layout_meets_own(layout, piece->start,
				      piece->end - piece->start))
			printf("#   %" PRIx64 "-%" PRIx64 " %" PRIx64
			       " %" PRIx64 "\n",
			       piece->start, piece->end, piece->flags,
			       piece->attributes);
	}
}

static void print_plan(const struct rg_plan *plan)
{
	const struct rg_check_info *info = rg_check_info(plan->check);

	printf("# planned %s, check %s, damage %x, unknown %x, may refuse "
	       "%" PRIx64 ", result %" PRIx64 "\n",
	       rg_path_name(plan->path), info ? info->name : "none",
	       plan->damage, plan->unknown, plan->may_refuse, plan->result);
	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++)
		printf("#   %s %" PRIx64 "+%" PRIx64 " %" PRIx64 "\n",
		       rg_step_name(plan->steps[i].kind), plan->steps[i].start,
		       plan->steps[i].len, plan->steps[i].to);
}

void judge_print(const struct layout *layout, const struct verdict *verdict)
{
	int error = verdict->result < 0 && verdict->result > -4096
			    ? (int)-verdict->result
			    : 0;

	print_plan(&verdict->plan);
	printf("# got %" PRIx64 " (%s)\n", (uint64_t)verdict->result,
	       error ? strerrorname_np(error) : "ok");
	print_contents("expected", layout, &expected);
	print_contents("found", layout, &found);
	if (placed)
		bytes_print();
}
