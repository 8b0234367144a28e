/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_STRAIN_H
#define RG_ORACLE_STRAIN_H

/* What a case's profile says of limits, capabilities and settings. */

#include "layout.h"

/* Where vm.mmap_min_addr is raised to: high, for what it may be. */
#define RAISED_BOTTOM (UINT64_C(12) << 20)

/* Are limits of such cases near, so that counters must be exact? */
bool strain_counts(enum profile profile);

/* Once in a process, while the machine's settings are the usual ones. */
void strain_enter(void);

/* When all is mapped. */
void strain_begin(const struct layout *layout);
/* Between two calls, where this is mapped: the limits may change. */
void strain_vary(const struct layout *layout, const struct snapshot *now);
/* As it was before. */
void strain_end(const struct layout *layout);

#endif
