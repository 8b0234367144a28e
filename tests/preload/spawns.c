/* SPDX-License-Identifier: MIT */

/*
 * Other ways to start a program: vfork (and calls in the vfork child, which
 * runs in its parent's memory), posix_spawn, and one exec after the other in
 * the same process. spawns N runs the last N steps of the chain.
 */

#include "bounce.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define CHAIN 3

static void exec_self(const char *self, int left)
{
	char number[] = { (char)('0' + left), '\0' };

	execl(self, self, number, (char *)NULL);
	_exit(127);
}

static int chain(const char *self, int left)
{
	bounce(bounce_range(0), 10);
	if (left > 0)
		exec_self(self, left - 1);
	return 0;
}

int main(int argc, char **argv)
{
	static char zero[] = "0";
	char *const args[] = { argv[0], zero, NULL };
	char *range = bounce_range(1);
	int status, bad = 0;
	pid_t pid;

	if (argc > 1)
		return chain(argv[0], argv[1][0] - '0');
	bounce(range, 10);
	if (vfork() == 0) {
		bounce(range, 4);
		exec_self(argv[0], CHAIN);
	}
	wait(&status);
	bad |= status;
	if (posix_spawn(&pid, argv[0], NULL, NULL, args, environ) != 0)
		return 1;
	waitpid(pid, &status, 0);
	bad |= status;
	bounce(range, 10);
	printf("calls %d\n", 10 + 4 + 10 * (CHAIN + 1) + 10 + 10);
	return bad;
}
