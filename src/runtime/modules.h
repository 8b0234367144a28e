/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_MODULES_H
#define RG_RUNTIME_MODULES_H

#include "runtime/process.h"

/* In the constructor: what is loaded now stays. */
void rg_modules_init(void);

/*
 * See that the trace knows the object behind each address: what it had not
 * met, or what since took another's place, is written to the modules file.
 */
void rg_modules_note(struct rg_process *process, const uint64_t *addr,
		     size_t nr);

#endif
