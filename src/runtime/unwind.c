/* SPDX-License-Identifier: MIT */

#include "runtime/unwind.h"

#include "runtime/config.h"
#include "runtime/stack.h"
#include "trace/event.h"

#include <string.h>

/* Frames of ours on top of the caller's, at most. */
#define OWN_FRAMES 8

/*
 * A call that arrives while the thread is unwinding comes from a signal
 * handler that interrupted it, or from what an unwinder calls: it is recorded
 * as any other, with its caller for a stack.
 */
static __thread bool unwinding __attribute__((tls_model("initial-exec")));

enum rg_stacks rg_unwind_init(enum rg_stacks wanted)
{
	if (wanted == RG_STACKS_LIBUNWIND && !rg_unwind_libunwind_init())
		return RG_STACKS_FP;
	return wanted;
}

static size_t capture(struct rg_process *process, void **frames, size_t max)
{
	switch (rg_config.stacks) {
	case RG_STACKS_LIBUNWIND:
		return rg_unwind_libunwind(frames, max);
	case RG_STACKS_FP:
		return rg_unwind_fp(process, frames, max);
	case RG_STACKS_NONE:
	case RG_NR_STACKS:
		break;
	}
	return 0;
}

size_t rg_unwind(struct rg_process *process, uint64_t caller, uint64_t *stack,
		 size_t max)
{
	void *frames[RG_EVENT_MAX_STACK + OWN_FRAMES];
	size_t nr = 0, at = 0;

	if (!unwinding && rg_config.stacks != RG_STACKS_NONE &&
	    rg_stack_room() >= RG_STACK_FOR_MORE) {
		unwinding = true;
		nr = capture(process, frames, max + OWN_FRAMES);
		unwinding = false;
	}
	while (at < nr && (uint64_t)(uintptr_t)frames[at] != caller)
		at++;
	stack[0] = caller;
	if (at == nr)
		return 1;
	nr = nr - at < max ? nr - at : max;
	memcpy(stack, frames + at, nr * sizeof(*stack));
	return nr;
}
