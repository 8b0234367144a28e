/* SPDX-License-Identifier: MIT */

#include "child.h"

#include "placed.h"
#include "snapshot.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

static int (*child_run)(void *arg);

/* With all threads that it may have begun. */
static int run_and_exit(void *arg)
{
	if (placed_enter())
		_exit(2);
	_exit(child_run(arg));
}

pid_t child_start(int (*run)(void *arg), void *arg)
{
	static char stack[1 << 18] __attribute__((aligned(64)));

	child_run = run;
	return clone(run_and_exit, stack + sizeof(stack), SIGCHLD, arg);
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
