/* SPDX-License-Identifier: MIT */

/*
 * counted HOW MOVES: so many moves, each of a mapping of its own, between two
 * calls of getpgid(0). HOW: "grow" or "given", and "-threads" where there is
 * another thread. Three system calls of its own for each, or four.
 */

#include "stale.h"

#include <pthread.h>
#include <sys/syscall.h>

#define LEN (8 * PAGE)

static void *wait_for_ever(void *nothing)
{
	pause();
	return nothing;
}

static void grow(void)
{
	char *all = map(2 * LEN);
	char *at;

	/* the rest is in its way */
	at = mremap(all, LEN, 2 * LEN, MREMAP_MAYMOVE);
	if (at == MAP_FAILED || at == all)
		abort();
	munmap(at, 2 * LEN);
}

static void given(void)
{
	char *from = map(LEN);
	char *to = map(LEN);

	if (mremap(from, LEN, LEN, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
		abort();
	munmap(to, LEN);
}

int main(int argc, char **argv)
{
	long nr = argc > 2 ? strtol(argv[2], NULL, 0) : 10;
	void (*move)(void) = strncmp(argv[1], "grow", 4) ? given : grow;
	pthread_t thread;

	if (strchr(argv[1], '-'))
		pthread_create(&thread, NULL, wait_for_ever, NULL);
	/* what is made once is made now */
	for (int i = 0; i < 100; i++)
		move();
	getpgid(0);
	while (nr-- > 0)
		move();
	getpgid(0);
	return 0;
}
