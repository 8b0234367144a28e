/* SPDX-License-Identifier: MIT */

/*
 * A heap of its own address space closes the gaps between its blocks, with
 * MREMAP_FIXED. A handle says where its block is; a pointer taken from it is
 * used after that.
 */

#include <err.h>
#include <stdio.h>
#include <sys/mman.h>

#define BLOCK (256ul << 10)
#define BLOCKS 8

static struct heap {
	char *base;	      /* a reservation */
	char *blocks[BLOCKS]; /* by handle; NULL: freed */
} heap;

static void heap_init(void)
{
	heap.base = mmap(NULL, BLOCKS * BLOCK, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (heap.base == MAP_FAILED)
		err(2, "mmap");
	for (int i = 0; i < BLOCKS; i++) {
		heap.blocks[i] = heap.base + (size_t)i * BLOCK;
		if (mprotect(heap.blocks[i], BLOCK, PROT_READ | PROT_WRITE))
			err(2, "mprotect");
	}
}

/* Its place stays reserved. */
static void heap_free(int handle)
{
	if (mmap(heap.blocks[handle], BLOCK, PROT_NONE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		err(2, "mmap");
	heap.blocks[handle] = NULL;
}

static void compact(void)
{
	char *to = heap.base;

	for (int i = 0; i < BLOCKS; i++) {
		if (!heap.blocks[i])
			continue;
		if (heap.blocks[i] != to &&
		    mremap(heap.blocks[i], BLOCK, BLOCK,
			   MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED)
			err(2, "mremap");
		heap.blocks[i] = to;
		to += BLOCK;
	}
}

static int checksum(const char *block)
{
	int sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	return sum;
}

int main(void)
{
	const char *last;

	heap_init();
	for (size_t i = 0; i < BLOCK; i++)
		heap.blocks[BLOCKS - 1][i] = (char)(i % 100);
	last = heap.blocks[BLOCKS - 1];
	for (int i = 0; i < BLOCKS - 1; i += 2)
		heap_free(i);
	compact();
	if (FIXED)
		last = heap.blocks[BLOCKS - 1];
	printf("checksum %d\n", checksum(last));
	for (int i = 1; i < BLOCKS; i += 2)
		munmap(heap.blocks[i], BLOCK);
	return 0;
}
