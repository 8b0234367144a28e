/* SPDX-License-Identifier: MIT */
#ifndef BENCH_KINDS_H
#define BENCH_KINDS_H

/* The kinds of calls that bench-calls makes. */

#include "arena.h"

#include <stdbool.h>

struct kind {
	const char *name;
	size_t pages; /* how long `here` and `there` are */
	void (*batch)(struct arena *arena, unsigned long calls);
	bool picky; /* does it matter where the kernel has the range? */
};

/* NULL where there is none of that name. */
const struct kind *find_kind(const char *name);

/* Names, with | between them. */
void print_kinds(void);

/* Lets libc map every buffer of the kind "realloc" by itself. */
void keep_buffers_mapped(void);

#endif
