/* SPDX-License-Identifier: MIT */

/*
 * Eight threads call while a signal handler interrupts them to call as well,
 * on its own stack: no call may be lost, nothing may wait for itself. Made so
 * that it ends: the handler's calls are counted, not awaited.
 */

#include "bounce.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#define THREADS 8

static unsigned long calls_each;
static unsigned long handled;

/* Same length: safe whoever is interrupted, and by whom. */
static void on_alarm(int signal)
{
	char *range = (char *)0x200000000000ul;
	int kept = errno;

	(void)signal;
	if (mremap(range, BOUNCE_PAGE, BOUNCE_PAGE, 0) != range)
		abort();
	__atomic_add_fetch(&handled, 1, __ATOMIC_RELAXED);
	errno = kept;
}

static void *run(void *slot)
{
	char stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };

	sigaltstack(&alternate, NULL);
	bounce(bounce_range((unsigned long)slot), calls_each);
	alternate.ss_flags = SS_DISABLE;
	sigaltstack(&alternate, NULL);
	return NULL;
}

static void set_timer(long microseconds)
{
	struct itimerval every = {
		.it_interval.tv_usec = microseconds,
		.it_value.tv_usec = microseconds,
	};

	setitimer(ITIMER_REAL, &every, NULL);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm,
				    .sa_flags = SA_ONSTACK | SA_RESTART };
	pthread_t threads[THREADS];

	calls_each = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
	bounce_range(0);
	sigaction(SIGALRM, &action, NULL);
	set_timer(100);
	for (unsigned long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	set_timer(0);
	signal(SIGALRM, SIG_IGN);
	printf("handled %s\n", handled ? "some" : "none");
	fprintf(stderr, "%lu\n", THREADS * calls_each + handled);
	return 0;
}
