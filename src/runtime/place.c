/* SPDX-License-Identifier: MIT */

#include "runtime/place.h"

#include "runtime/config.h"

#include <stdatomic.h>

/*
 *          |<- 384 GiB ->|<- 128 GiB ->| this object
 *        bottom         top
 *          <--- downwards
 *
 * One below the other, as the kernel does it, so that what moved has no more
 * room behind it than it would have without us. What is moved in whole page
 * tables lies in them as it did.
 */
#define NEAREST (UINT64_C(128) << 30)
#define FARTHEST (UINT64_C(512) << 30)
#define PAGE_TABLE UINT64_C(0x200000)

static _Atomic uint64_t last;

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t here(void)
{
	return (uint64_t)(uintptr_t)&last & -PAGE_TABLE;
}

static uint64_t bottom(void)
{
	return here() - least(FARTHEST, here() / 2);
}

uint64_t rg_place_top(void)
{
	return here() - least(NEAREST, here() / 4);
}

static uint64_t below(uint64_t end, uint64_t len, uint64_t unit,
		      uint64_t offset)
{
	uint64_t start = end - len;

	return start - ((start - offset) & (unit - 1));
}

uint64_t rg_place_max(void)
{
	return (rg_place_top() - bottom()) / 4;
}

uint64_t rg_place_congruent(uint64_t len, uint64_t unit, uint64_t offset)
{
	uint64_t top = rg_place_top();
	uint64_t before = atomic_load(&last);
	uint64_t start;

	if (len > rg_place_max())
		return 0;
	do {
		start = below(before ? before : top, len, unit, offset);
		if (start < bottom())
			start = below(top, len, unit, offset);
	} while (!atomic_compare_exchange_weak(&last, &before, start));
	return start;
}

uint64_t rg_place_find(uint64_t addr, uint64_t old_len, uint64_t new_len)
{
	uint64_t unit =
		old_len < PAGE_TABLE ? rg_config.limits.page_size : PAGE_TABLE;

	return rg_place_congruent(new_len, unit, addr);
}
