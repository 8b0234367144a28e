/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_INTERCEPT_H
#define RG_RUNTIME_INTERCEPT_H

#include "trace/process-table.h"

/*
 * Where libc's own mremap jumps to. The same function as far as its callers
 * can tell.
 */
void *rg_libc_mremap(void *addr, size_t old_len, size_t new_len, int flags,
		     void *new_addr);

/*
 * Send a call through each tier and see whether it arrives. The calls carry
 * a mark that is recognised before the kernel would be asked. libc says
 * whether that tier was installed.
 */
void rg_intercept_test(enum rg_tier_state libc);

#endif
