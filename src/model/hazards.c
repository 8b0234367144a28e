/* SPDX-License-Identifier: MIT */

/*
 * What each finding looks for that is no refusal and is there before the call
 * is made. "Maybe" is for what could not be seen, and is not reported: a
 * finding is said only of a call that has it.
 */

#include "model/findings.h"

/* ---------------------------------------------------------- how it goes */

static enum rg_answer moves(const struct rg_look *look)
{
	if (rg_is_move(look->plan->path))
		return RG_YES;
	return look->plan->may_move ? RG_MAYBE : RG_NO;
}

/* Does anything that is mapped change? */
static bool changes(const struct rg_look *look)
{
	return look->plan->path != RG_PATH_REFUSE &&
	       look->plan->path != RG_PATH_NO_RESIZE;
}

static enum rg_answer vma_is(const struct rg_vma *vma, uint32_t flag)
{
	if (!(vma->known & flag))
		return RG_MAYBE;
	return rg_answer_of(vma->flags & flag);
}

/* ------------------------------------------------------- walking vmas */

struct range {
	uint64_t start;
	uint64_t end;
};

/* A length may be anything: what it reaches beyond 64 bits is cut off. */
static struct range range_of(uint64_t start, uint64_t len)
{
	return (struct range){ start, rg_sum(start, len) };
}

static struct range source_of(const struct rg_look *look)
{
	return range_of(look->addr, look->old_len);
}

/* The end that a shrink cuts off. */
static struct range tail_of(const struct rg_look *look)
{
	return (struct range){ rg_sum(look->addr, look->new_len),
			       source_of(look).end };
}

struct walk {
	const struct rg_look *look;
	struct range rest;
	struct rg_vma vma;
	struct range part; /* what of the vma is in the range */
	bool failed;	   /* the rest cannot be told */
};

static struct walk walk_of(const struct rg_look *look, struct range range)
{
	return (struct walk){ .look = look, .rest = range };
}

/* The next vma of the range in w->vma. */
static bool next_vma(struct walk *w)
{
	const struct rg_mm *mm = w->look->scene->mm;
	int found;

	if (w->rest.start >= w->rest.end)
		return false;
	found = mm->find_vma(mm->ctx, w->rest.start, &w->vma);
	if (found < 0)
		w->failed = true;
	if (found <= 0 || w->vma.start >= w->rest.end)
		return false;
	w->part = w->rest;
	if (w->vma.start > w->part.start)
		w->part.start = w->vma.start;
	if (w->vma.end < w->part.end)
		w->part.end = w->vma.end;
	w->rest.start = w->part.end;
	return true;
}

/* What is asked of each vma, or of what of it is in the range. */
typedef enum rg_answer part_fn(const struct walk *w);

static enum rg_answer any_part(const struct rg_look *look, struct range range,
			       part_fn *is)
{
	struct walk w = walk_of(look, range);
	enum rg_answer answer = RG_NO;

	while (answer != RG_YES && next_vma(&w))
		answer = rg_or(answer, is(&w));
	return w.failed ? rg_or(answer, RG_MAYBE) : answer;
}

static enum rg_answer has_hole(const struct rg_look *look, struct range range)
{
	struct walk w = walk_of(look, range);
	uint64_t reached = range.start;

	while (next_vma(&w)) {
		if (w.part.start > reached)
			return RG_YES;
		reached = w.part.end;
	}
	return w.failed ? RG_MAYBE : rg_answer_of(reached < range.end);
}

/* A part of a hugetlb vma goes with the whole of its last huge page. */
static uint64_t whole_pages(const struct rg_vma *vma, uint64_t len)
{
	return vma->page_size ? rg_round_up(len, vma->page_size) : len;
}

static struct range dest_of_part(const struct walk *w)
{
	uint64_t len = w->part.end - w->part.start;

	return range_of(w->look->req->new_addr +
				(w->part.start - w->look->addr),
			whole_pages(&w->vma, len));
}

/*
 * Of what is unmapped at a fixed destination: all of it, or, where the range
 * is not resized, the place of each of its vmas. What lies at the place of a
 * hole between them stays.
 */
static enum rg_answer any_dest_part(const struct rg_look *look, part_fn *is)
{
	struct walk w = walk_of(look, source_of(look));
	enum rg_answer answer = RG_NO;

	if (!look->plan->fixed)
		return RG_NO;
	if (look->old_len != look->new_len)
		return any_part(
			look, range_of(look->req->new_addr, look->new_len), is);
	while (answer != RG_YES && next_vma(&w))
		answer = rg_or(answer, any_part(look, dest_of_part(&w), is));
	return w.failed ? rg_or(answer, RG_MAYBE) : answer;
}

/*
 * Of what a call takes away, extends or puts somewhere else: its source, of
 * one that only shrinks the tail, and its destination. A duplicate leaves its
 * source as it is.
 */
static enum rg_answer touches(const struct rg_look *look, part_fn *is)
{
	bool stays = look->plan->path == RG_PATH_SHRINK;
	enum rg_answer answer;

	if (!changes(look))
		return RG_NO;
	answer = any_part(look, stays ? tail_of(look) : source_of(look), is);
	if (answer != RG_YES)
		answer = rg_or(answer, any_dest_part(look, is));
	return answer;
}

/* Of the vmas that move; of a single one where no other was looked at. */
static enum rg_answer moves_any(const struct rg_look *look, part_fn *is)
{
	struct walk w = walk_of(look, source_of(look));

	if (look->plan->path != RG_PATH_MULTI_MOVE) {
		w.vma = look->plan->source;
		return rg_and(moves(look), is(&w));
	}
	return look->scene->mm ? any_part(look, source_of(look), is) : RG_MAYBE;
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

/* What is refused for something else first deletes nothing. */
enum rg_answer rg_duplicates_onto_self(const struct rg_look *look)
{
	const struct rg_scene *scene = look->scene;

	if (look->old_len || !rg_look_has(look, RG_MREMAP_FIXED) ||
	    look->req->new_addr != look->addr)
		return RG_NO;
	if (look->plan && look->plan->path != RG_PATH_INVALID)
		return rg_answer_of(look->plan->damage &
				    RG_DAMAGE_SOURCE_UNMAPPED);
	return rg_answer_of(rg_params_check(look->req, scene->limits,
					    scene->kernel) == RG_CHECK_NONE);
}

#define LARGEST_PAGE (UINT64_C(64) << 10)

enum rg_answer rg_assumes_page_size(const struct rg_look *look)
{
	uint64_t values =
		look->req->addr | look->req->old_len | look->req->new_len;

	if (rg_look_has(look, RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP))
		values |= look->req->new_addr;
	return rg_answer_of(!(values & (look->page_size - 1)) &&
			    values & (LARGEST_PAGE - 1));
}

enum rg_answer rg_overlaps_a_call(const struct rg_look *look)
{
	return rg_answer_of(look->scene->facts & RG_FACT_OVERLAPPING_CALL);
}

/* ------------------------------------------------------------ destruction */

/*
 * Nothing is lost with the caller's own reservation, or with memory of its
 * that nobody has used. The heap, a stack and what a loaded object has not
 * used yet are nobody's reservation.
 */
static enum rg_answer holds_something(const struct walk *w)
{
	const struct rg_scene *scene = w->look->scene;
	uint32_t access = RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC;
	uint32_t in_use = RG_VMA_HEAP | RG_VMA_STACK | RG_VMA_LOADED;
	const struct rg_vma *vma = &w->vma;
	int empty;

	if (vma->kind == RG_KIND_UNKNOWN)
		return RG_MAYBE;
	if (vma->kind != RG_KIND_ANON || vma->flags & vma->known & in_use)
		return RG_YES;
	if ((vma->known & access) == access && !(vma->flags & access))
		return RG_NO;
	if (!scene->is_empty)
		return RG_MAYBE;
	empty = scene->is_empty(scene->ctx, w->part.start, w->part.end);
	return empty < 0 ? RG_MAYBE : rg_answer_of(!empty);
}

enum rg_answer rg_clobbers(const struct rg_look *look)
{
	return changes(look) ? any_dest_part(look, holds_something) : RG_NO;
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

/* Of one object a vma is often only a part, since protections differ. */
static enum rg_answer is_other_object(const struct walk *w)
{
	const struct rg_vma *a = &w->look->plan->source;
	const struct rg_vma *b = &w->vma;

	if (!a->end || a->inode != b->inode || a->dev != b->dev)
		return RG_YES;
	if (a->kind == RG_KIND_UNKNOWN || b->kind == RG_KIND_UNKNOWN)
		return RG_MAYBE;
	if (a->kind != b->kind)
		return RG_YES;
	if (!(a->known & b->known & RG_VMA_SHARED))
		return RG_MAYBE;
	return rg_answer_of((a->flags ^ b->flags) & RG_VMA_SHARED);
}

/*
 *     addr      addr + new_len              addr + old_len
 *      |===== kept ====|--------- tail ----------|
 *      |======= vma ========|== same object ==|
 */
enum rg_answer rg_shrinks_past_vma(const struct rg_look *look)
{
	enum rg_answer answer;

	if (!changes(look) || !rg_look_shrinks(look))
		return RG_NO;
	answer = has_hole(look, tail_of(look));
	if (answer != RG_YES)
		answer = rg_or(answer,
			       any_part(look, tail_of(look), is_other_object));
	return answer;
}

enum rg_answer rg_extent_unmapped(const struct rg_look *look)
{
	if (look->plan->path != RG_PATH_NO_RESIZE)
		return RG_NO;
	return has_hole(look, source_of(look));
}

/* -------------------------------------------------- what should not move */

/*
 *      |====== vma ======|          |====== vma ======|
 *      |-- range --|                |---- range ------|
 *                  ^ torn              nothing behind it is left
 *
 * Neighbours of private anonymous memory become one again, so there it means
 * nothing; the end of a mapping may be given away.
 */
static enum rg_answer is_torn(const struct rg_vma *vma, uint64_t end)
{
	if (vma->start >= end ||
	    whole_pages(vma, end - vma->start) >= vma->end - vma->start)
		return RG_NO;
	if (vma->kind == RG_KIND_UNKNOWN)
		return RG_MAYBE;
	return rg_answer_of(vma->kind != RG_KIND_ANON);
}

/* Of several vmas all but the last move to their ends. */
static enum rg_answer last_is_torn(const struct rg_look *look)
{
	const struct rg_mm *mm = look->scene->mm;
	uint64_t end = source_of(look).end;
	struct rg_vma last;
	int found;

	if (look->plan->path != RG_PATH_MULTI_MOVE)
		return is_torn(&look->plan->source, end);
	if (!mm)
		return RG_MAYBE;
	found = mm->find_vma(mm->ctx, end - 1, &last);
	if (found < 0)
		return RG_MAYBE;
	return found ? is_torn(&last, end) : RG_NO;
}

/* MREMAP_DONTUNMAP leaves the mapping whole. */
enum rg_answer rg_tears(const struct rg_look *look)
{
	if (look->plan->path == RG_PATH_DONTUNMAP)
		return RG_NO;
	return rg_and(moves(look), last_is_torn(look));
}

static enum rg_answer is_executable(const struct walk *w)
{
	return vma_is(&w->vma, RG_VMA_EXEC);
}

enum rg_answer rg_moves_executable(const struct rg_look *look)
{
	return moves_any(look, is_executable);
}

static enum rg_answer is_watched(const struct walk *w)
{
	return vma_is(&w->vma, RG_VMA_UFFD);
}

enum rg_answer rg_loses_uffd(const struct rg_look *look)
{
	return moves_any(look, is_watched);
}

static enum rg_answer is_drivers(const struct walk *w)
{
	if (w->vma.kind == RG_KIND_UNKNOWN)
		return RG_MAYBE;
	return rg_answer_of(w->vma.kind == RG_KIND_DRIVER);
}

/* The driver is asked about a duplicate as well. */
enum rg_answer rg_moves_special(const struct rg_look *look)
{
	if (look->plan->path == RG_PATH_DUPLICATE)
		return rg_answer_of(look->plan->source.kind == RG_KIND_DRIVER);
	return moves_any(look, is_drivers);
}

static enum rg_answer is_loaded(const struct walk *w)
{
	if (w->vma.kind == RG_KIND_SPECIAL)
		return RG_YES;
	return vma_is(&w->vma, RG_VMA_LOADED);
}

enum rg_answer rg_touches_loaded(const struct rg_look *look)
{
	return touches(look, is_loaded);
}

/* A thread's stack is a mapping as others: only its pointer shows it. */
static enum rg_answer is_heap_or_stack(const struct walk *w)
{
	uint64_t sp = w->look->scene->stack_pointer;

	if (sp >= w->part.start && sp < w->part.end)
		return RG_YES;
	return rg_or(vma_is(&w->vma, RG_VMA_HEAP),
		     vma_is(&w->vma, RG_VMA_STACK));
}

enum rg_answer rg_touches_heap_or_stack(const struct rg_look *look)
{
	return touches(look, is_heap_or_stack);
}

/* --------------------------------------------------------- afterthoughts */

/* How far the mapping reached: a duplicate is compared with its source. */
static uint64_t len_before(const struct rg_look *look)
{
	return look->old_len ? look->old_len
			     : look->plan->source.end - look->addr;
}

/* The last page of the object may be used up to its end. */
enum rg_answer rg_grows_beyond_object(const struct rg_look *look)
{
	const struct rg_scene *scene = look->scene;
	const struct rg_vma *vma = &look->plan->source;
	uint64_t end =
		rg_sum(vma->offset + (look->addr - vma->start), look->new_len);
	int64_t size;

	if (!changes(look) || look->new_len <= len_before(look))
		return RG_NO;
	if (vma->kind == RG_KIND_UNKNOWN)
		return RG_MAYBE;
	if (vma->kind != RG_KIND_FILE && vma->kind != RG_KIND_SHMEM)
		return RG_NO;
	size = scene->object_size ? scene->object_size(scene->ctx, vma) : -1;
	if (size < 0)
		return RG_MAYBE;
	return rg_answer_of(end > rg_round_up((uint64_t)size, look->page_size));
}

/* What maps shows of it: neither MAP_NORESERVE, nor that it was writable. */
static enum rg_answer is_charged(const struct rg_vma *vma)
{
	if (vma->known & RG_VMA_ACCOUNT)
		return vma_is(vma, RG_VMA_ACCOUNT);
	if (vma->kind == RG_KIND_HUGETLB)
		return RG_NO;
	if (vma_is(vma, RG_VMA_SHARED) != RG_NO)
		return rg_not(vma_is(vma, RG_VMA_SHARED));
	return rg_or(vma_is(vma, RG_VMA_WRITE), RG_MAYBE);
}

/* A FIXED shrink then gives back less than it was charged. */
enum rg_answer rg_leaks_commit(const struct rg_look *look)
{
	if (look->plan->path != RG_PATH_MOVE || !look->plan->fixed ||
	    !rg_look_shrinks(look) ||
	    !rg_miscounts_shrink(look->scene->kernel->version))
		return RG_NO;
	return is_charged(&look->plan->source);
}
