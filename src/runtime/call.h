/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CALL_H
#define RG_RUNTIME_CALL_H

#include "trace/event.h"

/*
 * One intercepted call, from the request to the recorded event: judge, make
 * the real call, compare, record.
 * Return: what the kernel returned, an address or -errno; or -errno where the
 * call was refused without it.
 */
int64_t rg_call_make(enum rg_tier tier, const struct rg_request *asked,
		     uint64_t caller);

/* Record what arrived before the constructor ran. */
void rg_call_flush_early(void);

/* Where there is no room for more: made, and counted as lost. */
int64_t rg_call_make_unseen(const struct rg_request *req);

#endif
