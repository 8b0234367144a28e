/* SPDX-License-Identifier: MIT */

#include "runtime/unwind.h"

#include "runtime/chain.h"
#include "runtime/config.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "trace/event.h"

#include <string.h>

/* An object of the tests' has each stack unwound once more. */
#ifdef RG_CHECKED_STACKS
#define CHECK(stack, chain)                                                    \
	rg_unwind_check(stack, (chain)->nr, (chain)->is_remembered)
#else
#define CHECK(stack, chain) (void)0
#endif

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
	if (wanted == RG_STACKS_LIBUNWIND)
		rg_chain_init();
	return wanted;
}

/* ------------------------------------------------ from our frames on */

/* The linker's: where our own code lies. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char _etext[] __attribute__((visibility("hidden")));

/*
 * In code of ours that has frames? A handler's return to the signal's frame
 * is in our code as well, and has none.
 */
static bool is_ours(uint64_t addr)
{
	return addr - (uint64_t)(uintptr_t)__ehdr_start <
		       (uint64_t)(_etext - __ehdr_start) &&
	       addr != RG_ARCH_SIGNAL_RETURN;
}

/* Our functions are compiled with frame pointers, all that call others. */
static bool find_start(uint64_t caller, struct rg_chain_start *ret_start)
{
	const uint64_t *frame = __builtin_frame_address(0);

	for (int i = 0; i < OWN_FRAMES; i++) {
		uint64_t addr = frame[1];

		if (addr == caller) {
			ret_start->pc = addr;
			ret_start->sp = rg_arch_callers_sp(frame);
			ret_start->fp = frame[0];
			return ret_start->sp;
		}
		if (!is_ours(addr))
			return false;
		frame = (const uint64_t *)(uintptr_t)frame[0];
	}
	return false;
}

/* -------------------------------------------------------- the back ends */

static size_t by_libunwind(uint64_t caller, uint64_t *stack)
{
	void *frames[RG_EVENT_MAX_STACK + OWN_FRAMES];
	size_t nr =
		rg_unwind_libunwind(frames, RG_EVENT_MAX_STACK + OWN_FRAMES);
	size_t at = 0;

	while (at < nr && (uint64_t)(uintptr_t)frames[at] != caller)
		at++;
	nr = nr - at < RG_EVENT_MAX_STACK ? nr - at : RG_EVENT_MAX_STACK;
	for (size_t i = 0; i < nr; i++)
		stack[i] = (uint64_t)(uintptr_t)frames[at + i];
	return nr;
}

static size_t unwind_by_back_end(struct rg_process *process, uint64_t caller,
				 uint64_t *stack)
{
	size_t nr;

	if (unwinding)
		return 1;
	unwinding = true;
	nr = rg_config.stacks == RG_STACKS_FP
		     ? rg_unwind_fp(process, caller, stack)
		     : by_libunwind(caller, stack);
	unwinding = false;
	return nr ? nr : 1;
}

size_t rg_unwind(struct rg_process *process, uint64_t caller, uint64_t *stack,
		 bool *ret_noted)
{
	struct rg_chain_start start;
	struct rg_chain chain;

	*ret_noted = false;
	stack[0] = caller;
	if (rg_config.stacks == RG_STACKS_NONE ||
	    rg_stack_room() < RG_STACK_FOR_MORE)
		return 1;
	if (rg_config.stacks == RG_STACKS_LIBUNWIND &&
	    find_start(caller, &start)) {
		chain = rg_chain_unwind(process, &start, stack);
		*ret_noted = chain.is_noted;
		if (chain.nr) {
			CHECK(stack, &chain);
			return chain.nr;
		}
	}
	return unwind_by_back_end(process, caller, stack);
}
