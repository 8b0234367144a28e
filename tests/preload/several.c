/* SPDX-License-Identifier: MIT */

/*
 * Two mappings go onto a hole and leave what they were behind, where
 * RLIMIT_DATA has room for one more of them. Says what came of it, and what is
 * in the first then: since Linux 6.17 it has moved.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGES 32

static unsigned long data_kilobytes(void)
{
	unsigned long kilobytes = 0;
	char line[256];
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmData: %lu", &kilobytes);
	if (file)
		fclose(file);
	return kilobytes;
}

static char *map(size_t len)
{
	char *at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(2);
	return at;
}

int main(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };
	char *from = map(PAGES * page);
	char *to = map(PAGES * page);
	char *got;

	memset(from, 'a', PAGES * page);
	madvise(from, PAGES / 2 * page, MADV_DONTDUMP);
	munmap(to, PAGES * page);
	limit.rlim_cur = (data_kilobytes() << 10) + (PAGES - 1) * page;
	setrlimit(RLIMIT_DATA, &limit);
	errno = 0;
	got = mremap(from, PAGES * page, PAGES * page,
		     MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to);
	printf("%s\n", got == to ? "moved" : strerror(errno));
	/* before it was refused as a whole */
	printf("%c\n", errno == ENOMEM ? *to : *from);
	return 0;
}
