/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CONGRUENT_H
#define RG_RUNTIME_CONGRUENT_H

/*
 * placement=congruent: what moves as it grows goes to a place with the same
 * offset in the unit that one page-table entry stands for, so that the entry
 * moves, and not the 512 below it.
 *
 *            2 MB       2 MB       2 MB
 *     source |···╔═════════════════╗··|        ═ moved by one entry each
 *     place  |···╔═════════════════════════╗··|
 */

#include "runtime/process.h"

/*
 * Measured (docs/placement.md): from here on it pays also where the place
 * takes more than one system call to find.
 */
#define RG_CONGRUENT_LEAST_LEN (UINT64_C(8) << 20)

enum rg_aim_kind {
	RG_AIM_NONE,  /* nothing is won, or the kernel does as well */
	RG_AIM_PLACE, /* one with this offset in a unit */
	RG_AIM_LEARN, /* leave it to the kernel, and see whether it aligns */
};

struct rg_aim {
	enum rg_aim_kind kind;
	uint64_t unit; /* of at least a page */
	uint64_t offset;
};

/* Is it left to the kernel by its arguments, and what has been learnt? */
bool rg_congruent_leaves(const struct rg_request *req);

/* Where what is not small should go. */
struct rg_aim rg_congruent_aim(struct rg_process *process,
			       const struct rg_request *req);

/* It was left to the kernel, which made it so. */
void rg_congruent_learn(const struct rg_request *req, uint64_t result);

/* Where it should go if it is moved to a reservation anyway. */
struct rg_aim rg_congruent_aim_anyway(const struct rg_request *req);

/* Do they have the same offset, so that tables could be moved? */
bool rg_congruent_are(uint64_t addr, uint64_t place);

#endif
