/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_ERRORS_H
#define RG_POLICY_ERRORS_H

#include <stdint.h>

/* "EEXIST", …; NULL for 0 and what is no errno. */
const char *rg_errno_name(uint8_t error);
/* 0 for no such name. */
uint8_t rg_errno_from_name(const char *name);

#endif
