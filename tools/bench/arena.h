/* SPDX-License-Identifier: MIT */
#ifndef BENCH_ARENA_H
#define BENCH_ARENA_H

/* Where a thread of bench-calls works, and where all of its parts may fail. */

#include <stddef.h>

#define PAGE 4096ul
#define MOVED_PAGES 16

/* What a batch works on. Each thread has its own. */
struct arena {
	char *here;  /* what is resized; of a move, where the pages are now */
	char *there; /* the move's other place */
	int maps;    /* /proc/self/maps, for queries */
};

/* Says what failed, with errno, and ends the program. */
_Noreturn void die(const char *what);

/*
 * Lays out arena number `which`: len present bytes at both places, half of
 * `neighbours` single mappings before them and half behind.
 */
void arena_init(struct arena *arena, unsigned long which, size_t len,
		unsigned long neighbours);

#endif
