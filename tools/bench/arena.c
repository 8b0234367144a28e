/* SPDX-License-Identifier: MIT */

#include "arena.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * How long a resize takes depends on where in the kernel's tree of mappings
 * the range lies, by up to a factor of two, and every mapping of a preloaded
 * object shifts that. So each thread works far from everything else, between
 * neighbours of its own, and has places in several of the tree's nodes to
 * choose from, so that it can work where the kernel has the least to do:
 *
 *	| single pages | place | place | … | single pages |
 *
 *	| here, 16 pages | 16 free | there, 16 | 16 free |
 */
#define FAR_AWAY 0x800000000ul
#define ARENA_LEN (1ul << 30)

void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static char *map_at(char *where, size_t len, int prot)
{
	char *mem =
		mmap(where, len, prot,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (mem != where)
		die("bench-calls: mmap");
	return mem;
}

/* Every second page, so that no two merge. Returns where they end. */
static char *map_neighbours(char *where, unsigned long nr)
{
	for (; nr; nr--, where += 2 * PAGE)
		map_at(where, PAGE, PROT_READ);
	return where;
}

/* Returns where the place ends. */
static char *place_init(struct arena *arena, char *where, size_t len)
{
	arena->here = map_at(where, len, PROT_READ | PROT_WRITE);
	memset(arena->here, 1, len);
	where += 2 * MOVED_PAGES * PAGE;
	arena->there = map_at(where, len, PROT_READ | PROT_WRITE);
	return where + 2 * MOVED_PAGES * PAGE;
}

void arenas_init(struct arena arenas[NR_PLACES], unsigned long which,
		 size_t len, unsigned long neighbours)
{
	char *where = (char *)(FAR_AWAY + which * ARENA_LEN);
	int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	where = map_neighbours(where, neighbours / 2);
	for (int i = 0; i < NR_PLACES; i++) {
		where = place_init(&arenas[i], where, len);
		arenas[i].maps = maps;
	}
	map_neighbours(where, neighbours - neighbours / 2);
}
