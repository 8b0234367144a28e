/* SPDX-License-Identifier: MIT */

/*
 * A ring buffer keeps where it ends beside where it begins. Growing it renews
 * one and forgets the other, from which the writer counts backwards.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (256ul << 10)

struct ring {
	char *base;
	char *end;
	size_t size;
	size_t at; /* where the next byte is put */
	size_t used;
};

static void ring_init(struct ring *ring)
{
	*ring = (struct ring){ .base = malloc(SIZE), .size = SIZE };
	if (!ring->base)
		err(2, "malloc");
	ring->end = ring->base + SIZE;
}

/* Only ever full and not wrapped, as nobody has read from it yet. */
static void ring_grow(struct ring *ring)
{
	ring->base = realloc(ring->base, 2 * ring->size);
	if (!ring->base)
		err(2, "realloc");
	ring->size *= 2;
	ring->at = ring->used;
	if (FIXED)
		ring->end = ring->base + ring->size;
}

static void ring_put(struct ring *ring, const char *data, size_t len)
{
	size_t behind, first;

	if (ring->used + len > ring->size)
		ring_grow(ring);
	behind = ring->size - ring->at;
	first = len < behind ? len : behind;
	memcpy(ring->end - behind, data, first);
	memcpy(ring->base, data + first, len - first);
	ring->at = (ring->at + len) % ring->size;
	ring->used += len;
}

int main(void)
{
	struct ring ring;
	char block[4096];
	unsigned long sum = 0;

	ring_init(&ring);
	for (size_t i = 0; i < SIZE / sizeof(block) + 8; i++) {
		memset(block, (int)i, sizeof(block));
		ring_put(&ring, block, sizeof(block));
	}
	for (size_t i = 0; i < ring.used; i++)
		sum += (unsigned char)ring.base[i];
	printf("%zu bytes, sum %lu\n", ring.used, sum);
	free(ring.base);
	return 0;
}
