/* SPDX-License-Identifier: MIT */

/*
 * For programs with a sanitizer's runtime, which has addresses of its own:
 * wherever there is room, from threads and a child, and the heap's calls.
 */

#include "hosts.h"

#include <pthread.h>

static void *run(void *unused)
{
	char *range = mmap(NULL, 4 * BOUNCE_PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	for (int i = 0; i < 50; i++) {
		if (mremap(range, 4 * BOUNCE_PAGE, BOUNCE_PAGE, 0) != range)
			abort();
		range = mremap(range, BOUNCE_PAGE, 4 * BOUNCE_PAGE,
			       MREMAP_MAYMOVE);
		if (range == MAP_FAILED)
			abort();
		range[3 * BOUNCE_PAGE] = 1;
	}
	munmap(range, 4 * BOUNCE_PAGE);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];
	char *block = malloc(300000);
	pid_t pid;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, run, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	block = realloc(block, 3000000);
	block[2999999] = 1;
	free(block);
	pid = fork();
	if (pid == 0) {
		run(NULL);
		_exit(0);
	}
	printf("at least %d\n", 4 * 100);
	return ended(pid);
}
