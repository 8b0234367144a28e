/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_STACK_H
#define RG_RUNTIME_STACK_H

/*
 * How much of its stack a call may use. A thread's own has room: 16 KiB are
 * the least there is. A signal handler's alternate one may be as small as what
 * the kernel puts on it, and what we stored below its end would be somebody
 * else's. Where the stack pointer has been is remembered, so that a call from
 * there asks nobody.
 */

#include <stddef.h>
#include <stdint.h>

/* What a call takes, at least; and with a look at mappings, or unwinding. */
#define RG_STACK_FOR_CALL ((size_t)4864)
#define RG_STACK_FOR_MORE ((size_t)12288)
/* What it takes to tell of an access without its callers. */
#define RG_STACK_FOR_ACCESS ((size_t)3072)

struct rg_usual_stack {
	uintptr_t low;
	uintptr_t len;
};

extern __thread struct rg_usual_stack rg_usual_stack
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Return: the bytes left where the pointer is now, SIZE_MAX for enough. */
size_t rg_stack_ask(uintptr_t now);

static inline size_t rg_stack_room(void)
{
	uintptr_t now = (uintptr_t)__builtin_frame_address(0);

	if (now - rg_usual_stack.low < rg_usual_stack.len)
		return SIZE_MAX;
	return rg_stack_ask(now);
}

#endif
