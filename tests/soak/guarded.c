/* SPDX-License-Identifier: MIT */

/*
 * guarded MB [locked]: large allocations grow and shrink as hardened_malloc
 * does it. Each has guard pages around it. To grow it in another place a new
 * one is mapped, readable and writable, and the old pages are moved over it.
 * ENOMEM means to copy; no other errno is expected, and each ends the program.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

struct large {
	unsigned char *start;
	size_t size;
	size_t before; /* the sizes of its guards */
	size_t behind;
};

static unsigned int moved, copied, in_place;

static void die(const char *what)
{
	perror(what);
	abort();
}

static struct large allocate(size_t size, size_t guard)
{
	unsigned char *p = mmap(NULL, size + 2 * guard, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	if (mprotect(p + guard, size, PROT_READ | PROT_WRITE))
		die("mprotect");
	return (struct large){ p + guard, size, guard, guard };
}

static void unmap(unsigned char *start, size_t size)
{
	if (munmap(start, size))
		die("munmap");
}

static void release_guards(struct large *a)
{
	unmap(a->start - a->before, a->before);
	unmap(a->start + a->size, a->behind);
}

static void release(struct large *a)
{
	release_guards(a);
	unmap(a->start, a->size);
}

/* What is moved away leaves a hole between its guards, which is nobody's. */
static void move(struct large *from, struct large *to)
{
	size_t size = from->size < to->size ? from->size : to->size;
	void *p = mremap(from->start, from->size, to->size,
			 MREMAP_MAYMOVE | MREMAP_FIXED, to->start);

	if (p == to->start) {
		release_guards(from);
		moved++;
		return;
	}
	if (p != MAP_FAILED || errno != ENOMEM)
		die("mremap");
	memcpy(to->start, from->start, size);
	release(from);
	copied++;
}

/* Into the guard behind it, of which something is left. */
static void grow_in_place(struct large *a, size_t size)
{
	size_t more = size - a->size;
	void *p;

	unmap(a->start + a->size, more);
	p = mremap(a->start, a->size, size, 0);
	if (p != a->start)
		die("mremap in place");
	a->size = size;
	a->behind -= more;
	in_place++;
}

/* What is cut off becomes a guard. */
static void shrink_in_place(struct large *a, size_t size)
{
	size_t less = a->size - size;
	void *p = mmap(a->start + size, less, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		die("mmap of a guard");
	a->size = size;
	a->behind += less;
	in_place++;
}

static void resize(struct large *a, size_t size, size_t guard)
{
	struct large b;

	if (size < a->size && a->size - size <= a->size / 4) {
		shrink_in_place(a, size);
		return;
	}
	if (size > a->size && size - a->size < a->behind) {
		grow_in_place(a, size);
		return;
	}
	b = allocate(size, guard);
	move(a, &b);
	*a = b;
}

/* Each page has its number. */
static void fill(struct large *a, size_t from)
{
	for (size_t i = from; i < a->size; i += PAGE)
		memcpy(a->start + i, &i, sizeof(i));
}

static void check(const struct large *a, size_t size)
{
	for (size_t i = 0; i < size && i < a->size; i += PAGE) {
		if (memcmp(a->start + i, &i, sizeof(i))) {
			printf("page %zu of %zu is lost\n", i / PAGE,
			       a->size / PAGE);
			abort();
		}
	}
}

static uint32_t next(uint32_t *state)
{
	return *state = *state * 1664525 + 1013904223;
}

static size_t pages(uint32_t *state, size_t limit)
{
	return (1 + (next(state) >> 8) % (limit / PAGE)) * PAGE;
}

#define NR 8

int main(int argc, char **argv)
{
	struct large all[NR];
	uint32_t state = 1;
	size_t limit;

	if (argc < 2 || !strcmp(argv[1], "--version")) {
		puts("1.0");
		return 0;
	}
	if (argc > 2 && mlockall(MCL_CURRENT | MCL_FUTURE)) {
		puts("not so much memory may be locked");
		return 77;
	}
	limit = strtoul(argv[1], NULL, 10) << 20;
	for (int i = 0; i < NR; i++) {
		all[i] = allocate(32 * PAGE, 8 * PAGE);
		fill(&all[i], 0);
	}
	for (int i = 0; i < 1000; i++) {
		struct large *a = &all[next(&state) >> 16 & (NR - 1)];
		size_t before = a->size;
		size_t size =
			i % 3 ? a->size + pages(&state, a->size / 4 + PAGE)
			      : pages(&state, limit / NR);

		resize(a, size < limit ? size : PAGE, pages(&state, 64 * PAGE));
		check(a, before);
		fill(a, before < a->size ? before : a->size);
	}
	for (int i = 0; i < NR; i++) {
		check(&all[i], all[i].size);
		release(&all[i]);
	}
	printf("all pages are there: %s\n",
	       moved && in_place && !copied ? "moved and in place" : "copied");
	return 0;
}
