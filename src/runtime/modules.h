/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_MODULES_H
#define RG_RUNTIME_MODULES_H

#include "runtime/process.h"

/*
 * rg_process.last_module: where the last address was found, and above it where
 * those before were.
 */
#define RG_MODULES_LAST UINT32_C(0xffff)
#define RG_MODULES_BEFORE_SHIFT 16

/* Does the object where the last address was found hold this one as well? */
static inline bool rg_modules_holds(const struct rg_process *process,
				    uint64_t addr)
{
	uint32_t last = atomic_load_explicit(&process->last_module,
					     memory_order_relaxed);
	const struct rg_module_range *range =
		&process->modules[last & RG_MODULES_LAST];

	return range->for_good &&
	       addr < __atomic_load_n(&range->end, __ATOMIC_ACQUIRE) &&
	       addr >= range->start;
}

/*
 * See that the trace knows the object behind each address: what it had not
 * met, or what since took another's place, is written to the modules file.
 * Return: whether it knew them all before.
 */
bool rg_modules_note(struct rg_process *process, const uint64_t *addr,
		     size_t nr);

/* All that the program was started with. */
void rg_modules_note_started(struct rg_process *process);

#endif
