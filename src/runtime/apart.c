/* SPDX-License-Identifier: MIT */

#include "runtime/apart.h"

#include <stdatomic.h>
#include <stdint.h>

/*
 *      |== ours ==|<------ 64 GiB ------>|== the program's ==| this object |
 *           <--- downwards                    <--- downwards
 *
 * The kernel takes the highest hole that is large enough, and the hint where
 * nothing is mapped. A program that has more than that below us meets ours as
 * it would have met them anywhere.
 */
#define DISTANCE (UINT64_C(64) << 30)
#define GRAIN (UINT64_C(64) << 10)

static _Atomic uint64_t taken;

void *rg_apart(size_t size)
{
	uint64_t here = (uint64_t)(uintptr_t)&taken & -GRAIN;
	uint64_t len = (size + GRAIN - 1) & -GRAIN;
	uint64_t below = DISTANCE + len + atomic_fetch_add(&taken, len);

	return below < here / 2 ? (void *)(uintptr_t)(here - below) : NULL;
}
