/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_FLAGS_H
#define RG_POLICY_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Flags of mremap as people write them: "MAYMOVE|FIXED", "MREMAP_MAYMOVE",
 * "3", "MAYMOVE|0x2". False, *ret_flags as it was, for anything else.
 */
bool rg_flags_parse(const char *text, uint64_t *ret_flags);

/* "MAYMOVE", "FIXED", "DONTUNMAP" for 0, 1, 2: the flag's bit; else NULL. */
const char *rg_flag_name(unsigned bit);

#endif
