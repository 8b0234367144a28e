/* SPDX-License-Identifier: MIT */

/* stock.c: two tables that grow, in address space the program manages. */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ARENA (64UL << 20)
#define FIRST (64UL << 10)
#define ITEMS 20000

struct table {
	int *cells;
	size_t size; /* bytes */
};

static char *arena_next; /* where the next table goes that has to move */

static void *die_unless_mapped(void *at, const char *what)
{
	if (at != MAP_FAILED)
		return at;
	perror(what);
	exit(1);
}

static void *map(size_t size, int protection)
{
	return die_unless_mapped(
		mmap(NULL, size, protection,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
		"mmap");
}

/* Into the arena, without a copy. */
static void grow(struct table *table)
{
	size_t size = 2 * table->size;
	void *at = mremap(table->cells, table->size, size,
			  MREMAP_MAYMOVE | MREMAP_FIXED, arena_next);

	table->cells = die_unless_mapped(at, "mremap");
	arena_next += table->size;
	table->size = size;
}

static void set(struct table *table, int row, int value)
{
	while (row * sizeof(int) >= table->size)
		grow(table);
	table->cells[row] = value;
}

int main(void)
{
	struct table ids = { map(FIRST, PROT_READ | PROT_WRITE), FIRST };
	struct table prices = { map(FIRST, PROT_READ | PROT_WRITE), FIRST };
	int wrong = 0;

	arena_next = map(ARENA, PROT_NONE);
	for (int row = 0; row < ITEMS; row++)
		set(&ids, row, row);
	for (int row = 0; row < ITEMS; row++)
		set(&prices, row, 100);
	for (int row = 0; row < ITEMS; row++)
		wrong += ids.cells[row] != row;
	printf("%d items, %d with a wrong id\n", ITEMS, wrong);
	return 0;
}
