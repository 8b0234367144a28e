/* SPDX-License-Identifier: MIT */

#include "runtime/growth.h"

#include <stdatomic.h>
#include <stdbool.h>

/*
 * A word each, the address of a page and what is known in the bits below:
 *
 *     | address ... | 0 | rooms | times |
 *                    11   5..3    2..0
 *
 * at one of four places, by the address.
 */
#define NR_WORDS 64
#define NR_PLACES 4
#define BELOW UINT64_C(0xfff)

#define ROOMS_SHIFT 3

static _Atomic uint64_t words[NR_WORDS];
static _Atomic uint32_t next_place;

static uint32_t first_place(uint64_t addr)
{
	return (uint32_t)((addr & ~BELOW) * UINT64_C(0x9e3779b97f4a7c15) >>
			  40) %
	       (NR_WORDS / NR_PLACES) * NR_PLACES;
}

static struct rg_growth unpack(uint64_t word)
{
	return (struct rg_growth){
		.times = word & RG_GROWTH_MOST,
		.rooms = word >> ROOMS_SHIFT & RG_GROWTH_MOST,
	};
}

static uint64_t pack(uint64_t addr, struct rg_growth growth)
{
	return (addr & ~BELOW) | growth.times |
	       (uint64_t)growth.rooms << ROOMS_SHIFT;
}

static bool is_of(uint64_t word, uint64_t addr)
{
	return word && !((word ^ addr) & ~BELOW);
}

/* Return: its place, or NR_WORDS. */
static uint32_t find(uint64_t addr)
{
	uint32_t first = first_place(addr);

	for (uint32_t i = first; i < first + NR_PLACES; i++) {
		if (is_of(atomic_load(&words[i]), addr))
			return i;
	}
	return NR_WORDS;
}

struct rg_growth rg_growth_of(uint64_t addr)
{
	uint32_t place = find(addr);
	uint64_t word = place < NR_WORDS ? atomic_load(&words[place]) : 0;

	return unpack(is_of(word, addr) ? word : 0);
}

static uint32_t place_for(uint64_t addr)
{
	uint32_t first = first_place(addr);
	uint32_t place = find(addr);

	for (uint32_t i = first; place == NR_WORDS && i < first + NR_PLACES;
	     i++) {
		if (!atomic_load(&words[i]))
			place = i;
	}
	return place < NR_WORDS
		       ? place
		       : first + atomic_fetch_add(&next_place, 1) % NR_PLACES;
}

void rg_growth_note(uint64_t addr, struct rg_growth growth)
{
	atomic_store(&words[place_for(addr)], pack(addr, growth));
}

void rg_growth_forget(uint64_t addr)
{
	uint32_t place = find(addr);

	if (place < NR_WORDS)
		atomic_store(&words[place], 0);
}
