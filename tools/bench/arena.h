/* SPDX-License-Identifier: MIT */
#ifndef BENCH_ARENA_H
#define BENCH_ARENA_H

/* Where a thread of bench-calls works. */

#include <stddef.h>

#define PAGE 4096ul
#define MOVED_PAGES 16

#define NR_PLACES 8

/* What a batch works on. */
struct arena {
	char *here;  /* what is resized; of a move, where the pages are now */
	char *there; /* the move's other place */
	int maps;    /* /proc/self/maps, for queries */
};

/* Says what failed, with errno, and ends the program. */
_Noreturn void die(const char *what);

/*
 * Lays out the places of thread number `which`: at each, len present bytes
 * here and there, and around them all `neighbours` single mappings.
 */
void arenas_init(struct arena arenas[NR_PLACES], unsigned long which,
		 size_t len, unsigned long neighbours);

#endif
