/* SPDX-License-Identifier: MIT */

/*
 * Moves ranges away and unmaps later where they were, as if they were still
 * there: nothing happens, as long as nobody else maps something there.
 */

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define LEN (1ul << 20)
#define ROUNDS 30000

static char *map(int prot)
{
	return mmap(NULL, LEN, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static char *move(char *from)
{
	char *to = map(PROT_NONE);

	return mremap(from, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, to);
}

int main(void)
{
	char *before = map(PROT_NONE);

	for (int i = 0; i < ROUNDS; i++) {
		char *from = map(PROT_READ | PROT_WRITE);
		char *to;

		strcpy(from, "kept");
		to = move(from);
		if (to == MAP_FAILED || strcmp(to, "kept"))
			return 1;
		munmap(before, LEN);
		munmap(to, LEN);
		before = from;
	}
	printf("calls %d\n", ROUNDS);
	return 0;
}
