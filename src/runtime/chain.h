/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CHAIN_H
#define RG_RUNTIME_CHAIN_H

/* Stacks by unwind tables, and those that were met before. */

#include "runtime/process.h"
#include "trace/event.h"

/* The frame that a call came from, and where its registers were then. */
struct rg_chain_start {
	uint64_t pc; /* where the call returns to */
	uint64_t sp; /* once it has returned */
	uint64_t fp;
};

struct rg_chain {
	size_t nr; /* 0: a frame is too unusual to be unwound here */
	/*
	 * Each address is in a module that stays, and that the trace of this
	 * process has been told of.
	 */
	bool is_noted;
	bool is_remembered; /* it was met before */
};

/* In the constructor. */
void rg_chain_init(void);

/* Return addresses, inner first, into stack[RG_EVENT_MAX_STACK]. */
struct rg_chain rg_chain_unwind(struct rg_process *process,
				const struct rg_chain_start *start,
				uint64_t *stack);

#endif
