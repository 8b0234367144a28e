/* SPDX-License-Identifier: MIT */

#include "report/turns.h"

#include "report/alloc.h"

#include <stdlib.h>

static bool is_before(const struct rg_turn *a, const struct rg_turn *b)
{
	return a->time != b->time ? a->time < b->time : a->rank < b->rank;
}

/*
 * Every entry comes before the two below it:
 *
 *            0
 *        1       2
 *      3   4   5   6
 */
static void sink(struct rg_turns *turns, size_t at)
{
	struct rg_turn *heap = turns->heap;
	struct rg_turn turn = heap[at];

	for (;;) {
		size_t below = 2 * at + 1;

		if (below + 1 < turns->nr &&
		    is_before(&heap[below + 1], &heap[below]))
			below++;
		if (below >= turns->nr || !is_before(&heap[below], &turn))
			break;
		heap[at] = heap[below];
		at = below;
	}
	heap[at] = turn;
}

void rg_turns_add(struct rg_turns *turns, const struct rg_turn *turn)
{
	struct rg_turn *heap = rg_grow_by_one(turns->heap, turns->nr,
					      &turns->capacity, sizeof(*heap));
	size_t at = turns->nr++;

	for (; at && is_before(turn, &heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = *turn;
	turns->heap = heap;
}

void rg_turns_put_back(struct rg_turns *turns, uint64_t time)
{
	turns->heap[0].time = time;
	sink(turns, 0);
}

void rg_turns_drop(struct rg_turns *turns)
{
	turns->heap[0] = turns->heap[--turns->nr];
	if (turns->nr)
		sink(turns, 0);
}

bool rg_turns_stays_first(const struct rg_turns *turns, uint64_t time)
{
	struct rg_turn turn = turns->heap[0];

	turn.time = time;
	return (turns->nr < 2 || is_before(&turn, &turns->heap[1])) &&
	       (turns->nr < 3 || is_before(&turn, &turns->heap[2]));
}

void rg_turns_deinit(struct rg_turns *turns)
{
	free(turns->heap);
	*turns = (struct rg_turns){ 0 };
}
