/* SPDX-License-Identifier: MIT */

/* fork() while other threads are in the middle of calls. */

#include "bounce.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3
#define FORKS 20
#define CALLS 10000

static void *run(void *slot)
{
	bounce(bounce_range((unsigned long)slot), CALLS);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	char *range = bounce_range(0);
	int status, bad = 0;

	for (unsigned long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < FORKS; i++) {
		if (fork() == 0) {
			bounce(range, 50);
			_exit(0);
		}
		wait(&status);
		bad |= status;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("calls %d\n", THREADS * CALLS + FORKS * 50);
	return bad;
}
