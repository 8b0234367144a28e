/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_CHECK_ORDER_H
#define RG_REPORT_CHECK_ORDER_H

/* Where a check stands among all that a kernel asks of a call. */

#include <remapguard/model.h>

/* A kind of call, as people tell them apart. */
enum rg_call_kind {
	RG_CALL_NO_OP,
	RG_CALL_SHRINK,
	RG_CALL_GROW_IN_PLACE,
	RG_CALL_GROW_AND_MOVE,
	RG_CALL_FIXED,
	RG_CALL_FIXED_SHRINK,
	RG_CALL_FIXED_GROW,
	RG_CALL_DONTUNMAP,
	RG_CALL_DUPLICATE,
	RG_NR_CALL_KINDS
};

const char *rg_call_kind_words(enum rg_call_kind kind);

struct rg_check_place {
	uint32_t place; /* from 1 on; 0: not asked of such a call */
	uint32_t nr;	/* checks that are asked */
	uint32_t after; /* 1 << enum rg_step_kind: what is done by then */
};

struct rg_check_place rg_check_place(enum rg_generation generation,
				     enum rg_call_kind kind,
				     enum rg_check check);

/*
 * What a refusal by it may leave undone, as far as it follows from the order:
 * enum rg_damage.
 */
uint32_t rg_check_damage(enum rg_generation generation, enum rg_check check);

#endif
