/* SPDX-License-Identifier: MIT */

/* A daemon that closes what it has not opened, then goes on calling. */

#include "bounce.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char *range = bounce_range(0);
	int status;

	bounce(range, 100);
	close_range(3, ~0u, 0);
	bounce(range, 100);
	/* the numbers are used again, by somebody who needs them */
	for (int i = 3; i < 64; i++)
		if (dup(0) < 0)
			return 1;
	bounce(range, 100);
	if (fork() == 0) {
		close_range(3, ~0u, 0);
		bounce(range, 100);
		_exit(0);
	}
	wait(&status);
	bounce(range, 100000);
	printf("calls %d\n", 100400);
	return status;
}
