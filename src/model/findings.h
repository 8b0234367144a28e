/* SPDX-License-Identifier: MIT */
#ifndef RG_MODEL_FINDINGS_H
#define RG_MODEL_FINDINGS_H

/*
 * A finding is a row of findings.c: what it is called, what is done about it,
 * and the predicate below that tells whether a call has it.
 */

#include "remapguard/model.h"

#include "model/remap.h"

/* A scene, and what follows from it at once. */
struct rg_look {
	const struct rg_scene *scene;
	const struct rg_request *req;
	const struct rg_plan *plan; /* NULL: not planned */
	uint64_t page_size;
	uint64_t addr;	  /* without a tag */
	uint64_t old_len; /* rounded, to huge pages where there are such */
	uint64_t new_len;
};

static inline bool rg_look_has(const struct rg_look *look, uint64_t flag)
{
	return look->req->flags & flag;
}

static inline bool rg_look_grows(const struct rg_look *look)
{
	return look->new_len > look->old_len;
}

static inline bool rg_look_shrinks(const struct rg_look *look)
{
	return look->new_len < look->old_len;
}

/* Do pages change place on this path? */
static inline bool rg_is_move(enum rg_path path)
{
	return path == RG_PATH_MOVE || path == RG_PATH_DONTUNMAP ||
	       path == RG_PATH_MULTI_MOVE;
}

/* hazards.c: before the call, of a plan that goes on. */
enum rg_answer rg_clobbers(const struct rg_look *look);
enum rg_answer rg_shrinks_past_vma(const struct rg_look *look);
enum rg_answer rg_extent_unmapped(const struct rg_look *look);
enum rg_answer rg_tears(const struct rg_look *look);
enum rg_answer rg_moves_executable(const struct rg_look *look);
enum rg_answer rg_touches_loaded(const struct rg_look *look);
enum rg_answer rg_touches_heap_or_stack(const struct rg_look *look);
enum rg_answer rg_grows_beyond_object(const struct rg_look *look);
enum rg_answer rg_moves_special(const struct rg_look *look);
enum rg_answer rg_loses_uffd(const struct rg_look *look);
enum rg_answer rg_leaks_commit(const struct rg_look *look);
/* Before the call, of one that is refused too late. */
enum rg_answer rg_refused_too_late(const struct rg_look *look);
/* Of the arguments. */
enum rg_answer rg_lengths_unaligned(const struct rg_look *look);
enum rg_answer rg_old_len_wraps(const struct rg_look *look);
enum rg_answer rg_duplicates_onto_self(const struct rg_look *look);
enum rg_answer rg_assumes_page_size(const struct rg_look *look);
enum rg_answer rg_overlaps_a_call(const struct rg_look *look);
/* results.c: after the call. */
enum rg_answer rg_range_is_stale(const struct rg_look *look);
enum rg_answer rg_stopped_part_way(const struct rg_look *look);
enum rg_answer rg_moved_slowly(const struct rg_look *look);
enum rg_answer rg_creeps(const struct rg_look *look);
enum rg_answer rg_maps_nearly_used_up(const struct rg_look *look);
enum rg_answer rg_probes(const struct rg_look *look);
enum rg_answer rg_mismatched(const struct rg_look *look);

#endif
