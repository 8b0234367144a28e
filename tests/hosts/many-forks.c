/* SPDX-License-Identifier: MIT */

/*
 * More children than one process table has slots for, where the next table
 * cannot be opened: many-forks DIR, shut off in there without descriptors.
 */

#include "hosts.h"

#define FORKS 300
#define CALLS 4

int main(int argc, char **argv)
{
	int bad = 0;

	bounce(bounce_range(0), CALLS);
	if (argc < 2 || chroot(argv[1]) || chdir("/"))
		return SKIPPED;
	close_range(3, ~0u, 0);
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			bounce((char *)0x200000000000ul, CALLS);
			_exit(0);
		}
		bad |= ended(pid);
	}
	printf("calls %d\n", (FORKS + 1) * CALLS);
	return bad;
}
