/* SPDX-License-Identifier: MIT */

/*
 * Since 6.17 a move to a fixed address that does not resize takes all vmas of
 * the range, one after the other, keeping their distances:
 *
 *        addr                                addr + old_len
 *          |=====A=====|~~~~~~|===B===|==C==|~~~~|
 *          :           :      :       :     :
 *          |=====A=====|~gap~~|===B===|==C==|
 *       new_addr
 *
 * A gap at the start is refused, one at the end is not, and one between two
 * vmas leaves what is mapped at its destination. Each vma is checked and
 * moved before the next is looked at: a refusal leaves the earlier ones moved.
 */

#include "model/remap.h"

static void refuse(struct rg_remap *r, enum rg_check check)
{
	rg_plan_refuse(r->plan, check);
}

/* Notify of userfaultfd, or a moved target, would break the walk. */
static enum rg_answer unfit(struct rg_remap *r, bool alone)
{
	enum rg_answer unfit;

	r->missing = 0;
	if (alone)
		return RG_NO;
	unfit = rg_vma_is(r, &r->vma, RG_VMA_UFFD);
	if (unfit == RG_YES)
		return RG_YES;
	return rg_or(unfit, rg_vma_is(r, &r->vma, RG_VMA_PICKS_ADDRESS));
}

/* Make the slice of the range that lies in one vma the range to move. */
static void take_slice(struct rg_remap *r, uint64_t start, uint64_t end)
{
	uint64_t addr = r->vma.start > start ? r->vma.start : start;

	r->addr = addr;
	r->old_len = (r->vma.end < end ? r->vma.end : end) - addr;
	r->new_len = r->old_len;
	rg_remap_resized(r);
}

/* Return: whether it was moved. */
static bool move_slice(struct rg_remap *r, bool alone)
{
	enum rg_answer answer = unfit(r, alone);

	if (rg_stage_refuses(r, RG_CHECK_MULTI_UNFIT, answer)) {
		refuse(r, RG_CHECK_MULTI_UNFIT);
		return false;
	}
	if (rg_stages_end(r, r->rules->source) ||
	    rg_stages_end(r, r->rules->to) || rg_stages_end(r, r->rules->move))
		return false;
	r->dest_done = r->new_addr + r->new_len;
	return true;
}

static bool first_slice(struct rg_remap *r, uint64_t end)
{
	const struct rg_vma *vma = rg_lookup(r, RG_SLOT_SOURCE, r->addr);

	if (r->blind)
		return false;
	if (!vma || vma->start >= end || end < r->addr) {
		refuse(r, RG_CHECK_SOURCE_UNMAPPED);
		return false;
	}
	if (vma->start > r->addr) {
		refuse(r, RG_CHECK_MULTI_GAP);
		return false;
	}
	r->vma = *vma;
	r->plan->source = *vma;
	take_slice(r, r->addr, end);
	return move_slice(r, vma->end >= end);
}

static bool next_slice(struct rg_remap *r, uint64_t end)
{
	uint64_t last_end = r->vma.end;
	const struct rg_vma *vma = rg_lookup(r, RG_SLOT_NEXT, last_end);

	if (!vma || vma->start >= end)
		return false;
	r->vma = *vma;
	r->new_addr = r->dest_done + (vma->start - last_end);
	take_slice(r, vma->start, end);
	return move_slice(r, false);
}

void rg_plan_multi(struct rg_remap *r)
{
	uint64_t end = r->addr + r->old_len;
	struct rg_plan *plan = r->plan;
	uint32_t moved = 0;
	bool more;

	r->when |= RG_WHEN_MOVE;
	for (more = first_slice(r, end); more; moved++)
		more = r->vma.end < end && next_slice(r, end);
	if (plan->path == RG_PATH_REFUSE) {
		if (moved)
			plan->damage |= RG_DAMAGE_VMAS_MOVED;
		return;
	}
	if (moved > 1)
		plan->path = RG_PATH_MULTI_MOVE;
}
