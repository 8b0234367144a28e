/* SPDX-License-Identifier: MIT */

/* stale.c: a list whose buffer grows, and a pointer that stays behind. */

#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>

#define PAGE 4096UL

static int *list;
static int *newest;
static size_t pages = 16;

static void grow(void)
{
	list = mremap(list, pages * PAGE, 2 * pages * PAGE, MREMAP_MAYMOVE);
	pages *= 2;
}

static void append(int at, int value)
{
	while (at * sizeof(int) >= pages * PAGE)
		grow();
	list[at] = value;
	if (!newest || at % 1000 == 0)
		newest = &list[at];
}

static int read_newest(void)
{
	return *newest;
}

int main(void)
{
	void *behind;

	/* what lies behind the list keeps it from growing in place */
	list = mmap(NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	behind = (char *)list + pages * PAGE;
	mprotect(behind, PAGE, PROT_READ);
	for (int at = 0; at < 16500; at++)
		append(at, at);
	printf("newest: %d\n", read_newest());
	return 0;
}
