/* SPDX-License-Identifier: MIT */

/*
 * What the object's own system calls fail under, one after the other: faults
 * HOW [CALLS]. Its result, printed, is its descriptors, signal mask, errno and
 * the outcome of its calls.
 */

#include "hosts.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

static unsigned long nr_calls = 1200; /* a first segment's, and more */

static void *run(void *slot)
{
	bounce(bounce_range((unsigned long)slot), nr_calls);
	return NULL;
}

static int in_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		mixed(0);
		_exit(0);
	}
	return ended(pid);
}

static unsigned long tree(void)
{
	pthread_t threads[2];

	mixed(0);
	if (in_child())
		abort();
	for (unsigned long i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 2 * MIXED_CALLS + 2 * nr_calls;
}

static unsigned long odd(void)
{
	mixed(0);
	bounce(bounce_range(0), nr_calls);
	return MIXED_CALLS + nr_calls;
}

static void print_state(void)
{
	sigset_t mask;
	int fd = open("/dev/null", O_RDONLY);

	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("descriptor %d\nmask", fd);
	for (int i = 1; i < 65; i++)
		printf("%d", sigismember(&mask, i));
	printf("\n");
}

int main(int argc, char **argv)
{
	unsigned long calls;

	getsid(0);
	if (argc > 2)
		nr_calls = strtoul(argv[2], NULL, 0);
	calls = argc > 1 && !strcmp(argv[1], "tree") ? tree() : odd();
	print_state();
	printf("calls %lu\n", calls);
	return 3;
}
