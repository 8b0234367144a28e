/* SPDX-License-Identifier: MIT */

/*
 * A FIXED move that shrinks, and how much committed memory the system counts
 * for good afterwards: kB, of 64 MB that were given back each time.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096ul
#define LEN (64ul << 20)
#define ROUNDS 8

static long committed_kb(void)
{
	FILE *meminfo = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = -1;

	while (meminfo && fgets(line, sizeof(line), meminfo)) {
		if (sscanf(line, "Committed_AS: %ld", &kb) == 1)
			break;
	}
	if (meminfo)
		fclose(meminfo);
	return kb;
}

int main(void)
{
	long before = committed_kb();

	for (int i = 0; i < ROUNDS; i++) {
		char *from = mmap(NULL, LEN, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		char *to = mmap(NULL, PAGE, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		from[0] = 'a';
		if (mremap(from, LEN, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   to) != to ||
		    to[0] != 'a')
			return 1;
		munmap(to, PAGE);
	}
	printf("%ld\n", committed_kb() - before);
	return 0;
}
