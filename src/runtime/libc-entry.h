/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_LIBC_ENTRY_H
#define RG_RUNTIME_LIBC_ENTRY_H

#include "trace/process-table.h"

/*
 * Replace the body of libc's own mremap by a jump to rg_libc_mremap(), in
 * this process. Return: RG_TIER_WORKS, or why not; libc is then as it was.
 */
enum rg_tier_state rg_libc_entry_install(void);

/* libc's mremap, where it was found; NULL before. */
void *rg_libc_entry(void);

#endif
