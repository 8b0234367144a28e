/* SPDX-License-Identifier: MIT */

/* What those findings look for that only show in what a call did. */

#include "model/findings.h"

/* Nothing was found at the old address. */
enum rg_answer rg_range_is_stale(const struct rg_look *look)
{
	enum rg_check check = look->scene->check;

	return rg_answer_of(look->scene->facts & RG_FACT_MOVED_AWAY &&
			    (check == RG_CHECK_SOURCE_UNMAPPED ||
			     check == RG_CHECK_MULTI_GAP));
}

static bool may_move_several(const struct rg_look *look)
{
	return rg_look_has(look, RG_MREMAP_FIXED) &&
	       look->old_len == look->new_len &&
	       rg_generation_has_check(look->scene->kernel->generation,
				       RG_CHECK_MULTI_GAP);
}

/* The errno does not say how far it came: only a plan does. */
enum rg_answer rg_stopped_part_way(const struct rg_look *look)
{
	const struct rg_scene *scene = look->scene;

	if (scene->path != RG_PATH_REFUSE)
		return RG_NO;
	if (scene->damage & RG_DAMAGE_VMAS_MOVED)
		return RG_YES;
	return scene->agreement != RG_AGREE_YES && may_move_several(look)
		       ? RG_MAYBE
		       : RG_NO;
}

#define SLOW_LEN (UINT64_C(2) << 20)

/* With 64 KB pages an entry maps 512 MB on arm64, but 2 MB on powerpc. */
#define PAGE_64K (UINT64_C(64) << 10)

static enum rg_answer lie_alike(const struct rg_look *look, uint64_t to)
{
	uint64_t entry = look->page_size * (look->page_size / 8);
	uint64_t difference = look->addr ^ to;

	if (!(difference & (entry - 1)))
		return RG_YES;
	return look->page_size < PAGE_64K || difference & (SLOW_LEN - 1)
		       ? RG_NO
		       : RG_MAYBE;
}

static uint64_t moved_len(const struct rg_look *look)
{
	const struct rg_plan *plan = look->plan;

	if (plan && plan->path == look->scene->path)
		return plan->moved_len;
	return rg_look_grows(look) ? look->old_len : look->new_len;
}

/*
 * What is no longer than an entry of the page table's second level has none
 * to move whole, wherever it goes. Huge pages always do.
 */
enum rg_answer rg_moved_slowly(const struct rg_look *look)
{
	uint64_t entry = look->page_size * (look->page_size / 8);
	uint64_t least = entry > SLOW_LEN ? entry : SLOW_LEN;

	if (!rg_is_move(look->scene->path) || moved_len(look) < least)
		return RG_NO;
	return rg_not(lie_alike(look, (uint64_t)look->scene->result));
}

enum rg_answer rg_creeps(const struct rg_look *look)
{
	return rg_answer_of(look->scene->facts & RG_FACT_CREEPING);
}

static uint64_t nine_tenths(uint64_t value)
{
	return value / 10 * 9 + value % 10 * 9 / 10;
}

enum rg_answer rg_maps_nearly_used_up(const struct rg_look *look)
{
	const struct rg_limits *limits = look->scene->limits;
	uint32_t both = 1u << RG_LIMIT_MAP_COUNT | 1u << RG_LIMIT_MAX_MAP_COUNT;

	if (look->scene->path != RG_PATH_REFUSE)
		return RG_NO;
	if ((limits->known & both) != both)
		return RG_MAYBE;
	return rg_answer_of(limits->map_count >
			    nine_tenths(limits->max_map_count));
}

/*
 * musl asks how far the stack reaches by growing its pages, one after the
 * other, until one is not there; allocators try to grow in place first.
 */
enum rg_answer rg_probes(const struct rg_look *look)
{
	bool by_one_page = look->req->old_len == look->page_size &&
			   look->req->new_len == 2 * look->page_size;

	if (look->req->flags || !look->old_len || !rg_look_grows(look))
		return RG_NO;
	return rg_answer_of(look->scene->check == RG_CHECK_NO_ROOM ||
			    (by_one_page &&
			     look->scene->check == RG_CHECK_SOURCE_UNMAPPED));
}

enum rg_answer rg_mismatched(const struct rg_look *look)
{
	return rg_answer_of(look->scene->agreement == RG_AGREE_MISMATCH);
}
