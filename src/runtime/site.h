/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_SITE_H
#define RG_RUNTIME_SITE_H

/* Who asks: the first frame outside libc and the object. */

#include "policy/policy.h"
#include "runtime/process.h"
#include "trace/event.h"

/* In the constructor: which objects are libc and ours. */
void rg_site_init(void);

/*
 * Find the caller's module, and its function as far as the module exports a
 * name for it. The stack that is captured for this stays in the event. What
 * is not found is NULL. Without stacks a caller behind libc is not found.
 */
void rg_site_find(struct rg_process *process, struct rg_event *event,
		  uint64_t caller, struct rg_call_site *ret_site);

/*
 * The same in two steps: all but the function, and that as well. *frame is
 * where on the stack to look from, and then where to look for who called it.
 * Return: false where there is none.
 */
bool rg_site_find_place(struct rg_process *process, struct rg_event *event,
			uint64_t caller, uint8_t *frame,
			struct rg_call_site *ret_site);
void rg_site_find_function(struct rg_call_site *site);

/* Does a loaded ELF object lie at this address? MAYBE cannot be told: -1. */
int rg_site_is_loaded(uint64_t addr);

#endif
