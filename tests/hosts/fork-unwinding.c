/* SPDX-License-Identifier: MIT */

/*
 * fork() while new threads, which nobody has unwound yet, are in the middle of
 * calls, as is their unwinder; children have a new thread too. None waits for
 * a lock that was left behind.
 */

#include "hosts.h"

#include <pthread.h>

#define FORKS 200
#define STARTERS 2

static int over;

static void *one_call(void *slot)
{
	bounce((char *)0x200000000000ul +
		       16 * (unsigned long)slot * BOUNCE_PAGE,
	       2);
	return NULL;
}

static void in_new_thread(unsigned long slot)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, one_call, (void *)slot))
		abort();
	pthread_join(thread, NULL);
}

static void *start_threads(void *slot)
{
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED))
		in_new_thread((unsigned long)slot);
	return NULL;
}

int main(void)
{
	pthread_t starters[STARTERS];
	int bad = 0;

	bounce_range(0);
	for (unsigned long i = 0; i < STARTERS; i++) {
		bounce_range(i + 1);
		pthread_create(&starters[i], NULL, start_threads,
			       (void *)(i + 1));
	}
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			alarm(20);
			in_new_thread(0);
			_exit(0);
		}
		bad |= ended(pid);
	}
	__atomic_store_n(&over, 1, __ATOMIC_RELAXED);
	for (int i = 0; i < STARTERS; i++)
		pthread_join(starters[i], NULL);
	printf("at least %d\n%s\n", 2 * FORKS,
	       bad ? "a child did not end" : "all ended");
	return bad != 0;
}
