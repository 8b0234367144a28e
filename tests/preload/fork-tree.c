/* SPDX-License-Identifier: MIT */

/*
 * Child and grandchild call too, each under its own number: PID CALLS on
 * standard error, a line for each.
 */

#include "bounce.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int generation(unsigned int left, unsigned long calls)
{
	char *range = bounce_range(left);
	int status = 0;

	bounce(range, calls);
	if (left > 0 && fork() == 0)
		_exit(generation(left - 1, 2 * calls));
	if (left > 0)
		wait(&status);
	bounce(range, calls);
	dprintf(2, "%d %lu\n", (int)getpid(), 2 * calls);
	return status;
}

int main(void)
{
	int status = generation(2, 10);

	printf("calls %d\n", 2 * (10 + 20 + 40));
	return status;
}
