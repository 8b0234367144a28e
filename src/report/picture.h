/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_PICTURE_H
#define RG_REPORT_PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A range of addresses, [start, end). */
struct rg_range {
	const char *label;
	uint64_t start;
	uint64_t end;
	char fill;
};

#define RG_PICTURE_MAX 12

/*
 * Draw up to RG_PICTURE_MAX ranges below each other: what begins, ends and
 * overlaps where is to be seen, how large things are is not.
 *
 *   mapping   |====|                    0x10000000-0x10002000  8.0 KiB
 *   old       |---------|               0x10000000-0x10003000  12.0 KiB
 *   new                      |~~~~|     0x20000000-0x20003000  12.0 KiB
 */
void rg_print_picture(const struct rg_range *ranges, size_t nr, FILE *out);

#endif
