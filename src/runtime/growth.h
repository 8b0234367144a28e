/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_GROWTH_H
#define RG_RUNTIME_GROWTH_H

/*
 * What has grown before, by where it is now: a mapping that has grown is
 * likely to grow again. Few are remembered, and nothing but speed depends on
 * it. Async-signal-safe, and so are threads that come at once.
 */

#include <stdint.h>

#define RG_GROWTH_MOST 7

/* What is known of a range. All zero: it has not been met. */
struct rg_growth {
	uint8_t times; /* that it has grown, at most so often */
	uint8_t rooms; /* that it was given room for that, likewise */
};

struct rg_growth rg_growth_of(uint64_t addr);

/* This is known of it now. */
void rg_growth_note(uint64_t addr, struct rg_growth growth);

/* It is not there any more. */
void rg_growth_forget(uint64_t addr);

#endif
