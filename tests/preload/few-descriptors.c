/* SPDX-License-Identifier: MIT */

/* No descriptor left to open anything with, here and in a child. */

#include "bounce.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	struct rlimit none = { .rlim_cur = 3, .rlim_max = 3 };
	char *range = bounce_range(0);
	int status;

	setrlimit(RLIMIT_NOFILE, &none);
	bounce(range, 1000);
	if (fork() == 0) {
		bounce(range, 1000);
		_exit(0);
	}
	wait(&status);
	printf("calls %d\n", 2000);
	return status;
}
