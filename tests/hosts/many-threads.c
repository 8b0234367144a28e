/* SPDX-License-Identifier: MIT */

/*
 * Threads by the thousand, each ended when the next few begin, with the
 * smallest stack there is: many-threads [NUMBER].
 */

#include "hosts.h"

#include <limits.h>
#include <pthread.h>

#define AT_ONCE 8
#define CALLS 10

static void *run(void *slot)
{
	bounce(bounce_range((unsigned long)slot), CALLS);
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long nr = argc > 1 ? strtoul(argv[1], NULL, 0) : 2000;
	pthread_t threads[AT_ONCE];
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 16384);
	for (unsigned long i = 0; i < nr + AT_ONCE; i++) {
		pthread_t *thread = &threads[i % AT_ONCE];

		if (i >= AT_ONCE)
			pthread_join(*thread, NULL);
		if (i < nr && pthread_create(thread, &attributes, run,
					     (void *)(i % AT_ONCE)))
			return 1;
	}
	printf("calls %lu\n", nr * CALLS);
	return 0;
}
