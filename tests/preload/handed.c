/* SPDX-License-Identifier: MIT */

/*
 * Two threads call at once until they have got into each other's way for long,
 * and then hand one page to and fro: each moves it on, from where the other
 * has left it. So the calls of both have one order, which the trace must have.
 */

#include "bounce.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#define CALLS 50000
#define TURNS 2000

static char *page;
static unsigned turn;

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

	bounce(bounce_range((unsigned long)slot), CALLS);
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
	for (unsigned long i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("calls %d, handed on %d\n", 2 * CALLS + TURNS, TURNS);
	return 0;
}
