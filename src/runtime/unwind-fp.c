/* SPDX-License-Identifier: MIT */

#include "runtime/unwind.h"

#include "runtime/vma-query.h"

/*
 * Frame pointers: two words at each, the caller's frame pointer and the
 * return address. Code built without them leaves anything in the register, so
 * nothing is read outside the mapping that holds the stack pointer now. That
 * mapping is asked for once per thread and stack.
 */

static __thread struct {
	uint64_t start;
	uint64_t end;
} stack __attribute__((tls_model("initial-exec")));

__attribute__((noinline)) static bool ask_for_stack(struct rg_process *process,
						    uint64_t sp)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;

	if (rg_vma_query_find(&lookup, sp, &vma) != 1 || sp < vma.start)
		return false;
	stack.start = vma.start;
	stack.end = vma.end;
	return true;
}

static bool find_stack(struct rg_process *process, uint64_t sp)
{
	return (sp >= stack.start && sp < stack.end) ||
	       ask_for_stack(process, sp);
}

struct frame {
	uintptr_t fp; /* the caller's */
	uintptr_t pc; /* where it returns to */
};

struct walk {
	const struct frame *frame;
	const struct frame *next; /* no frame lies below it */
	const struct frame *last; /* or above this one */
};

/* Frames lie above one another: anything else is no frame pointer. */
static bool is_frame(const struct walk *walk)
{
	return walk->frame >= walk->next && walk->frame <= walk->last &&
	       !((uintptr_t)walk->frame % sizeof(uintptr_t)) && walk->frame->pc;
}

static void go_up(struct walk *walk)
{
	walk->next = walk->frame + 1;
	walk->frame = (const struct frame *)walk->frame->fp;
}

/* Past our own. */
static bool find_caller(struct walk *walk, uint64_t caller)
{
	for (int i = 0; i < RG_EVENT_MAX_STACK && is_frame(walk); i++) {
		if (walk->frame->pc == caller)
			return true;
		go_up(walk);
	}
	return false;
}

size_t rg_unwind_fp(struct rg_process *process, uint64_t caller,
		    uint64_t *callers)
{
	const struct frame *own = __builtin_frame_address(0);
	struct walk walk = { .frame = own, .next = own };
	size_t nr = 0;

	if (!find_stack(process, (uint64_t)(uintptr_t)own))
		return 0;
	walk.last = (const struct frame *)(uintptr_t)stack.end - 1;
	if (!find_caller(&walk, caller))
		return 0;
	while (nr < RG_EVENT_MAX_STACK && is_frame(&walk)) {
		callers[nr++] = walk.frame->pc;
		go_up(&walk);
	}
	return nr;
}
