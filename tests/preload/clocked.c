/* SPDX-License-Identifier: MIT */

/*
 * Calls between two readings of the clock, which are printed, "BEFORE AFTER",
 * one line a call. Some in a row, some after a pause.
 */

#include "bounce.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define CALLS 20000

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(void)
{
	char *range = bounce_range(0);
	static uint64_t before[CALLS];
	static uint64_t after[CALLS];

	for (int i = 0; i < CALLS; i++) {
		if (i % 1000 == 0)
			usleep((useconds_t)(10 * i));
		before[i] = now();
		if (mremap(range, BOUNCE_PAGE, BOUNCE_PAGE, 0) != range)
			return 1;
		after[i] = now();
	}
	for (int i = 0; i < CALLS; i++)
		printf("%" PRIu64 " %" PRIu64 "\n", before[i], after[i]);
	return 0;
}
