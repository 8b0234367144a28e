/* SPDX-License-Identifier: MIT */

#include "runtime/confine.h"

#include "runtime/loaded.h"
#include "runtime/modules.h"
#include "runtime/process.h"
#include "runtime/sys.h"
#include "runtime/trace.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

bool rg_confined;

/* ------------------------------------------- what the program asks for */

static bool is_readable(const void *at, size_t len)
{
	uintptr_t first = (uintptr_t)at & ~(uintptr_t)7;
	uintptr_t last = ((uintptr_t)at + len - 1) & ~(uintptr_t)7;

	return len && rg_sys_is_readable((const void *)first) &&
	       rg_sys_is_readable((const void *)last);
}

/* A filter that only fails calls does no harm: ours may all fail. */
static bool is_harmless(const struct sock_filter *code)
{
	if (BPF_CLASS(code->code) != BPF_RET)
		return true;
	if (BPF_RVAL(code->code) != BPF_K)
		return false;
	switch (code->k & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_ALLOW:
		return true;
	default:
		return false;
	}
}

/* The kernel finds out about one that is not in memory. */
static bool does_harm(const struct sock_fprog *program)
{
	if (!is_readable(program, sizeof(*program)) ||
	    !is_readable(program->filter,
			 program->len * sizeof(*program->filter)))
		return false;
	for (int i = 0; i < program->len; i++) {
		if (!is_harmless(&program->filter[i]))
			return true;
	}
	return false;
}

/* prctl's third argument is the filter, as is seccomp's. */
static bool confines(long nr, long a, long b, long c)
{
	const void *program = (const void *)c;

	if (nr == SYS_seccomp && a == SECCOMP_SET_MODE_STRICT)
		return true;
	if (nr == SYS_seccomp)
		return a == SECCOMP_SET_MODE_FILTER && does_harm(program);
	if (a == PR_SET_SECCOMP && b == SECCOMP_MODE_STRICT)
		return true;
	return a == PR_SET_SECCOMP && b == SECCOMP_MODE_FILTER &&
	       does_harm(program);
}

/* ------------------------------------------------------------ getting ready */

static void prepare(struct rg_process *process)
{
	if (!rg_trace_wanted(process))
		return;
	rg_thread_id(process);
	rg_modules_note_started(process);
	rg_trace_make_room(process);
}

/* A child of vfork shuts in itself alone, on its way to exec. */
static bool begin(void)
{
	struct rg_process *process = rg_process();

	if (!process || process->pid != rg_sys_getpid())
		return false;
	prepare(process);
	rg_confined = true;
	return true;
}

long rg_syscall_confining(long nr, long a, long b, long c, long d, long e)
{
	bool begins = !rg_confined && confines(nr, a, b, c) && begin();
	long result;

	result = RG_SYS_IN_ANY_CASE(nr, a, b, c, d, e);
	if (!rg_sys_failed(result))
		return result;
	if (begins)
		rg_confined = false;
	errno = (int)-result;
	return -1;
}

/* Variadic in C, as mremap is: see intercept.c. */
__attribute__((visibility("default"))) int
rg_prctl(int operation, long b, long c, long d, long e) __asm__("prctl");

int rg_prctl(int operation, long b, long c, long d, long e)
{
	return (int)rg_syscall_confining(SYS_prctl, operation, b, c, d, e);
}
