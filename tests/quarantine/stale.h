/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_STALE_H
#define RG_TEST_STALE_H

/* What the programs of this folder share. */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))
#define MOVED_PAGES 16
#define MOVED_LEN (MOVED_PAGES * PAGE)

static inline char *map(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

/* Where something was. */
static inline char *moved_from(void)
{
	char *from = map(MOVED_LEN);
	char *to = map(2 * MOVED_LEN);

	memset(from, 1, MOVED_LEN);
	if (mremap(from, MOVED_LEN, MOVED_LEN, MREMAP_MAYMOVE | MREMAP_FIXED,
		   to) != to)
		abort();
	return from;
}

struct row {
	const char *name;
	void (*run)(void);
};

static inline int run_row(const struct row *rows, size_t nr, int argc,
			  char **argv)
{
	for (size_t i = 0; argc > 1 && i < nr; i++) {
		if (strcmp(rows[i].name, argv[1]) != 0)
			continue;
		rows[i].run();
		return 0;
	}
	fprintf(stderr, "no such row\n");
	return 2;
}

#endif
