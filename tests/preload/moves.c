/* SPDX-License-Identifier: MIT */

/*
 * Calls that may stay or move, and what becomes of each: a line of its name
 * and `stayed', `moved', the errno, or what is wrong; `moved, congruent' where
 * the new place has the old one's offset in 2 MB. With an argument, the rows
 * that begin with it.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNIT ((size_t)2 << 20) /* as large as a huge page */

/* Not a multiple of huge pages, which the kernel would align. */
#define LARGE (16 * UNIT + 4096)

enum {
	SHARED = 1 << 0,
	HUGE = 1 << 1,
	BLOCKED = 1 << 2, /* something is mapped behind it */
	LOCKED = 1 << 3,
	LIMITED = 1 << 4, /* the address space is to be had once, not twice */
	LOW = 1 << 5,	  /* where 32 bits reach */
	WRAPS = 1 << 6,	  /* the old length does, as asked: a duplicate */
	OF_FILE = 1 << 7, /* beside SHARED: not of anonymous memory */
	DRIVER = 1 << 8,  /* a socket's: of no file, and without a page */
};

static const struct row {
	const char *name;
	unsigned int how;
	size_t old_len;
	size_t new_len;
	int flags;
} rows[] = {
	{ "grows", 0, UNIT, 2 * UNIT, MREMAP_MAYMOVE },
	{ "grows by a byte", 0, UNIT, UNIT + 1, MREMAP_MAYMOVE },
	{ "grows, blocked", BLOCKED, UNIT, 2 * UNIT, MREMAP_MAYMOVE },
	{ "grows, shared", SHARED, UNIT, 2 * UNIT, MREMAP_MAYMOVE },
	{ "grows, huge pages", HUGE, UNIT, 2 * UNIT, MREMAP_MAYMOVE },
	{ "grows, locked", LOCKED, UNIT / 32, UNIT / 16, MREMAP_MAYMOVE },
	{ "grows, limited", LIMITED, UNIT, 64 * UNIT, MREMAP_MAYMOVE },
	{ "grows, may not move", 0, UNIT, 2 * UNIT, 0 },
	{ "grows within its last page", 0, UNIT - 9, UNIT, MREMAP_MAYMOVE },
	{ "shrinks", 0, 2 * UNIT, UNIT, MREMAP_MAYMOVE },
	{ "keeps its size", 0, UNIT, UNIT, MREMAP_MAYMOVE },
	{ "keeps its size, DONTUNMAP", 0, UNIT, UNIT,
	  MREMAP_MAYMOVE | MREMAP_DONTUNMAP },
	{ "length wraps", SHARED | WRAPS, UNIT, UNIT, MREMAP_MAYMOVE },
	{ "left, short", BLOCKED, 2 * UNIT + 4096, 4 * UNIT, MREMAP_MAYMOVE },
	{ "left, aligned", BLOCKED, 16 * UNIT, 17 * UNIT, MREMAP_MAYMOVE },
	{ "left, in its last page", BLOCKED, LARGE - 9, LARGE, MREMAP_MAYMOVE },
	{ "large, stays", 0, LARGE, LARGE + 4096, MREMAP_MAYMOVE },
	{ "large, moves", BLOCKED, LARGE, 2 * LARGE, MREMAP_MAYMOVE },
	{ "large, moves by a page", BLOCKED, LARGE, LARGE + 1, MREMAP_MAYMOVE },
	{ "large, moves, shared", BLOCKED | SHARED, LARGE, LARGE + UNIT,
	  MREMAP_MAYMOVE },
	{ "large, moves, low", BLOCKED | LOW, LARGE, 2 * LARGE,
	  MREMAP_MAYMOVE },
	{ "large, moves, limited", BLOCKED | LIMITED, LARGE, LARGE + 4096,
	  MREMAP_MAYMOVE },
	{ "large, learns, file", BLOCKED | SHARED | OF_FILE, LARGE,
	  LARGE + UNIT, MREMAP_MAYMOVE },
	{ "large, learns, anonymous", BLOCKED, LARGE, LARGE + 1,
	  MREMAP_MAYMOVE },
	{ "large, learns, anonymous again", BLOCKED, LARGE, LARGE + 1,
	  MREMAP_MAYMOVE },
	{ "large, driver's", DRIVER | SHARED, LARGE, LARGE + UNIT,
	  MREMAP_MAYMOVE },
	{ "large, may not move", BLOCKED, LARGE, 2 * LARGE, 0 },
	{ "large, flag unknown", BLOCKED, LARGE, 2 * LARGE,
	  MREMAP_MAYMOVE | 64 },
};

static void *map(size_t len, int prot, int flags)
{
	void *got = mmap(NULL, len, prot, flags, -1, 0);

	return got == MAP_FAILED ? NULL : got;
}

static int make_file(size_t len)
{
	FILE *file = tmpfile();
	int fd = file ? fileno(file) : -1;

	return fd >= 0 && ftruncate(fd, (off_t)len) ? -1 : fd;
}

/* With room behind it, but for what is to block it. */
static char *lay(const struct row *row)
{
	int flags = MAP_FIXED |
		    (row->how & (OF_FILE | DRIVER) ? 0 : MAP_ANONYMOUS) |
		    (row->how & SHARED ? MAP_SHARED : MAP_PRIVATE) |
		    (row->how & HUGE ? MAP_HUGETLB : 0);
	int access = row->how & DRIVER ? PROT_READ : PROT_READ | PROT_WRITE;
	int fd = row->how & OF_FILE  ? make_file(row->new_len)
		 : row->how & DRIVER ? socket(AF_INET, SOCK_STREAM, 0)
				     : -1;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t len = (row->old_len + page - 1) & -page;
	char *room = map(80 * UNIT, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				 (row->how & LOW ? MAP_32BIT : 0));
	char *at, *got;

	if (!room)
		return NULL;
	at = (char *)(((uintptr_t)room + UNIT - 1) & -UNIT);
	munmap(at, 79 * UNIT);
	got = mmap(at, len, access, flags, fd, 0);
	if (got != at)
		return NULL;
	if (row->how & BLOCKED &&
	    mmap(at + len, UNIT, PROT_READ,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at + len)
		return NULL;
	if (row->how & LOCKED && mlock(at, row->old_len))
		return NULL;
	return at;
}

/* Room for the growth, and for no second mapping of the new length. */
static void limit(const struct row *row)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;
	struct rlimit rlimit;

	if (!file || fscanf(file, "%lu", &pages) != 1)
		abort();
	fclose(file);
	rlimit.rlim_cur = pages * (unsigned long)sysconf(_SC_PAGESIZE) +
			  row->new_len - row->old_len + UNIT / 16;
	rlimit.rlim_max = RLIM_INFINITY;
	setrlimit(RLIMIT_AS, &rlimit);
}

static void unlimit(void)
{
	struct rlimit rlimit = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_AS, &rlimit);
}

static const char *outcome(const struct row *row)
{
	char *from = lay(row), *to;
	int error;

	if (!from)
		return "cannot be had";
	if (!(row->how & DRIVER))
		memset(from, 7, row->old_len);
	if (row->how & LIMITED)
		limit(row);
	to = mremap(from, row->how & WRAPS ? SIZE_MAX : row->old_len,
		    row->new_len, row->flags, NULL);
	error = errno;
	unlimit();
	if (to == MAP_FAILED)
		return strerrorname_np(error);
	for (size_t i = 0; i < row->old_len && i < row->new_len; i += 4096) {
		if (!(row->how & DRIVER) && to[i] != 7)
			return "lost what it held";
	}
	/* a shared object has the size that it had */
	if (row->new_len > row->old_len && !(row->how & SHARED))
		to[row->new_len - 1] = 7;
	if (to == from)
		return "stayed";
	return ((uintptr_t)to ^ (uintptr_t)from) & (UNIT - 1)
		       ? "moved"
		       : "moved, congruent";
}

static const char *outcome_of_realloc(void)
{
	char *from = malloc(4 * UNIT), *to;
	volatile uintptr_t before = (uintptr_t)from;

	if (!from)
		return "cannot be had";
	memset(from, 7, 4 * UNIT);
	to = realloc(from, 5 * UNIT);
	if (!to)
		return strerrorname_np(errno);
	for (size_t i = 0; i < 4 * UNIT; i++) {
		if (to[i] != 7)
			return "lost what it held";
	}
	memset(to, 8, 5 * UNIT);
	return (uintptr_t)to == before ? "stayed" : "moved";
}

int main(int argc, char **argv)
{
	const char *prefix = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strncmp(rows[i].name, prefix, strlen(prefix)))
			printf("%s: %s\n", rows[i].name, outcome(&rows[i]));
	}
	if (!*prefix)
		printf("realloc: %s\n", outcome_of_realloc());
	return 0;
}
