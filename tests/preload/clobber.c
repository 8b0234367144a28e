/* SPDX-License-Identifier: MIT */

/* Moves a mapping over another one, twice, and says what came of it. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define LEN 8192

static char *map(void)
{
	char *at = mmap(NULL, LEN, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(at, 1, LEN);
	return at;
}

__attribute__((noinline)) static void move_over(void)
{
	char *from = map();
	char *over = map();

	errno = 0;
	if (mremap(from, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, over) == over)
		puts("moved");
	else
		puts(strerrorname_np(errno));
}

int main(void)
{
	move_over();
	move_over();
	return 3;
}
