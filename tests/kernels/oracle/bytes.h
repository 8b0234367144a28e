/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_BYTES_H
#define RG_ORACLE_BYTES_H

/*
 * What is in the pages, by samples: a few words are written where the call is
 * to be made and beside it, all read, and after the call found again where
 * the plan's steps have brought them.
 */

#include "judge.h"

/* Opened by each process for itself. */
void bytes_enter(void);

void bytes_look(const struct layout *layout, const struct snapshot *before,
		const struct rg_request *req);

/* Return: whether all are where they should be. */
bool bytes_agree(const struct rg_plan *plan, const struct rg_request *req,
		 int64_t result);

/* The first that is not, for people. */
void bytes_print(void);

#endif
