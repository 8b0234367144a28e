/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_LARGE_H
#define RG_ORACLE_LARGE_H

/*
 * What the object places is longer than what a page table stands for: so most
 * of what is mapped where calls go through it (placed.h) is, at any offset,
 * and grows. Elsewhere these do nothing, and draw no number.
 */

#include "layout.h"

/* How large the mappings of the next case are. */
void large_choose(struct layout *layout);
/* Beside what the case has. */
void large_build(void);
/* More of what a mapping can be. */
void large_decorate(uint64_t at, uint64_t len);

/* May so much be locked, and so be in memory? */
bool large_may_lock(const struct layout *layout, uint64_t len);
uint64_t large_may_grow_locked(void);

/*
 * The vma grows, mostly so that it must move; or again what has grown before.
 * Return: whether this was chosen.
 */
bool large_request(const struct layout *layout, const struct snapshot *now,
		   struct rg_vma vma, struct rg_request *ret_req);

/* Where something has grown; 0 for nowhere. */
void large_note(uint64_t addr);
/* Has this grown before, by the last call that has made something grow? */
bool large_has_grown(uint64_t addr);

#endif
