/* SPDX-License-Identifier: MIT */

/*
 * What each finding that is no refusal looks for. "Maybe" is for what could
 * not be seen, and is not reported: a finding is said only of a call that has
 * it.
 */

#include "model/findings.h"

/* ---------------------------------------------------------- how it goes */

static bool has_flag(const struct rg_look *look, uint64_t flag)
{
	return look->req->flags & flag;
}

static bool goes_on(const struct rg_look *look)
{
	return look->plan->path != RG_PATH_REFUSE &&
	       look->plan->path != RG_PATH_INVALID;
}

static bool path_moves(enum rg_path path)
{
	return path == RG_PATH_MOVE || path == RG_PATH_DONTUNMAP ||
	       path == RG_PATH_MULTI_MOVE;
}

/* Does anything that is mapped change? */
static bool changes(const struct rg_look *look)
{
	return goes_on(look) && look->plan->path != RG_PATH_NO_RESIZE;
}

static bool grows(const struct rg_look *look)
{
	return look->new_len > look->old_len;
}

static uint64_t shorter_len(const struct rg_look *look)
{
	return grows(look) ? look->old_len : look->new_len;
}

static enum rg_answer vma_is(const struct rg_vma *vma, uint32_t flag)
{
	if (!(vma->known & flag))
		return RG_MAYBE;
	return rg_answer_of(vma->flags & flag);
}

/* ------------------------------------------------------- walking vmas */

struct walk {
	const struct rg_look *look;
	uint64_t at;
	uint64_t end;
	struct rg_vma vma;
	bool failed; /* the rest cannot be told */
};

static struct walk walk_of(const struct rg_look *look, uint64_t start,
			   uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	return (struct walk){ .look = look, .at = start, .end = end };
}

/* The next vma of the range in w->vma. */
static bool next_vma(struct walk *w)
{
	const struct rg_mm *mm = w->look->scene->mm;
	int found = 0;

	if (w->at >= w->end)
		return false;
	found = mm->find_vma(mm->ctx, w->at, &w->vma);
	if (found < 0)
		w->failed = true;
	if (found <= 0 || w->vma.start >= w->end)
		return false;
	w->at = w->vma.end;
	return true;
}

static enum rg_answer any_vma_is(const struct rg_look *look, uint64_t start,
				 uint64_t len, uint32_t flags)
{
	struct walk w = walk_of(look, start, len);
	enum rg_answer answer = RG_NO;

	while (answer != RG_YES && next_vma(&w)) {
		for (uint32_t left = flags; left; left &= left - 1)
			answer = rg_or(answer, vma_is(&w.vma, left & -left));
	}
	return w.failed ? rg_or(answer, RG_MAYBE) : answer;
}

/*
 * Of what a call takes away or puts somewhere else: its source, or the tail
 * of it, and its destination.
 */
static enum rg_answer touches(const struct rg_look *look, uint32_t flags)
{
	enum rg_answer answer = RG_NO;

	if (!changes(look))
		return RG_NO;
	if (path_moves(look->plan->path) || grows(look))
		answer = any_vma_is(look, look->addr, look->old_len, flags);
	else if (look->plan->path == RG_PATH_SHRINK)
		answer = any_vma_is(look, look->addr + look->new_len,
				    look->old_len - look->new_len, flags);
	if (answer != RG_YES && look->plan->fixed)
		answer = rg_or(answer, any_vma_is(look, look->req->new_addr,
						  look->new_len, flags));
	return answer;
}

/* ------------------------------------------------------------- arguments */

enum rg_answer rg_lengths_unaligned(const struct rg_look *look)
{
	return rg_answer_of((look->req->old_len | look->req->new_len) &
			    (look->page_size - 1));
}

enum rg_answer rg_old_len_wraps(const struct rg_look *look)
{
	return rg_answer_of(look->req->old_len && !look->old_len);
}

enum rg_answer rg_duplicates_onto_self(const struct rg_look *look)
{
	return rg_answer_of(!look->old_len && look->new_len &&
			    has_flag(look, RG_MREMAP_FIXED) &&
			    look->req->new_addr == look->addr);
}

#define LARGEST_PAGE (UINT64_C(64) << 10)

enum rg_answer rg_assumes_page_size(const struct rg_look *look)
{
	uint64_t values =
		look->req->addr | look->req->old_len | look->req->new_len;

	if (has_flag(look, RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP))
		values |= look->req->new_addr;
	return rg_answer_of(!(values & (look->page_size - 1)) &&
			    values & (LARGEST_PAGE - 1));
}

enum rg_answer rg_overlaps_a_call(const struct rg_look *look)
{
	return rg_answer_of(look->scene->facts & RG_FACT_OVERLAPPING_CALL);
}

/* ------------------------------------------------------------ destruction */

/* Nothing is lost with it: a reservation, or memory nobody has used. */
static enum rg_answer is_reservation(const struct rg_look *look,
				     const struct rg_vma *vma, uint64_t start,
				     uint64_t end)
{
	const struct rg_scene *scene = look->scene;
	uint32_t access = RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC;
	int empty;

	if (vma->kind != RG_KIND_ANON || vma_is(vma, RG_VMA_SHARED) != RG_NO)
		return RG_NO;
	if (!(vma->flags & access))
		return RG_YES;
	if (!scene->is_empty)
		return RG_MAYBE;
	empty = scene->is_empty(scene->ctx, start, end);
	return empty < 0 ? RG_MAYBE : rg_answer_of(empty);
}

static enum rg_answer range_holds_something(const struct rg_look *look,
					    uint64_t start, uint64_t len)
{
	struct walk w = walk_of(look, start, len);
	enum rg_answer holds = RG_NO;

	while (holds != RG_YES && next_vma(&w)) {
		uint64_t from = w.vma.start > start ? w.vma.start : start;
		uint64_t to = w.vma.end < w.end ? w.vma.end : w.end;

		holds = rg_or(holds,
			      rg_not(is_reservation(look, &w.vma, from, to)));
	}
	return w.failed ? rg_or(holds, RG_MAYBE) : holds;
}

/* Only what is unmapped: a multi-move leaves what lies under its gaps. */
enum rg_answer rg_clobbers(const struct rg_look *look)
{
	const struct rg_plan *plan = look->plan;
	enum rg_answer clobbers = RG_NO;

	if (!goes_on(look) || !plan->fixed)
		return RG_NO;
	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++) {
		if (plan->steps[i].kind == RG_STEP_UNMAP_DEST)
			clobbers = rg_or(clobbers,
					 range_holds_something(
						 look, plan->steps[i].start,
						 plan->steps[i].len));
	}
	/* a long list of vmas is cut off: the rest was not looked at */
	if (plan->nr_steps > RG_PLAN_MAX_STEPS)
		clobbers = rg_or(clobbers, RG_MAYBE);
	return clobbers;
}

enum rg_answer rg_refused_too_late(const struct rg_look *look)
{
	uint32_t lost = RG_DAMAGE_DEST_UNMAPPED | RG_DAMAGE_TAIL_UNMAPPED |
			RG_DAMAGE_SOURCE_UNMAPPED;

	if (look->scene->done)
		return rg_answer_of(look->scene->path == RG_PATH_REFUSE &&
				    look->scene->damage & lost);
	if (look->plan->path != RG_PATH_REFUSE || !(look->plan->damage & lost))
		return RG_NO;
	return rg_plan_refuses_surely(look->plan) ? RG_YES : RG_MAYBE;
}

static bool same_object(const struct rg_vma *a, const struct rg_vma *b)
{
	return a->inode == b->inode && a->dev == b->dev && a->kind == b->kind &&
	       !((a->flags ^ b->flags) & RG_VMA_SHARED);
}

/*
 *     addr      addr + new_len              addr + old_len
 *      |===== kept ====|--------- tail ----------|
 *      |======= vma ========|== same object ==|
 */
enum rg_answer rg_shrinks_past_vma(const struct rg_look *look)
{
	uint64_t end = look->addr + look->old_len;
	struct walk w = walk_of(look, look->addr, look->old_len);
	uint64_t reached = look->addr;
	struct rg_vma first = { 0 };

	if (!goes_on(look) || grows(look) || look->old_len == look->new_len)
		return RG_NO;
	while (next_vma(&w)) {
		if (!first.end)
			first = w.vma;
		if (w.vma.start > reached || !same_object(&first, &w.vma))
			return RG_YES;
		reached = w.vma.end;
	}
	return w.failed ? RG_MAYBE : rg_answer_of(reached < end);
}

enum rg_answer rg_extent_unmapped(const struct rg_look *look)
{
	uint64_t end = look->addr + look->old_len;
	struct walk w = walk_of(look, look->addr, look->old_len);
	uint64_t reached = look->addr;

	if (look->plan->path != RG_PATH_NO_RESIZE)
		return RG_NO;
	while (next_vma(&w)) {
		if (w.vma.start > reached)
			return RG_YES;
		reached = w.vma.end;
	}
	return w.failed ? RG_MAYBE : rg_answer_of(reached < end);
}

/* -------------------------------------------------- what should not move */

/*
 * Neighbours of private anonymous memory become one again, so there it means
 * nothing; the end of a mapping may be given away.
 */
enum rg_answer rg_tears(const struct rg_look *look)
{
	const struct rg_vma *vma = &look->plan->source;

	if (!path_moves(look->plan->path) ||
	    look->plan->path == RG_PATH_MULTI_MOVE ||
	    look->addr + shorter_len(look) >= vma->end)
		return RG_NO;
	if (vma->kind != RG_KIND_ANON)
		return RG_YES;
	return vma_is(vma, RG_VMA_SHARED);
}

/* All of the range that moves, whatever vmas it lies in. */
static enum rg_answer moves_any(const struct rg_look *look, uint32_t flag)
{
	if (!path_moves(look->plan->path))
		return RG_NO;
	if (look->plan->path != RG_PATH_MULTI_MOVE)
		return vma_is(&look->plan->source, flag);
	if (!look->scene->mm)
		return RG_MAYBE;
	return any_vma_is(look, look->addr, look->old_len, flag);
}

enum rg_answer rg_moves_executable(const struct rg_look *look)
{
	return moves_any(look, RG_VMA_EXEC);
}

enum rg_answer rg_loses_uffd(const struct rg_look *look)
{
	return moves_any(look, RG_VMA_UFFD);
}

enum rg_answer rg_moves_special(const struct rg_look *look)
{
	return rg_answer_of(path_moves(look->plan->path) &&
			    look->plan->source.kind == RG_KIND_DRIVER);
}

enum rg_answer rg_touches_loaded(const struct rg_look *look)
{
	if (changes(look) && look->plan->source.kind == RG_KIND_SPECIAL)
		return RG_YES;
	return touches(look, RG_VMA_LOADED);
}

static bool holds(uint64_t start, uint64_t len, uint64_t addr)
{
	return addr - start < len;
}

enum rg_answer rg_touches_heap_or_stack(const struct rg_look *look)
{
	uint64_t sp = look->scene->stack_pointer;

	if (changes(look) && sp &&
	    (holds(look->addr, look->old_len, sp) ||
	     (look->plan->fixed &&
	      holds(look->req->new_addr, look->new_len, sp))))
		return RG_YES;
	return touches(look, RG_VMA_HEAP | RG_VMA_STACK);
}

/* ------------------------------------------------------------- afterthoughts
 */

/* The last page of the object may be used up to its end. */
enum rg_answer rg_grows_beyond_object(const struct rg_look *look)
{
	const struct rg_scene *scene = look->scene;
	const struct rg_vma *vma = &look->plan->source;
	int64_t size;
	uint64_t end;

	if (!changes(look) || !grows(look) ||
	    (vma->kind != RG_KIND_FILE && vma->kind != RG_KIND_SHMEM))
		return RG_NO;
	if (!scene->object_size)
		return RG_MAYBE;
	size = scene->object_size(scene->ctx, vma);
	if (size < 0)
		return RG_MAYBE;
	end = vma->offset + (look->addr - vma->start) + look->new_len;
	size = (size + (int64_t)look->page_size - 1) &
	       -(int64_t)look->page_size;
	return rg_answer_of(end > (uint64_t)size);
}

/* From 6.15 until 7.3 a FIXED shrink gives back less than it was charged. */
enum rg_answer rg_leaks_commit(const struct rg_look *look)
{
	uint32_t version = look->scene->kernel->version;
	const struct rg_vma *vma = &look->plan->source;
	enum rg_answer charged;

	if (look->plan->path != RG_PATH_MOVE || !look->plan->fixed ||
	    look->new_len >= look->old_len ||
	    version < RG_KERNEL_VERSION(6, 15) ||
	    version >= RG_KERNEL_VERSION(7, 3))
		return RG_NO;
	charged = vma_is(vma, RG_VMA_ACCOUNT);
	if (charged != RG_MAYBE)
		return charged;
	/* MAP_NORESERVE does not show in maps, and is rare */
	return rg_and(vma_is(vma, RG_VMA_WRITE),
		      rg_not(vma_is(vma, RG_VMA_SHARED)));
}

/* ---------------------------------------------------------------- results */

enum rg_answer rg_range_is_stale(const struct rg_look *look)
{
	return rg_answer_of(look->scene->facts & RG_FACT_MOVED_AWAY &&
			    look->scene->check == RG_CHECK_SOURCE_UNMAPPED);
}

enum rg_answer rg_stopped_part_way(const struct rg_look *look)
{
	return rg_answer_of(look->scene->path == RG_PATH_REFUSE &&
			    look->scene->damage & RG_DAMAGE_VMAS_MOVED);
}

#define SLOW_LEN (UINT64_C(2) << 20)

/* A whole entry of the page table's second level, at both ends. */
enum rg_answer rg_moved_slowly(const struct rg_look *look)
{
	uint64_t pmd = look->page_size * (look->page_size / 8);
	uint64_t to = (uint64_t)look->scene->result;

	return rg_answer_of(path_moves(look->scene->path) &&
			    shorter_len(look) >= SLOW_LEN &&
			    (look->addr ^ to) & (pmd - 1));
}

enum rg_answer rg_creeps(const struct rg_look *look)
{
	return rg_answer_of(look->scene->facts & RG_FACT_CREEPING);
}

enum rg_answer rg_maps_nearly_used_up(const struct rg_look *look)
{
	const struct rg_limits *limits = look->scene->limits;
	uint32_t both = 1u << RG_LIMIT_MAP_COUNT | 1u << RG_LIMIT_MAX_MAP_COUNT;

	if (look->scene->path != RG_PATH_REFUSE)
		return RG_NO;
	if ((limits->known & both) != both)
		return RG_MAYBE;
	return rg_answer_of(limits->map_count > limits->max_map_count / 10 * 9);
}

/*
 * musl asks how far the stack reaches by growing its pages, one after the
 * other, until one is not there; allocators try to grow in place first.
 */
enum rg_answer rg_probes(const struct rg_look *look)
{
	bool by_one_page = look->req->old_len == look->page_size &&
			   look->req->new_len == 2 * look->page_size;

	if (look->req->flags || !grows(look))
		return RG_NO;
	return rg_answer_of(look->scene->check == RG_CHECK_NO_ROOM ||
			    (by_one_page &&
			     look->scene->check == RG_CHECK_SOURCE_UNMAPPED));
}

enum rg_answer rg_mismatched(const struct rg_look *look)
{
	return rg_answer_of(look->scene->agreement == RG_AGREE_MISMATCH);
}
