/* SPDX-License-Identifier: MIT */

#include "child.h"

#include "snapshot.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

pid_t child_start(int (*run)(void *arg), void *arg)
{
	static char stack[1 << 18] __attribute__((aligned(64)));

	return clone(run, stack + sizeof(stack), SIGCHLD, arg);
}

/* The kernel put what programs are told there. */
void child_leave_stack(void)
{
	static struct snapshot now;
	const struct rg_vma *stack;

	snapshot_read(&now, SNAPSHOT_MAPS);
	stack = snapshot_at(&now, getauxval(AT_RANDOM));
	if (stack)
		munmap((void *)stack->start, stack->end - stack->start);
	environ = NULL;
}
