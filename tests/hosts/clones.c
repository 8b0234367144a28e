/* SPDX-License-Identifier: MIT */

/*
 * clone(2) as libc's own users call it: clones HOW. Where memory is shared
 * the child has a stack of its own, and libc's thread pointer of its parent,
 * who waits.
 */

#include "hosts.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>

static const struct {
	const char *name;
	int flags;
} hows[] = {
	{ "copied", SIGCHLD },
	{ "shared", CLONE_VM | SIGCHLD },
	{ "shared-all",
	  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD },
	{ "suspended", CLONE_VM | CLONE_VFORK | SIGCHLD },
	{ "thread", CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			    CLONE_THREAD | CLONE_CHILD_CLEARTID },
};

static char stack[64 * 1024] __attribute__((aligned(64)));
static int alive = 1;

static int child(void *slot)
{
	mixed((unsigned long)slot);
	bounce(bounce_range((unsigned long)slot), 100);
	return 0;
}

static int await(int flags, int pid)
{
	if (!(flags & CLONE_THREAD))
		return ended(pid);
	while (__atomic_load_n(&alive, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &alive, FUTEX_WAIT, 1, NULL, NULL, 0);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 1;

	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
		int pid;

		if (argc < 2 || strcmp(argv[1], hows[i].name))
			continue;
		mixed(0);
		pid = clone(child, stack + sizeof(stack), hows[i].flags,
			    (void *)1, NULL, NULL, &alive);
		if (pid < 0)
			return 1;
		status = await(hows[i].flags, pid);
		mixed(0);
		printf("calls %lu\n", 3 * MIXED_CALLS + 100);
	}
	return status;
}
