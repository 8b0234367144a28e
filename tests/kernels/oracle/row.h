/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_ROW_H
#define RG_ORACLE_ROW_H

#include "judge.h"

/* The call as a row of tests/unit/test-model-case.h, to be pasted there. */
void row_print(const struct verdict *verdict, const struct snapshot *before,
	       const struct rg_limits *limits);

#endif
