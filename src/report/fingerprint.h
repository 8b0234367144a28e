/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_FINGERPRINT_H
#define RG_REPORT_FINGERPRINT_H

/*
 * A number for a stack of functions, the same in every run, on every host and
 * after lines have moved: from the names of functions and modules, and of
 * places in modules without names from their offsets.
 */

#include "report/names.h"
#include "report/sites.h"

/* To begin with. */
#define RG_FINGERPRINT_NONE UINT64_C(0xcbf29ce484222325)

/* Add to a fingerprint. */
uint64_t rg_fingerprint_string(uint64_t hash, const char *str);
uint64_t rg_fingerprint_stack(uint64_t hash, const struct rg_site *site,
			      struct rg_names *names);

#endif
