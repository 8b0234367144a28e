/* SPDX-License-Identifier: MIT */

/* worker.c: a daemon's loop. Each request grows a buffer and gives it back. */

#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB (1UL << 20)

static void serve(void)
{
	size_t size = MIB;
	char *answer = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	while (size < 4 * MIB) {
		memset(answer, 'a', size);
		answer = mremap(answer, size, 2 * size, MREMAP_MAYMOVE);
		size *= 2;
	}
	munmap(answer, size);
}

int main(void)
{
	for (;;) {
		serve();
		usleep(10000);
	}
}
