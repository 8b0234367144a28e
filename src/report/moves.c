/* SPDX-License-Identifier: MIT */

#include "report/moves.h"

void rg_moves_note(struct rg_moves *moves, const struct rg_event *event,
		   uint32_t pid, uint64_t number)
{
	if (!rg_path_moves(event->path))
		return;
	moves->ring[moves->nr++ % RG_MOVES_KEPT] = (struct rg_moved){
		.number = number,
		.timestamp = event->timestamp,
		.pid = pid,
		.tid = event->tid,
	};
}

static const struct rg_moved *at(const struct rg_moves *moves, size_t number)
{
	return &moves->ring[number % RG_MOVES_KEPT];
}

/* They came in the order of time: go to the first that is not before. */
uint64_t rg_moves_find(const struct rg_moves *moves,
		       const struct rg_access_move *move)
{
	size_t from = moves->nr < RG_MOVES_KEPT ? 0 : moves->nr - RG_MOVES_KEPT;
	size_t to = moves->nr;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (at(moves, middle)->timestamp < move->timestamp)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < moves->nr; from++) {
		const struct rg_moved *moved = at(moves, from);

		if (moved->timestamp != move->timestamp)
			break;
		if (moved->pid == move->pid && moved->tid == move->tid)
			return moved->number;
	}
	return 0;
}
