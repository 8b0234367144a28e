/* SPDX-License-Identifier: MIT */

/*
 * A counter is kept by address in a table that moves, and the next mapping
 * gets the table's old place: what is counted is added to somebody else's
 * figures, and nothing crashes.
 */

#include <err.h>
#include <stdio.h>
#include <sys/mman.h>

#define SIZE (256ul << 10)

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static long *map_table(void)
{
	long *table = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (table == MAP_FAILED)
		err(2, "mmap");
	guard((char *)table + SIZE);
	return table;
}

static long *double_table(long *table)
{
	table = mremap(table, SIZE, 2 * SIZE, MREMAP_MAYMOVE);
	if (table == MAP_FAILED)
		err(2, "mremap");
	return table;
}

static void set_counter(long *counter, long to)
{
	*counter = to;
}

int main(void)
{
	long *visits = map_table();
	long *today = &visits[7];
	long *prices;

	set_counter(today, 1);
	visits = double_table(visits);
	prices = map_table();
	prices[7] = 100;
	if (FIXED)
		today = &visits[7];
	set_counter(today, 2);
	printf("visits %ld, price %ld\n", visits[7], prices[7]);
	munmap(visits, 2 * SIZE);
	munmap(prices, SIZE);
	return 0;
}
