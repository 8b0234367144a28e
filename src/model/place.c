/* SPDX-License-Identifier: MIT */

/*
 * Where the range goes: the room behind it, the hole or the address it is
 * moved to, and what moving costs.
 */

#include "model/remap.h"

/* ---------------------------------------------------------- grow in place */

/* vm.mmap_min_addr is applied to the start of the vma once more. */
static enum rg_answer vma_too_low(struct rg_remap *r)
{
	struct rg_span least = rg_limit(r, RG_LIMIT_MMAP_MIN_ADDR);
	enum rg_answer low = rg_span_exceeds(least, rg_span_of(r->vma.start));

	if (low != RG_NO)
		low = rg_and(low,
			     rg_not(rg_capable(r, RG_LIMIT_CAP_SYS_RAWIO)));
	return low;
}

/* The guard gap below a stack that follows is not respected. */
static bool next_in_the_way(struct rg_remap *r, uint64_t end)
{
	const struct rg_vma *next = rg_lookup(r, RG_SLOT_NEXT, r->vma.end);

	return next && next->start < end;
}

/*
 *      vma.start     addr            vma.end           next
 *          |-----------|----------------|~~~~~~~~~~~~~~~~|====
 *                      |--- old_len ----|~~~ delta ~~~|
 */
static enum rg_answer expandable(struct rg_remap *r)
{
	uint64_t end = rg_sum(r->vma.end, r->new_len - r->old_len);
	enum rg_answer beyond;
	enum rg_answer low;

	if (r->old_len != r->vma.end - r->addr)
		return RG_NO;
	beyond = rg_span_exceeds(rg_span_of(end),
				 rg_limit(r, RG_LIMIT_TASK_SIZE));
	if (beyond == RG_YES)
		return RG_NO;
	low = vma_too_low(r);
	if (low == RG_YES || next_in_the_way(r, end))
		return RG_NO;
	return rg_not(rg_or(beyond, low));
}

/* It is planned to stay; what only a move would meet is possible. */
static void doubt_room(struct rg_remap *r)
{
	struct rg_plan *plan = r->plan;

	plan->unknown |= r->missing;
	if (!(r->req->flags & RG_MREMAP_MAYMOVE)) {
		plan->may_refuse |= UINT64_C(1) << RG_CHECK_NO_ROOM;
		return;
	}
	plan->may_move = true;
	rg_stages_doubt(r, r->rules->move);
}

enum rg_check rg_act_try_in_place(struct rg_remap *r)
{
	enum rg_answer fits;

	r->missing = 0;
	fits = expandable(r);
	r->when |= fits == RG_NO ? RG_WHEN_MOVE : RG_WHEN_IN_PLACE;
	if (fits == RG_MAYBE)
		doubt_room(r);
	return RG_CHECK_NONE;
}

enum rg_check rg_act_expand(struct rg_remap *r)
{
	struct rg_plan *plan = r->plan;

	plan->path = RG_PATH_EXPAND_IN_PLACE;
	plan->result = r->addr;
	plan->nr_vmas = 1;
	rg_plan_add_step(plan, (struct rg_step){ RG_STEP_EXPAND, r->vma.end,
						 r->new_len - r->old_len, 0 });
	return RG_CHECK_NONE;
}

/* ------------------------------------------------------------ a new place */

/* Without a hint above it, none is sought above 47 bits, if there are more. */
#define LEAST_WINDOW (UINT64_C(1) << 47)
/* Every kernel searches the upper two thirds, and some begin there. */
#define SEARCHED_FROM 3
/* For guard gaps below stacks, and alignment to huge pages. */
#define HOLE_SLACK (UINT64_C(64) << 30)

/* Is there a hole of len bytes between the two addresses? */
static bool hole_exists(struct rg_remap *r, uint64_t len, uint64_t at,
			uint64_t end)
{
	const struct rg_vma *vma;

	while ((vma = rg_lookup(r, RG_SLOT_DEST, at)) && vma->start < end) {
		if (vma->start > at && vma->start - at >= len)
			return true;
		at = vma->end;
	}
	return !r->blind && end > at && end - at >= len;
}

/*
 * Which holes the kernel searches depends on its random base and on guard
 * gaps. A large one that is searched in any case will do, and nearly always
 * the first look finds it; where there is none at all, it is certain too.
 */
enum rg_answer rg_no_space(struct rg_remap *r)
{
	struct rg_span task_size = rg_limit(r, RG_LIMIT_TASK_SIZE);
	uint64_t window =
		task_size.lo < LEAST_WINDOW ? task_size.lo : LEAST_WINDOW;

	if (rg_when(r, RG_WHEN_FIXED))
		return RG_NO;
	if (r->new_len > task_size.hi)
		return RG_YES;
	if (hole_exists(r, rg_sum(r->new_len, HOLE_SLACK),
			window / SEARCHED_FROM, window))
		return RG_NO;
	if (!hole_exists(r, r->new_len, r->page_size, task_size.hi))
		return RG_YES;
	r->missing |= RG_UNKNOWN_VMAS;
	return RG_MAYBE;
}

/* Without MREMAP_FIXED the address is a hint, taken if nothing is there. */
enum rg_answer rg_address_too_low(struct rg_remap *r)
{
	struct rg_span least = rg_limit(r, RG_LIMIT_MMAP_MIN_ADDR);
	enum rg_answer low = rg_span_exceeds(least, rg_span_of(r->new_addr));

	if (low == RG_NO)
		return RG_NO;
	low = rg_and(low, rg_not(rg_capable(r, RG_LIMIT_CAP_SYS_RAWIO)));
	if (rg_when(r, RG_WHEN_FIXED) || low == RG_NO)
		return low;
	if (!r->new_addr)
		return RG_NO;
	r->missing |= RG_UNKNOWN_MIN_ADDR;
	return RG_MAYBE;
}

/* System V's shared memory asks shmem, which takes any address. */
enum rg_answer rg_driver_may_refuse_address(struct rg_remap *r)
{
	if (r->vma.kind == RG_KIND_SHMEM)
		return RG_NO;
	if (rg_vma_is(r, &r->vma, RG_VMA_PICKS_ADDRESS) == RG_NO)
		return RG_NO;
	r->missing |= RG_UNKNOWN_SPECIAL;
	return RG_MAYBE;
}

/* ------------------------------------------------------------------- cost */

/*
 * What a page-table entry one and two levels up maps, where a table fills a
 * page. With 64 KB pages it does so on arm64, but not on powerpc, where an
 * entry maps 2 MB as on others.
 */
#define PMD_64K_PAGES (UINT64_C(512) << 20)
#define LEAST_PMD (UINT64_C(2) << 20)

static uint64_t pmd_size(const struct rg_remap *r)
{
	return r->page_size * (r->page_size / 8);
}

static uint64_t pud_size(const struct rg_remap *r)
{
	return pmd_size(r) * (r->page_size / 8);
}

/*
 * Anonymous memory whose length is a multiple of a PMD entry is aligned to
 * one since 6.7, if a hole allows; at first any that was longer.
 */
static uint64_t picked_align(struct rg_remap *r)
{
	uint64_t size = pmd_size(r);
	uint64_t align = size < PMD_64K_PAGES ? size : LEAST_PMD;

	if (r->vma.kind != RG_KIND_ANON || r->new_len < size ||
	    r->version < RG_KERNEL_VERSION(6, 7) || rg_when(r, RG_WHEN_TO))
		return r->page_size;
	if (r->version < RG_KERNEL_VERSION(6, 12))
		return align;
	return r->new_len & (size - 1) ? r->page_size : align;
}

/*
 *        size         size         size
 *     |---------|-----------|-----------|
 *           |======= range =====|
 *                |== whole ==|
 *
 * A whole entry moves at once if both ranges lie alike in theirs.
 */
static bool moves_whole(const struct rg_remap *r, uint64_t size,
			uint64_t to_align)
{
	uint64_t first = rg_round_up(r->addr, size);
	uint64_t end = r->addr + rg_shorter_len(r);
	bool alike;

	if (to_align)
		alike = to_align >= size && !(r->addr & (size - 1));
	else
		alike = !((r->addr ^ r->new_addr) & (size - 1));
	return alike && first < end && end - first >= size;
}

/* to_align: of an address yet to be picked, 0 where new_addr says it. */
enum rg_cost rg_move_cost(const struct rg_remap *r, uint64_t to_align)
{
	if (r->vma.page_size > r->page_size)
		return r->vma.page_size < pud_size(r) ? RG_COST_PMD
						      : RG_COST_PUD;
	if (r->vma.known & r->vma.flags & RG_VMA_UFFD)
		return RG_COST_PTE;
	if (r->version >= RG_KERNEL_VERSION(5, 11) &&
	    moves_whole(r, pud_size(r), to_align))
		return RG_COST_PUD;
	return moves_whole(r, pmd_size(r), to_align) ? RG_COST_PMD
						     : RG_COST_PTE;
}

/* ------------------------------------------------------------------- acts */

enum rg_check rg_act_pick(struct rg_remap *r)
{
	if (rg_when(r, RG_WHEN_FIXED))
		return RG_CHECK_NONE;
	r->plan->result_align = picked_align(r);
	rg_plan_add_step(r->plan,
			 (struct rg_step){ RG_STEP_PICK, 0, r->new_len, 0 });
	return RG_CHECK_NONE;
}

static enum rg_path move_path(const struct rg_remap *r)
{
	if (rg_when(r, RG_WHEN_DONTUNMAP))
		return RG_PATH_DONTUNMAP;
	return r->old_len ? RG_PATH_MOVE : RG_PATH_DUPLICATE;
}

/* A kept source is not cut; a moved one is, at the ends of the range. */
static void count_move(struct rg_remap *r)
{
	uint64_t end = r->addr + r->new_len;
	uint64_t cuts = (r->vma.start != r->addr) + (r->vma.end != end);
	uint64_t pages = rg_pages(r, r->new_len);
	struct rg_freed *freed = &r->freed;

	/* the moved vma may merge with its neighbours on both sides */
	freed->maps.hi += 2;
	if (!rg_when(r, RG_WHEN_DONTUNMAP)) {
		freed->new_maps.hi += cuts;
		return;
	}
	freed->new_maps.hi += 1;
	freed->new_pages = rg_span_add(freed->new_pages, rg_span_of(pages));
	freed->new_data_pages =
		rg_span_add(freed->new_data_pages,
			    rg_pages_if(rg_vma_is_data(r, &r->vma), pages));
}

enum rg_check rg_act_move(struct rg_remap *r)
{
	bool fixed = rg_when(r, RG_WHEN_FIXED);
	uint64_t to = fixed ? r->new_addr : 0;
	uint64_t len = rg_shorter_len(r);
	struct rg_plan *plan = r->plan;
	enum rg_cost cost;

	plan->path = move_path(r);
	if (plan->path == RG_PATH_DUPLICATE) {
		rg_plan_add_step(plan, (struct rg_step){ RG_STEP_COPY, r->addr,
							 r->new_len, to });
	} else {
		cost = rg_move_cost(r, fixed ? 0 : plan->result_align);
		if (!plan->cost || cost < plan->cost)
			plan->cost = cost;
		rg_plan_add_step(plan, (struct rg_step){ RG_STEP_MOVE, r->addr,
							 len, to });
		rg_plan_add_step(
			plan, (struct rg_step){ rg_when(r, RG_WHEN_DONTUNMAP)
							? RG_STEP_KEEP_SOURCE
							: RG_STEP_UNMAP_SOURCE,
						r->addr, len, 0 });
	}
	if (!plan->nr_vmas++)
		plan->result = to;
	plan->moved_len += len;
	r->undone = true;
	count_move(r);
	return RG_CHECK_NONE;
}
