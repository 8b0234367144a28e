/* SPDX-License-Identifier: MIT */

/*
 * Eight threads move mappings about, while others map and unmap in storms:
 * nobody's mapping is lost, and nothing comes to lie where something else was
 * before it moved. storms MOVES [LAST]: of each of the eight.
 *
 * Prints how many of the LAST ranges that were moved away from are not held;
 * without a quarantine there are many.
 */

#include "stale.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define MOVERS 8
#define STORMS 2
#define AT_ONCE 24
#define MAX_MOVES 100000

static unsigned long nr_moves;
static unsigned long last;
static _Atomic bool done;

static struct left {
	uintptr_t start;
	size_t len;
} left[MAX_MOVES];

static _Atomic unsigned long nr_left;

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

/* The first and last word of each page say whose it is. */
static void sign(char *at, size_t len, unsigned whose)
{
	for (size_t i = 0; i < len; i += PAGE) {
		*(volatile unsigned *)(at + i) = whose;
		*(volatile unsigned *)(at + i + PAGE - sizeof(whose)) = whose;
	}
}

static void check(char *at, size_t len, unsigned whose)
{
	for (size_t i = 0; i < len; i += PAGE) {
		if (*(volatile unsigned *)(at + i) != whose ||
		    *(volatile unsigned *)(at + i + PAGE - sizeof(whose)) !=
			    whose)
			abort();
	}
}

static void note(char *start, size_t len)
{
	unsigned long i = atomic_fetch_add(&nr_left, 1);

	if (i < MAX_MOVES)
		left[i] = (struct left){ (uintptr_t)start, len };
}

/* One that grows, and one that goes to a given place. */
static void move_once(unsigned whose, unsigned *state)
{
	size_t len = (1 + next(state) % 8) * PAGE;
	size_t more = len + (1 + next(state) % 8) * PAGE;
	char *at = map(len);
	char *grown, *place;

	sign(at, len, whose);
	grown = mremap(at, len, more, MREMAP_MAYMOVE);
	if (grown == MAP_FAILED)
		abort();
	if (grown != at)
		note(at, len);
	check(grown, len, whose);
	sign(grown, more, whose);
	place = map(more);
	if (mremap(grown, more, len, MREMAP_MAYMOVE | MREMAP_FIXED, place) !=
	    place)
		abort();
	note(grown, more);
	check(place, len, whose);
	munmap(place, more);
}

static void *move(void *number)
{
	unsigned whose = 1000 + (unsigned)(uintptr_t)number;
	unsigned state = whose;

	for (unsigned long i = 0; i < nr_moves; i++)
		move_once(whose, &state);
	return NULL;
}

static void *storm(void *number)
{
	unsigned whose = 1 + (unsigned)(uintptr_t)number;
	unsigned state = whose;
	char *at[AT_ONCE] = { NULL };
	size_t len[AT_ONCE];

	for (unsigned i = 0; !atomic_load(&done); i = (i + 1) % AT_ONCE) {
		if (at[i]) {
			check(at[i], len[i], whose);
			munmap(at[i], len[i]);
		}
		len[i] = (1 + next(&state) % 16) * PAGE;
		at[i] = map(len[i]);
		sign(at[i], len[i], whose);
	}
	return NULL;
}

/* ---------------------------------------------------------------- the end */

static bool is_held(const struct left *range)
{
	char line[512];
	uintptr_t start, end;
	bool held = false;
	FILE *maps = fopen("/proc/self/maps", "r");

	while (maps && !held && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx", &start, &end) == 2 &&
		    strstr(line, "remapguard-quarantine") &&
		    start <= range->start && end >= range->start + range->len)
			held = true;
	}
	fclose(maps);
	return held;
}

static int count_unheld(void)
{
	unsigned long nr = atomic_load(&nr_left);
	int unheld = 0;

	if (nr > MAX_MOVES)
		nr = MAX_MOVES;
	for (unsigned long i = nr > last ? nr - last : 0; i < nr; i++)
		unheld += !is_held(&left[i]);
	return unheld;
}

int main(int argc, char **argv)
{
	pthread_t movers[MOVERS], storms[STORMS];

	nr_moves = argc > 1 ? strtoul(argv[1], NULL, 0) : 100;
	last = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	for (uintptr_t i = 0; i < STORMS; i++)
		pthread_create(&storms[i], NULL, storm, (void *)i);
	for (uintptr_t i = 0; i < MOVERS; i++)
		pthread_create(&movers[i], NULL, move, (void *)i);
	for (int i = 0; i < MOVERS; i++)
		pthread_join(movers[i], NULL);
	atomic_store(&done, true);
	for (int i = 0; i < STORMS; i++)
		pthread_join(storms[i], NULL);
	printf("not held: %d\n", count_unheld());
	return 0;
}
