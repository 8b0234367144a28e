/* SPDX-License-Identifier: MIT */

#include "kinds.h"

#include "floors.h"
#include "raw-call.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define REALLOC_START (256ul << 10)
#define REALLOC_END (4ul << 20)

static void must_be(const void *got, const void *want)
{
	if (got != want)
		die("bench-calls: mremap");
}

/* Same length: parameter checks, one lookup, nothing to do. */
static void batch_noop(struct arena *arena, unsigned long calls)
{
	while (calls--)
		must_be(mremap(arena->here, 2 * PAGE, 2 * PAGE, 0),
			arena->here);
}

/* One page off and on again, with nothing behind it: never has to move. */
static void batch_resize(struct arena *arena, unsigned long calls)
{
	for (; calls >= 2; calls -= 2) {
		must_be(mremap(arena->here, 2 * PAGE, PAGE, 0), arena->here);
		must_be(mremap(arena->here, PAGE, 2 * PAGE, 0), arena->here);
	}
}

/* Both by an instruction of our own, which nothing preloaded sees. */
static void batch_escaped(struct arena *arena, unsigned long calls)
{
	while (calls--)
		must_be((void *)raw_call(SYS_mremap, arena->here, 2 * PAGE,
					 2 * PAGE),
			arena->here);
}

static void batch_escaped_resize(struct arena *arena, unsigned long calls)
{
	for (; calls >= 2; calls -= 2) {
		must_be((void *)raw_call(SYS_mremap, arena->here, 2 * PAGE,
					 PAGE),
			arena->here);
		must_be((void *)raw_call(SYS_mremap, arena->here, PAGE,
					 2 * PAGE),
			arena->here);
	}
}

/* Present pages to a fixed place and back. */
static void batch_move(struct arena *arena, unsigned long calls)
{
	size_t len = MOVED_PAGES * PAGE;
	char *from;

	while (calls--) {
		from = arena->here;
		must_be(mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
			       arena->there),
			arena->there);
		arena->here = arena->there;
		arena->there = from;
	}
}

/* A buffer that grows a page at a time: libc calls mremap by itself. */
static void batch_realloc(struct arena *arena, unsigned long calls)
{
	size_t size = REALLOC_START;
	char *buffer = NULL;

	(void)arena;
	while (calls--) {
		buffer = realloc(buffer, size);
		if (!buffer)
			die("bench-calls: realloc");
		size += PAGE;
		if (size > REALLOC_END)
			size = REALLOC_START;
	}
	free(buffer);
}

static const struct kind kinds[] = {
	{ "noop", 2, batch_noop, false },
	{ "escaped", 2, batch_escaped, false },
	{ "resize", 2, batch_resize, true },
	{ "escaped-resize", 2, batch_escaped_resize, true },
	{ "move", MOVED_PAGES, batch_move, true },
	{ "realloc", 2, batch_realloc, false },
	{ "counter", 2, batch_counter, false },
	{ "query", 2, batch_query, false },
	{ "segment", 2, batch_segment, false },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < NR_KINDS; i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

void print_kinds(void)
{
	for (size_t i = 0; i < NR_KINDS; i++)
		fprintf(stderr, "%s%s", i ? "|" : "", kinds[i].name);
}

/* Else the first free() makes libc keep later buffers on its heap. */
void keep_buffers_mapped(void)
{
	mallopt(M_MMAP_THRESHOLD, REALLOC_START / 2);
}
