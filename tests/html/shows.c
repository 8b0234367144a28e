/* SPDX-License-Identifier: MIT */

/*
 * shows [N]: calls of every path, failures for several reasons and a hazard,
 * each from a function of its own; and N more calls that grow and shrink.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static size_t page;

static void *map(size_t pages)
{
	void *p = mmap(NULL, pages * page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	memset(p, 1, pages * page);
	return p;
}

static NOINLINE void grow_in_place(size_t pages)
{
	char *p = map(4 * pages);

	munmap(p + pages * page, 3 * pages * page);
	p = mremap(p, pages * page, 2 * pages * page, 0);
	munmap(p, 2 * pages * page);
}

static NOINLINE void *move_away(size_t pages)
{
	char *p = map(2 * pages);

	return mremap(p, pages * page, 3 * pages * page, MREMAP_MAYMOVE);
}

static NOINLINE void shrink_buffer(size_t pages)
{
	munmap(mremap(map(2 * pages), 2 * pages * page, pages * page, 0),
	       pages * page);
}

static NOINLINE void move_and_keep(void)
{
	if (mremap(map(4), 4 * page, 4 * page,
		   MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL) == MAP_FAILED)
		perror("dontunmap");
}

static NOINLINE void map_twice(void)
{
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (mremap(p, 0, page, MREMAP_MAYMOVE) == MAP_FAILED)
		perror("duplicate");
}

static NOINLINE void ask_nothing(void)
{
	void *p = map(2);

	if (mremap(p, 2 * page, 2 * page, 0) != p)
		perror("no resize");
}

/* The destination is in use: what is there is silently lost. */
static NOINLINE void clobber_other(void)
{
	void *other = map(4);

	if (mremap(map(2), 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED,
		   other) == MAP_FAILED)
		perror("clobber");
}

static NOINLINE void refuse_overlap(void)
{
	char *p = map(4);

	if (mremap(p, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED,
		   p + page) != MAP_FAILED)
		exit(1);
}

static NOINLINE void refuse_crossing(void)
{
	char *p = map(4);

	munmap(p + 2 * page, 2 * page);
	if (mremap(p, 4 * page, 8 * page, MREMAP_MAYMOVE) != MAP_FAILED)
		exit(1);
}

static NOINLINE void refuse_no_room(void)
{
	char *p = map(4);

	if (mremap(p, 2 * page, 3 * page, 0) != MAP_FAILED)
		exit(1);
}

static NOINLINE void refuse_zero(void)
{
	if (mremap(map(1), page, 0, MREMAP_MAYMOVE) != MAP_FAILED)
		exit(1);
}

static NOINLINE void many(size_t nr)
{
	char *p = map(64);

	munmap(p + 32 * page, 32 * page);
	for (size_t i = 0; i < nr; i++) {
		size_t pages = 1 + i * 7 % 31;

		if (mremap(p, 32 * page, pages * page, 0) == MAP_FAILED ||
		    mremap(p, pages * page, 32 * page, 0) == MAP_FAILED)
			exit(1);
	}
}

int main(int argc, char **argv)
{
	size_t nr = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;

	page = (size_t)sysconf(_SC_PAGESIZE);
	for (size_t i = 1; i <= 12; i++) {
		grow_in_place(i);
		move_away(16 << i % 8);
		shrink_buffer(i);
		ask_nothing();
	}
	move_and_keep();
	map_twice();
	clobber_other();
	refuse_overlap();
	refuse_crossing();
	refuse_no_room();
	refuse_zero();
	many(nr / 2);
	return 0;
}
