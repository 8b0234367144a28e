/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TURNS_H
#define RG_REPORT_TURNS_H

/*
 * Whose turn it is: streams by the time of what each has next, the earliest
 * first, in a heap, so that a thousand cost little more than two. Of equal
 * times the lower rank comes first.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_turn {
	uint64_t time;
	uint64_t rank; /* another one of each stream */
	void *stream;  /* the caller's */
};

struct rg_turns {
	struct rg_turn *heap;
	size_t nr;
	size_t capacity;
};

void rg_turns_add(struct rg_turns *turns, const struct rg_turn *turn);
/* The first's next is of this time. */
void rg_turns_put_back(struct rg_turns *turns, uint64_t time);
/* The first has no more. */
void rg_turns_drop(struct rg_turns *turns);
/* Would the first still be first with something of this time? */
bool rg_turns_stays_first(const struct rg_turns *turns, uint64_t time);
void rg_turns_deinit(struct rg_turns *turns);

#endif
