/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_BESIDE_H
#define RG_ORACLE_BESIDE_H

/*
 * What a program does with each call beside judging the model. The oracle
 * does nothing; one that is linked with another definition of this does.
 */

#include "judge.h"

struct beside {
	/* Before the first call; with --beside, or NULL, and --calls. */
	void (*start)(const char *argument, uint64_t calls);
	/* After a call that the model was right about. */
	void (*call)(const struct layout *layout, const struct call *call,
		     const struct rg_plan *plan, const struct rg_plan *hidden);
	/* Is there nothing left that more calls could tell? */
	bool (*is_done)(void);
	/* After the last call. */
	void (*print)(void);
};

extern const struct beside *const beside;

#endif
