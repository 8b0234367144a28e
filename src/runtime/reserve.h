/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_RESERVE_H
#define RG_RUNTIME_RESERVE_H

/* Address space that is held for a moment, so that nobody else can map there.
 */

#include "runtime/process.h"

/* At a place. Return: 0 or -errno; -EEXIST where something is mapped. */
int rg_reserve_at(uint64_t start, uint64_t len);

/* Where the kernel has it. Return: the place, or 0. */
uint64_t rg_reserve(uint64_t len);

/*
 * For what is at addr now, at a place whose remainder by unit, a power of two,
 * is offset. Return: the place, or 0.
 */
uint64_t rg_reserve_congruent(uint64_t addr, uint64_t len, uint64_t unit,
			      uint64_t offset);

/* Unmap what nobody else can have come to. May be nothing. */
void rg_reserve_trim(uint64_t start, uint64_t end);

/*
 * Give back what is still there and nobody else's: a failed call may have
 * unmapped it, and another thread may have come since.
 */
void rg_release(struct rg_process *process, uint64_t start, uint64_t len);

#endif
