/* SPDX-License-Identifier: MIT */

/*
 * A program that lives by its own SIGSEGV and SIGSYS: the first grows a
 * mapping where it is touched beyond its end, the second does what a filter
 * has trapped.
 */

#include "hosts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define PAGES 8

static char *range;
static volatile int trapped, grown;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	size_t len = (size_t)((char *)info->si_addr - range);

	(void)signal;
	(void)context;
	if (len >= PAGES * BOUNCE_PAGE || len % BOUNCE_PAGE ||
	    mremap(range, len, len + BOUNCE_PAGE, 0) != range)
		abort();
	grown++;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	if (info->si_syscall != SYS_getppid)
		abort();
	mixed(1);
	trapped++;
}

static int trap_getppid(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

int main(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	action.sa_sigaction = on_fault;
	sigaction(SIGSEGV, &action, NULL);
	action.sa_sigaction = on_trap;
	sigaction(SIGSYS, &action, NULL);
	range = bounce_range(0);
	for (size_t i = 0; i < PAGES; i++)
		*(volatile char *)(range + i * BOUNCE_PAGE) = 1;
	mixed(1);
	if (trap_getppid())
		return skipped("no seccomp filter can be had");
	getppid();
	getppid();
	printf("grown %d, trapped %d\ncalls %lu\n", grown, trapped,
	       PAGES - 1 + 3 * MIXED_CALLS);
	return 0;
}
