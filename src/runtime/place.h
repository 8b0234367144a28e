/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_PLACE_H
#define RG_RUNTIME_PLACE_H

/*
 * Where a mapping goes that we move: a hint, for a place that is likely to be
 * free and long enough for it to grow there.
 */

#include <stdint.h>

/* Above all places; with something mapped there the first has no room behind.
 */
uint64_t rg_place_top(void);

/*
 * For a range of this length whose remainder by unit, a power of two, is
 * offset. 0: none.
 */
uint64_t rg_place_congruent(uint64_t len, uint64_t unit, uint64_t offset);

/* The longest there may be. */
uint64_t rg_place_max(void);

/* For a mapping at addr that is to grow from one length to another. 0: none. */
uint64_t rg_place_find(uint64_t addr, uint64_t old_len, uint64_t new_len);

#endif
