/* SPDX-License-Identifier: MIT */

/*
 * Little room for a call: small-stacks thread|handler BYTES resize|mixed
 * [warm]. A thread with a stack so small, or a signal handler on an alternate
 * stack with so many bytes beside what the kernel puts there; warm, the loader
 * has looked up the functions before, which takes room too. What lies below
 * must stay as it is.
 */

#include "hosts.h"

#include <pthread.h>
#include <signal.h>

#define GUARD (64 * 1024)

static char area[GUARD + 256 * 1024] __attribute__((aligned(4096)));

static void (*call)(unsigned long);

static void resize(unsigned long slot)
{
	bounce((char *)0x200000000000ul + 16 * slot * BOUNCE_PAGE, MIXED_CALLS);
}

static void on_signal(int signal)
{
	(void)signal;
	call(0);
}

static void *run(void *unused)
{
	(void)unused;
	call(0);
	return NULL;
}

static void call_in_thread(size_t bytes)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	if (pthread_attr_setstack(&attributes, area + GUARD, bytes) ||
	    pthread_create(&thread, &attributes, run, NULL))
		abort();
	pthread_join(thread, NULL);
}

static void call_in_handler(size_t bytes)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_sp = area + GUARD };

	stack.ss_size = (size_t)sysconf(_SC_MINSIGSTKSZ) + bytes;
	sigaction(SIGUSR1, &action, NULL);
	if (sigaltstack(&stack, NULL))
		abort();
	raise(SIGUSR1);
}

static size_t deepest(size_t bytes)
{
	size_t at = 0;

	while (at < GUARD + bytes && area[at] == 0x5a)
		at++;
	return GUARD + bytes - at;
}

int main(int argc, char **argv)
{
	size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 0) : 16384;

	call = argc > 3 && !strcmp(argv[3], "mixed") ? mixed : resize;
	bounce_range(0);
	if (argc > 4)
		call(0);
	memset(area, 0x5a, sizeof(area));
	if (argc > 1 && !strcmp(argv[1], "thread")) {
		call_in_thread(bytes);
	} else {
		call_in_handler(bytes);
		bytes += (size_t)sysconf(_SC_MINSIGSTKSZ);
	}
	fprintf(stderr, "used %zu of %zu\n", deepest(bytes), bytes);
	printf("calls %lu\n%s\n", argc > 4 ? 2 * MIXED_CALLS : MIXED_CALLS,
	       deepest(bytes) > bytes ? "over the end" : "in its place");
	return 0;
}
