/* SPDX-License-Identifier: MIT */

#include "runtime/stack.h"

#include "runtime/sys.h"

__thread struct rg_usual_stack rg_usual_stack
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/*
 *     |<- BELOW ->| now |<------- ABOVE ------->|
 *
 * An alternate stack may lie close by, in an array of a function that runs:
 * so the range that is taken to be the thread's is kept small, and grows only
 * by what it has been seen to be.
 */
#define BELOW ((uintptr_t)8 << 10)
#define ABOVE ((uintptr_t)8 << 10)
#define NEAR ((uintptr_t)256 << 10)

static void remember(uintptr_t now)
{
	uintptr_t low = now - BELOW;
	uintptr_t end = now + ABOVE;
	uintptr_t old_low = rg_usual_stack.low;
	uintptr_t old_end = old_low + rg_usual_stack.len;

	/* another stack, of a coroutine say, has a range of its own */
	if (old_low < end + NEAR && low < old_end + NEAR) {
		low = old_low < low ? old_low : low;
		end = old_end > end ? old_end : end;
	}
	/* a handler in between finds nothing usual */
	__atomic_store_n(&rg_usual_stack.len, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	rg_usual_stack.low = low;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&rg_usual_stack.len, end - low, __ATOMIC_RELAXED);
}

size_t rg_stack_ask(uintptr_t now)
{
	stack_t stack;

	if (rg_sys_sigaltstack(&stack))
		return SIZE_MAX;
	if (stack.ss_flags & SS_ONSTACK)
		return now - (uintptr_t)stack.ss_sp;
	remember(now);
	return SIZE_MAX;
}
