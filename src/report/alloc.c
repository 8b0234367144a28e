/* SPDX-License-Identifier: MIT */

#include "report/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_exit(void *memory)
{
	if (!memory) {
		fputs("remapguard: memory: none left\n", stderr);
		exit(1);
	}
	return memory;
}

void *rg_alloc(size_t size)
{
	return or_exit(calloc(1, size ? size : 1));
}

void *rg_grow(void *old, size_t nr, size_t size)
{
	return or_exit(reallocarray(old, nr ? nr : 1, size));
}

char *rg_copy_string(const char *str)
{
	return or_exit(strdup(str));
}

void *rg_copy(const void *bytes, size_t size)
{
	return memcpy(rg_alloc(size), bytes, size);
}

void *rg_grow_by_one(void *old, size_t nr, size_t *capacity, size_t size)
{
	if (nr < *capacity)
		return old;
	*capacity = *capacity ? 2 * *capacity : 8;
	return rg_grow(old, *capacity, size);
}
