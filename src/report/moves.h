/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_MOVES_H
#define RG_REPORT_MOVES_H

/*
 * The last calls that moved memory, by which a stale access finds the event of
 * its move. A quarantine holds fewer than are kept here; only with a great
 * many processes may one be gone too early.
 */

#include "trace/access.h"

#include <stddef.h>
#include <stdint.h>

#define RG_MOVES_KEPT 8192

struct rg_moved {
	uint64_t number; /* of the event */
	uint64_t timestamp;
	uint32_t pid;
	uint32_t tid;
};

struct rg_moves {
	struct rg_moved ring[RG_MOVES_KEPT];
	size_t nr; /* that ever were */
};

/* Of calls that moved nothing nothing is kept. */
void rg_moves_note(struct rg_moves *moves, const struct rg_event *event,
		   uint32_t pid, uint64_t number);

/* Return: the number of the move's event; 0 when it is not among them. */
uint64_t rg_moves_find(const struct rg_moves *moves,
		       const struct rg_access_move *move);

#endif
