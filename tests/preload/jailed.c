/* SPDX-License-Identifier: MIT */

/* chroot() into an empty directory, with no /proc: jailed DIR. */

#include "bounce.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char *range = bounce_range(0);
	int status;

	bounce(range, 10);
	if (argc < 2 || chroot(argv[1]) < 0 || chdir("/") < 0)
		return 77;
	bounce(range, 100);
	if (fork() == 0) {
		bounce(range, 50);
		_exit(0);
	}
	wait(&status);
	printf("calls %d\n", 160);
	return status;
}
