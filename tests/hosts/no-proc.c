/* SPDX-License-Identifier: MIT */

/*
 * An empty root in a mount namespace of its own, without /proc: first, then a
 * child of it. Where there is no root to be had, a user namespace is enough.
 */

#include "hosts.h"

#include <sched.h>
#include <sys/mount.h>

static int enter(void)
{
	if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/tmp", "tmpfs", 0, NULL))
		return -1;
	return chroot("/tmp") || chdir("/") ? -1 : 0;
}

int main(void)
{
	pid_t pid;

	mixed(0);
	if (enter())
		return skipped("no mount namespace can be had");
	mixed(0);
	bounce(bounce_range(0), 5000);
	pid = fork();
	if (pid == 0) {
		mixed(0);
		_exit(access("/proc", F_OK) ? 0 : 1);
	}
	printf("calls %lu\n", 3 * MIXED_CALLS + 5000);
	return ended(pid);
}
