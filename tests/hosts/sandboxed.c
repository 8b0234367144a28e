/* SPDX-License-Identifier: MIT */

/*
 * A program that shuts itself in, by prctl(2) or by syscall(3): from then on
 * whatever it does not need itself kills it. It has called before, or not:
 * sandboxed warm|cold prctl|syscall CALLS. Or a child of vfork does, which
 * shares its parent's memory and not its fate: sandboxed vfork prctl|syscall
 * CALLS.
 */

#include "hosts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define ALLOW(name)                                                            \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                 \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter code[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	ALLOW(mremap),
	ALLOW(write),
	ALLOW(clone),
	ALLOW(set_robust_list),
	ALLOW(wait4),
	ALLOW(exit_group),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
};

static struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

static int shut_in(const char *how)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!strcmp(how, "syscall"))
		return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
				    &filter);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

/* Two calls in the child; then all are the parent's, which may do anything. */
static int shut_child_in(const char *how, char *range)
{
	pid_t pid = vfork();

	if (pid == 0) {
		if (shut_in(how))
			_exit(SKIPPED);
		bounce(range, 2);
		_exit(0);
	}
	return ended(pid);
}

int main(int argc, char **argv)
{
	char *range = bounce_range(0);
	unsigned long calls;
	char line[64];
	pid_t pid;
	int len;

	if (argc < 4)
		return 1;
	calls = strtoul(argv[3], NULL, 0);
	len = snprintf(line, sizeof(line), "calls %lu\n",
		       3 * calls + 2 * !!strcmp(argv[1], "cold") +
			       2 * !strcmp(argv[1], "vfork"));
	if (strcmp(argv[1], "cold"))
		bounce(range, 2);
	if (strcmp(argv[1], "vfork") ? shut_in(argv[2])
				     : shut_child_in(argv[2], range))
		return skipped("no seccomp filter can be had");
	bounce(range, calls);
	if (mremap(range + 1, BOUNCE_PAGE, BOUNCE_PAGE, 0) != MAP_FAILED)
		return 2;
	pid = fork();
	if (pid == 0) {
		bounce(range, calls);
		_exit(0);
	}
	if (ended(pid))
		return 3;
	bounce(range, calls - 1);
	return write(1, line, (size_t)len) != len;
}
