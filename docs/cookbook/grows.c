/* SPDX-License-Identifier: MIT */

/* grows.c: a buffer of 256 MiB that grows by a page and has to move, ten
 * times. Static or not, it makes the same calls. */

#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096UL

static void *map(void *at, size_t size, int flags)
{
	return mmap(at, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

int main(void)
{
	size_t size = 256UL << 20;
	char *buffer = map(NULL, size, 0);

	memset(buffer, 1, size);
	for (int i = 0; i < 10; i++) {
		/* somebody else's mapping, right behind */
		map(buffer + size, PAGE, MAP_FIXED_NOREPLACE);
		buffer = mremap(buffer, size, size + PAGE, MREMAP_MAYMOVE);
		size += PAGE;
		buffer[size - 1] = 1;
	}
	printf("%zu bytes\n", size);
	return 0;
}
