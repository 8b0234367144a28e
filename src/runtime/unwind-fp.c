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

static bool find_stack(struct rg_process *process, uint64_t sp)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;

	if (sp >= stack.start && sp < stack.end)
		return true;
	if (rg_vma_query_find(&lookup, sp, &vma) != 1 || sp < vma.start)
		return false;
	stack.start = vma.start;
	stack.end = vma.end;
	return true;
}

size_t rg_unwind_fp(struct rg_process *process, void **frames, size_t max)
{
	uint64_t fp = (uint64_t)(uintptr_t)__builtin_frame_address(0);
	uint64_t low = fp;
	size_t nr = 0;

	if (!find_stack(process, fp))
		return 0;
	/* frames lie above one another: anything else is no frame pointer */
	while (nr < max && fp >= low && fp % sizeof(uintptr_t) == 0 &&
	       fp + 2 * sizeof(uintptr_t) <= stack.end) {
		const uintptr_t *frame = (const uintptr_t *)(uintptr_t)fp;

		if (!frame[1])
			break;
		frames[nr++] = (void *)frame[1];
		low = fp + 2 * sizeof(uintptr_t);
		fp = frame[0];
	}
	return nr;
}
