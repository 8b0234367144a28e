/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_UTC_H
#define RG_REPORT_UTC_H

#include <stdint.h>

#define RG_UTC_MAX 40

/* Nanoseconds since 1970: "2026-11-26T01:47:12.000000001Z" */
void rg_utc_text(uint64_t ns, char ret_text[RG_UTC_MAX]);

#endif
