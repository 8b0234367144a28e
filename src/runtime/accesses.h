/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_ACCESSES_H
#define RG_RUNTIME_ACCESSES_H

/* RG115: an access to what is held, judged, recorded and said. */

#include "runtime/process.h"
#include "trace/access.h"

#include <ucontext.h>

struct rg_sighting {
	uint64_t ticket; /* of the range, see quarantine.h */
	uint64_t addr;
	enum rg_access_kind kind;
	uint32_t system_call;
	/* of a fault; NULL otherwise */
	const ucontext_t *context;
	/* where the stack begins: a return address on the way here */
	uint64_t caller;
};

/*
 * There is something to watch: make the file that it would go to, while that
 * can be done.
 */
void rg_accesses_prepare(struct rg_process *process);

/*
 * Return: false where nothing is held there any more. Does not return where
 * the policy ends the program for it.
 */
bool rg_accesses_report(const struct rg_sighting *sighting);

#endif
