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

uint64_t rg_moves_find(const struct rg_moves *moves,
		       const struct rg_access_move *move)
{
	size_t nr = moves->nr < RG_MOVES_KEPT ? moves->nr : RG_MOVES_KEPT;

	for (size_t i = 0; i < nr; i++) {
		const struct rg_moved *moved = &moves->ring[i];

		if (moved->timestamp == move->timestamp &&
		    moved->pid == move->pid && moved->tid == move->tid)
			return moved->number;
	}
	return 0;
}
