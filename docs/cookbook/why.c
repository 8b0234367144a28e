/* SPDX-License-Identifier: MIT */

/* why.c CASE: calls that docs/cookbook.md has refused. */

#define _GNU_SOURCE
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096UL

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

static char *map_pages(size_t pages)
{
	return mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void limit(int what, size_t bytes)
{
	setrlimit(what, &(struct rlimit){ bytes, bytes });
}

static void *not_from_mmap(void)
{
	char *buffer = malloc(PAGE);

	return mremap(buffer, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
}

static void *two_mappings(void)
{
	char *buffer = map_pages(4);

	/* a guard page, and one mapping is now two */
	mprotect(buffer + 3 * PAGE, PAGE, PROT_NONE);
	return mremap(buffer, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
}

static void *neighbour(void)
{
	char *both = map_pages(2);

	return mremap(both, PAGE, 2 * PAGE, 0);
}

static void *memory_limit(void)
{
	char *buffer = map_pages(4);

	limit(RLIMIT_AS, 1UL << 30);
	return mremap(buffer, 4 * PAGE, 2UL << 30, MREMAP_MAYMOVE);
}

static void *locked(void)
{
	char *buffer = map_pages(16);

	limit(RLIMIT_MEMLOCK, 16 * PAGE);
	mlock(buffer, 16 * PAGE);
	return mremap(buffer, 16 * PAGE, 32 * PAGE, MREMAP_MAYMOVE);
}

static void *sealed(void)
{
	char *buffer = map_pages(4);

	syscall(SYS_mseal, buffer, 4 * PAGE, 0UL);
	return mremap(buffer, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
}

static const struct {
	const char *name;
	void *(*call)(void);
} cases[] = {
	{ "not-from-mmap", not_from_mmap },
	{ "two-mappings", two_mappings },
	{ "neighbour", neighbour },
	{ "memory-limit", memory_limit },
	{ "locked", locked },
	{ "sealed", sealed },
};

/* For root limits on locked memory do not count. */
static void be_ordinary(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
						   0 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	syscall(SYS_capset, &header, none);
}

int main(int argc, char **argv)
{
	be_ordinary();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc != 2 || strcmp(cases[i].name, argv[1]) != 0)
			continue;
		if (cases[i].call() != MAP_FAILED)
			return 0;
		perror("mremap");
		return 1;
	}
	return 2;
}
