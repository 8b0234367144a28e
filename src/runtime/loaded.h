/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_LOADED_H
#define RG_RUNTIME_LOADED_H

/* Which ELF object the loader put where: no lock, no allocation. */

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct rg_loaded {
	uint64_t start;
	uint64_t end;
	const struct link_map *map;
	const uint8_t *tables; /* its .eh_frame_hdr; NULL: none, or not known */
};

/* In the constructor: what the program was started with. */
void rg_loaded_init(void);

/*
 * The object at this address. Return: 1, or 0: none, or -1: none that the
 * program was started with, and before glibc 2.35 that is all that is known.
 */
int rg_loaded_at(uint64_t addr, struct rg_loaded *ret_loaded);

/* Each that the program was started with. */
void rg_loaded_for_each_started(void (*each)(void *ctx,
					     const struct link_map *map),
				void *ctx);

/* Its link map. NULL: none, or not known. */
const struct link_map *rg_loaded_map(uint64_t addr);

/* Was the program started with it? Then it is never closed. */
bool rg_loaded_for_good(const struct link_map *map);

#endif
