/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_SIZE_H
#define RG_POLICY_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A number as people write one: "4096", "0x1000", "4K"; K, M and G stand for
 * 2^10, 2^20 and 2^30, in either case. False, *ret_size as it was, for
 * anything else and for what does not fit in 64 bits.
 */
bool rg_size_parse(const char *text, uint64_t *ret_size);

/* What is wrong where that was false. */
#define RG_SIZE_FAULT "not a size (a number, with K, M or G behind it)"

#endif
