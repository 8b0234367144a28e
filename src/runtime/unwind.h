/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_UNWIND_H
#define RG_RUNTIME_UNWIND_H

/*
 * Who called. An unwinder is one file, unwind-*.c; the build chooses whether
 * libunwind is among them.
 */

#include "policy/options.h"
#include "runtime/process.h"
#include "trace/event.h"

/*
 * Load and warm up what was asked for, in the constructor: later, the program
 * may hold its allocator's locks.
 * Return: what works, at worst RG_STACKS_NONE.
 */
enum rg_stacks rg_unwind_init(enum rg_stacks wanted);

/*
 * The return addresses of the callers, inner first, from the one that equals
 * caller on, into stack[RG_EVENT_MAX_STACK]. Without stacks, or when that one
 * is not found, caller alone. *ret_noted: the trace of this process has been
 * told of the modules that they are in, which stay.
 * Return: how many, at least 1.
 */
size_t rg_unwind(struct rg_process *process, uint64_t caller, uint64_t *stack,
		 bool *ret_noted);

/* Return: how many frames, our own among them; 0 for none. */
bool rg_unwind_libunwind_init(void);
size_t rg_unwind_libunwind(void **frames, size_t max);

/* By frame pointers: as rg_unwind(), or 0 where the caller is not found. */
size_t rg_unwind_fp(struct rg_process *process, uint64_t caller,
		    uint64_t *callers);

/* tests/stacks: end the program if libunwind finds another stack. */
void rg_unwind_check(const uint64_t *stack, size_t nr, bool remembered);

#endif
