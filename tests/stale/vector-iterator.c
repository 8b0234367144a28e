/* SPDX-License-Identifier: MIT */

/*
 * A vector is appended to while an iterator walks over it: the first append
 * beyond its capacity moves the items away from under the iterator.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#define ITEMS (64ul << 10)

struct vector {
	long *items;
	size_t nr;
	size_t capacity;
};

static void vector_reserve(struct vector *vector, size_t capacity)
{
	if (capacity <= vector->capacity)
		return;
	vector->items = realloc(vector->items, capacity * sizeof(long));
	if (!vector->items)
		err(2, "realloc");
	vector->capacity = capacity;
}

static void vector_push(struct vector *vector, long item)
{
	if (vector->nr == vector->capacity)
		vector_reserve(vector, vector->nr ? 2 * vector->nr : ITEMS);
	vector->items[vector->nr++] = item;
}

/* For each item there is, its negative. */
static void add_mirrors(struct vector *vector)
{
	const long *end;

	if (FIXED)
		vector_reserve(vector, 2 * vector->nr);
	end = vector->items + vector->nr;
	for (const long *it = vector->items; it != end; it++)
		vector_push(vector, -*it);
}

int main(void)
{
	struct vector vector = { NULL };
	long sum = 0;

	for (size_t i = 0; i < ITEMS - 100; i++)
		vector_push(&vector, (long)i);
	add_mirrors(&vector);
	for (size_t i = 0; i < vector.nr; i++)
		sum += vector.items[i];
	printf("%zu items, sum %ld\n", vector.nr, sum);
	free(vector.items);
	return 0;
}
