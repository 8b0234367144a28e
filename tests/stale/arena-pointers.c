/* SPDX-License-Identifier: MIT */

/*
 * Objects in an arena refer to each other by address. Growing the arena moves
 * it, and the references still say where the others were.
 */

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

#define SIZE (256ul << 10)

struct arena {
	char *base;
	size_t size;
	size_t used;
};

/* An address, or fixed: the distance from the arena's base, 0 for none. */
typedef uintptr_t reference;

struct node {
	reference next;
	long value;
	char payload[112];
};

/* It moves as it grows: there is a page behind it. */
static void guard(void *end)
{
	mmap(end, 4096, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void grow(struct arena *arena)
{
	arena->base = mremap(arena->base, arena->size, 2 * arena->size,
			     MREMAP_MAYMOVE);
	if (arena->base == MAP_FAILED)
		err(2, "mremap");
	arena->size *= 2;
}

static struct node *allocate(struct arena *arena)
{
	struct node *node;

	if (arena->used + sizeof(*node) > arena->size)
		grow(arena);
	node = (struct node *)(arena->base + arena->used);
	arena->used += sizeof(*node);
	return node;
}

static reference refer(const struct arena *arena, struct node *node)
{
	return (uintptr_t)node - (FIXED ? (uintptr_t)arena->base : 0);
}

static struct node *resolve(const struct arena *arena, reference to)
{
	return (struct node *)(to + (FIXED ? (uintptr_t)arena->base : 0));
}

static long sum_list(const struct arena *arena, reference head)
{
	long sum = 0;

	while (head) {
		const struct node *node = resolve(arena, head);

		sum += node->value;
		head = node->next;
	}
	return sum;
}

int main(void)
{
	struct arena arena = { .size = SIZE, .used = sizeof(struct node) };
	reference head = 0;

	arena.base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena.base == MAP_FAILED)
		err(2, "mmap");
	guard(arena.base + SIZE);
	for (long i = 0; i < 3000; i++) {
		struct node *node = allocate(&arena);

		node->value = i;
		node->next = head;
		head = refer(&arena, node);
	}
	printf("sum %ld\n", sum_list(&arena, head));
	munmap(arena.base, arena.size);
	return 0;
}
