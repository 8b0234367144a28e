/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_INJECT_H
#define RG_RUNTIME_INJECT_H

/* Failures and delays on request, see policy/inject.h. */

#include "runtime/judge.h"

/*
 * The call is about to be made. It is counted by each injection that it fits;
 * the first whose turn it is makes it late, or its verdict that it fails.
 */
void rg_inject(struct rg_process *process, struct rg_event *event,
	       uint64_t caller, struct rg_judgement *judgement);

#endif
