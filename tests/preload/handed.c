/* SPDX-License-Identifier: MIT */

/*
 * Two threads, on two processors where there are so many, call in step, so
 * that they get into each other's way, and then hand one page to and fro: each
 * moves it on, from where the other has left it. So the calls of both have one
 * order, which the trace must have.
 */

#include "bounce.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#define STEPS 2000
#define CALLS 10
#define TURNS 2000

static char *page;
static unsigned turn;
static pthread_barrier_t barrier;

/* The first processor that it may run on, or the second. */
static void keep_to_processor(unsigned mine)
{
	cpu_set_t all, one;
	unsigned nr = 0;

	CPU_ZERO(&one);
	sched_getaffinity(0, sizeof(all), &all);
	if (CPU_COUNT(&all) < 2)
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &all) && nr++ == mine)
			CPU_SET(cpu, &one);
	}
	pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

/* One of many places in a row, each as good as the next. */
static void hand_on(unsigned number)
{
	char *to = (char *)0x210000000000ul + number * BOUNCE_PAGE;
	char *got = mremap(page, BOUNCE_PAGE, BOUNCE_PAGE,
			   MREMAP_MAYMOVE | MREMAP_FIXED, to);

	if (got != to)
		abort();
	page = got;
}

static void *run(void *slot)
{
	unsigned mine = (unsigned)(unsigned long)slot - 1;
	char *range = bounce_range((unsigned long)slot);

	keep_to_processor(mine);
	for (int step = 0; step < STEPS; step++) {
		pthread_barrier_wait(&barrier);
		bounce(range, CALLS);
	}
	for (unsigned number = mine; number < TURNS; number += 2) {
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != number)
			sched_yield();
		hand_on(number + 1);
		__atomic_store_n(&turn, number + 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	page = mmap((char *)0x210000000000ul, BOUNCE_PAGE,
		    PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	pthread_barrier_init(&barrier, NULL, 2);
	for (unsigned long i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("calls %d, handed on %d\n", 2 * STEPS * CALLS + TURNS, TURNS);
	return 0;
}
