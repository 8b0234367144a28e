/* SPDX-License-Identifier: MIT */

/*
 * What munmap does when mremap calls it: for the destination of MREMAP_FIXED
 * and for the tail of a shrinking range.
 *
 *              start                        end
 *    ~~~~~|======|======|   |=====|   |=======|====|~~~~~
 *                ^ cut                        ^ cut
 *
 * The kernel walks the vmas. It cuts the first one, then goes on, refusing
 * at a sealed one or at one that cannot be cut. What it had cut stays cut;
 * nothing is unmapped unless everything can be.
 */

#include "model/remap.h"

struct unmapping {
	uint64_t start;
	uint64_t end;
	/* nothing is left here: the destination, when the tail is unmapped */
	uint64_t gone_start;
	uint64_t gone_end;
	/* the checks by which it may be refused */
	enum rg_check sealed;
	enum rg_check unsplittable;
	enum rg_check map_count;

	uint32_t nr_vmas;
	bool cut; /* a vma has been cut at start */
};

static bool refuses(struct rg_remap *r, enum rg_check check,
		    enum rg_answer answer)
{
	return rg_stage_refuses(r, check, answer);
}

static enum rg_answer vma_sealed(struct rg_remap *r, const struct rg_vma *vma)
{
	if (r->rules->seals == RG_SEALS_NONE)
		return RG_NO;
	return rg_vma_is(r, vma, RG_VMA_SEALED);
}

static enum rg_answer no_map_left(struct rg_remap *r)
{
	struct rg_span maps = rg_span_add(rg_map_count(r), rg_span_of(1));

	return rg_span_exceeds(maps, rg_limit(r, RG_LIMIT_MAX_MAP_COUNT));
}

/* Cutting out the middle leaves one vma more, so the count is tested. */
static enum rg_check cut_start(struct rg_remap *r, struct unmapping *u,
			       const struct rg_vma *vma)
{
	if (r->rules->seals == RG_SEALS_RANGE &&
	    refuses(r, u->sealed, vma_sealed(r, vma)))
		return u->sealed;
	if (vma->end > u->end && refuses(r, u->map_count, no_map_left(r)))
		return u->map_count;
	if (refuses(r, u->sealed, vma_sealed(r, vma)))
		return u->sealed;
	if (refuses(r, u->unsplittable,
		    rg_vma_unsplittable_at(r, vma, u->start)))
		return u->unsplittable;
	u->cut = true;
	r->undone |= r->rules->seals != RG_SEALS_RANGE;
	return RG_CHECK_NONE;
}

static enum rg_check take_vma(struct rg_remap *r, struct unmapping *u,
			      const struct rg_vma *vma)
{
	enum rg_check check = RG_CHECK_NONE;

	if (vma->start < u->start)
		check = cut_start(r, u, vma);
	else if (refuses(r, u->sealed, vma_sealed(r, vma)))
		check = u->sealed;
	if (check)
		return check;
	if (vma->end > u->end &&
	    refuses(r, u->unsplittable, rg_vma_unsplittable_at(r, vma, u->end)))
		return u->unsplittable;
	return RG_CHECK_NONE;
}

static void count(struct rg_remap *r, const struct unmapping *u,
		  const struct rg_vma *vma)
{
	uint64_t start = vma->start > u->start ? vma->start : u->start;
	uint64_t end = vma->end < u->end ? vma->end : u->end;
	uint64_t pages = rg_pages(r, end - start);
	struct rg_freed *freed = &r->freed;

	freed->total_pages = rg_span_add(freed->total_pages, rg_span_of(pages));
	freed->data_pages = rg_span_add(
		freed->data_pages, rg_pages_if(rg_vma_is_data(r, vma), pages));
	freed->locked_pages = rg_span_add(
		freed->locked_pages,
		rg_pages_if(rg_vma_is(r, vma, RG_VMA_LOCKED), pages));
	if (vma->start >= u->start && vma->end <= u->end)
		freed->maps = rg_span_add(freed->maps, rg_span_of(1));
	if (vma->start < u->start && vma->end > u->end)
		freed->new_maps = rg_span_add(freed->new_maps, rg_span_of(1));
	freed->missing |= r->missing; /* that is what made the spans wide */
	r->missing = 0;
}

/*
 * Of a vma seen from `at` on, outside of what is gone. Earlier slices of a
 * multi-move may have taken its front: what is left begins where they end.
 */
static struct rg_vma what_is_left(const struct rg_remap *r,
				  const struct unmapping *u, uint64_t at,
				  const struct rg_vma *vma)
{
	struct rg_vma left = *vma;

	if (left.start < r->dest_done && left.end > r->dest_done)
		left.start = r->dest_done;
	if (at < u->gone_start && left.end > u->gone_start)
		left.end = u->gone_start;
	if (at >= u->gone_end && left.start < u->gone_end)
		left.start = u->gone_end;
	return left;
}

/*
 * With RG_SEALS_RANGE a sealed vma anywhere is found before the first one is
 * cut, so one further on has precedence over what stopped the walk.
 */
static enum rg_check seals_first(struct rg_remap *r, struct unmapping *u,
				 const struct rg_vma *vma)
{
	while (vma && vma->start < u->end) {
		if (refuses(r, u->sealed, vma_sealed(r, vma)))
			return u->sealed;
		if (vma->end >= u->end)
			break;
		vma = rg_lookup(r, RG_SLOT_DEST, vma->end);
	}
	return RG_CHECK_NONE;
}

/* The first that is left at `at` or behind it; NULL for nothing to unmap. */
static const struct rg_vma *find_left(struct rg_remap *r,
				      const struct unmapping *u, uint64_t *at)
{
	const struct rg_vma *vma = NULL;

	while (*at < u->end) {
		vma = rg_lookup(r, RG_SLOT_DEST, *at);
		if (!vma || vma->start >= u->end)
			return NULL;
		if (vma->start > *at)
			*at = vma->start;
		if (*at < u->gone_start || *at >= u->gone_end)
			return vma;
		*at = u->gone_end;
	}
	return NULL;
}

static enum rg_check unmap(struct rg_remap *r, struct unmapping *u)
{
	enum rg_check check = RG_CHECK_NONE;
	uint64_t at = u->start;
	const struct rg_vma *seen;
	struct rg_vma vma;

	while (!check && (seen = find_left(r, u, &at))) {
		vma = what_is_left(r, u, at, seen);
		at = vma.end;
		check = take_vma(r, u, &vma);
		if (!check) {
			count(r, u, &vma);
			u->nr_vmas++;
		} else if (r->rules->seals == RG_SEALS_RANGE &&
			   check != u->sealed &&
			   seals_first(r, u, seen) == u->sealed) {
			return u->sealed;
		}
	}
	if (check && u->cut && r->rules->seals != RG_SEALS_RANGE)
		r->plan->damage |= RG_DAMAGE_VMA_SPLIT;
	return check;
}

/* ------------------------------------------------------------------ acts */

static enum rg_answer beyond_task(struct rg_remap *r, uint64_t start,
				  uint64_t len)
{
	return rg_span_exceeds(rg_span_of(rg_sum(start, len)),
			       rg_limit(r, RG_LIMIT_TASK_SIZE));
}

/* What rounding to huge pages, after the arguments were checked, has undone. */
static enum rg_check outgrown(struct rg_remap *r)
{
	if (!r->new_len)
		return RG_CHECK_NEW_LEN_ZERO;
	if (refuses(r, RG_CHECK_NEW_ADDR_RANGE,
		    beyond_task(r, r->new_addr, r->new_len)))
		return RG_CHECK_NEW_ADDR_RANGE;
	return RG_CHECK_NONE;
}

static void leave_damage(struct rg_remap *r, enum rg_damage damage)
{
	r->plan->damage |= damage;
	r->undone = true;
}

/* Only where lengths wrap, or with none, may one be in the other. */
static bool dest_holds_source(struct rg_remap *r)
{
	const struct rg_vma *vma;

	if (r->addr - r->new_addr >= r->new_len)
		return false;
	vma = rg_lookup(r, RG_SLOT_SOURCE, r->addr);
	return vma && vma->start <= r->addr;
}

enum rg_check rg_act_unmap_dest(struct rg_remap *r)
{
	struct unmapping u = {
		.start = r->new_addr,
		.end = r->new_addr + r->new_len,
		.sealed = RG_CHECK_DEST_SEALED,
		.unsplittable = RG_CHECK_DEST_UNSPLITTABLE,
		.map_count = RG_CHECK_DEST_MAP_COUNT,
	};
	enum rg_check check = outgrown(r);

	if (!check)
		check = unmap(r, &u);
	if (check || r->blind)
		return check;
	if (u.nr_vmas)
		leave_damage(r, RG_DAMAGE_DEST_UNMAPPED);
	if (dest_holds_source(r))
		leave_damage(r, RG_DAMAGE_SOURCE_UNMAPPED);
	rg_plan_add_step(r->plan,
			 (struct rg_step){ RG_STEP_UNMAP_DEST, r->new_addr,
					   r->new_len, 0 });
	return RG_CHECK_NONE;
}

enum rg_check rg_act_unmap_tail(struct rg_remap *r)
{
	uint64_t start = r->addr + r->new_len;
	uint64_t len = r->old_len - r->new_len;
	struct unmapping u = {
		.start = start,
		.end = rg_sum(start, len),
		.sealed = RG_CHECK_TAIL_SEALED,
		.unsplittable = RG_CHECK_TAIL_UNSPLITTABLE,
		.map_count = RG_CHECK_TAIL_MAP_COUNT,
	};
	enum rg_check check;

	if (rg_when(r, RG_WHEN_FIXED)) {
		u.gone_start = r->new_addr;
		u.gone_end = r->new_addr + r->new_len;
	}
	if (refuses(r, RG_CHECK_TAIL_RANGE, beyond_task(r, start, len)))
		return RG_CHECK_TAIL_RANGE;
	check = unmap(r, &u);
	if (check || r->blind)
		return check;
	if (u.nr_vmas)
		leave_damage(r, RG_DAMAGE_TAIL_UNMAPPED);
	rg_plan_add_step(r->plan,
			 (struct rg_step){ RG_STEP_UNMAP_TAIL, start, len, 0 });
	return RG_CHECK_NONE;
}
