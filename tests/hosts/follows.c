/* SPDX-License-Identifier: MIT */

/* With follow=off neither a forked child is seen nor what it starts. */

#include "hosts.h"

int main(int argc, char **argv)
{
	pid_t pid;

	bounce(bounce_range(0), 20);
	if (argc > 1)
		return 0;
	pid = fork();
	if (pid == 0) {
		bounce(bounce_range(0), 30);
		execl(argv[0], argv[0], "child", (char *)NULL);
		_exit(127);
	}
	printf("calls %d\nunseen %d\n", 20 + 30 + 20, 30 + 20);
	return ended(pid);
}
