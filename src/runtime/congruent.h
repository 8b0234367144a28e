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
 *            ‹ trimmed              trimmed ›
 */

#include "runtime/judge.h"

/*
 * Make the call so. Return: as mremap(2), or RG_ELSEWHERE_NOT (relocate.h) where
 * it is left to the kernel, nothing done.
 */
int64_t rg_congruent(struct rg_process *process,
		     const struct rg_judgement *judgement,
		     const struct rg_request *req);

#endif
