/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_RELOCATE_H
#define RG_RUNTIME_RELOCATE_H

/*
 * move=always and move=never: a mapping that grows and may move does move,
 * also where it could grow in place, or never does.
 */

#include "runtime/judge.h"

/*
 * It grows, may move, and says nothing of where to: the flag stands alone, so
 * that new_addr means nothing and the kernel picks the place.
 */
bool rg_relocate_applies(const struct rg_request *req);

/* What will be refused is the kernel's to refuse, and what moves moves. */
bool rg_relocate_may_stay(const struct rg_judgement *judgement);

/* It was moved to where the kernel would not have: as planned. */
void rg_relocate_planned(struct rg_judgement *judgement, int64_t result);

/* move=never: the call as it is made, judged and recorded. */
struct rg_request rg_relocate_request(const struct rg_request *req);

/*
 * move=always: grow it elsewhere, and leave in the judgement that this was
 * planned. Return: its new address, or RG_ELSEWHERE_NOT where it is left to
 * the kernel, nothing done.
 */
#define RG_ELSEWHERE_NOT INT64_MIN
int64_t rg_relocate(struct rg_process *process, struct rg_judgement *judgement,
		    const struct rg_request *req);

#endif
