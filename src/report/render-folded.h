/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_RENDER_FOLDED_H
#define RG_REPORT_RENDER_FOLDED_H

#include "report/tally.h"

#include <stdbool.h>
#include <stdio.h>

/* What the number behind a stack is. */
enum rg_weight {
	RG_WEIGHT_CALLS,
	RG_WEIGHT_FAILED,
	RG_WEIGHT_MOVES,
	RG_WEIGHT_BYTES, /* moved */
	RG_WEIGHT_TIME,	 /* in the kernel, ns */
	RG_NR_WEIGHTS
};

/* "calls", "failed", "moves", "bytes", "time"; NULL outside the enum. */
const char *rg_weight_name(int weight);
/* False for another. */
bool rg_weight_from_name(const char *name, enum rg_weight *ret_weight);

/* Sites that weigh nothing are left out. */
void rg_render_folded(const struct rg_tally *tally, enum rg_weight weight,
		      FILE *out);

#endif
