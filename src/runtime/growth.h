/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_GROWTH_H
#define RG_RUNTIME_GROWTH_H

/*
 * What has grown before, by where it is now: a mapping that has grown is
 * likely to grow again. Few are remembered, and nothing but speed depends on
 * it. Async-signal-safe, and so are threads that come at once.
 */

#include <stdbool.h>
#include <stdint.h>

#define RG_GROWTH_MOST 7

/* What is known of a range. All zero: it has not been met. */
struct rg_growth {
	uint8_t times;	      /* that it has grown, at most so often */
	uint8_t rooms;	      /* that it was given room for that, likewise */
	bool kernel_aligns;   /* the kernel has moved it congruently */
	bool kernel_does_not; /* or has not */
};

struct rg_growth rg_growth_of(uint64_t addr);

/* Is there anything? */
bool rg_growth_knows(uint64_t addr);

/* This is known of it now, which may be nothing. */
void rg_growth_note(uint64_t addr, struct rg_growth growth);

/* It is not there any more. */
void rg_growth_forget(uint64_t addr);

#endif
