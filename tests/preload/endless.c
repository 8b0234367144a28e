/* SPDX-License-Identifier: MIT */

/* Four threads call for ever, to be killed in the middle of it. */

#include "bounce.h"

#include <pthread.h>

static void *run(void *slot)
{
	char *range = bounce_range((unsigned long)slot);

	for (;;)
		bounce(range, 1000);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	for (unsigned long i = 1; i < 4; i++)
		pthread_create(&thread, NULL, run, (void *)i);
	run(NULL);
}
