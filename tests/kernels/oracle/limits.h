/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_LIMITS_H
#define RG_ORACLE_LIMITS_H

#include "snapshot.h"

/* Which numbers may have changed since they were last read. */
enum staleness {
	STALE_TOTALS,  /* the process's counts alone */
	STALE_RLIMITS, /* and rlimits and capabilities */
	STALE_SYSTEM,  /* and settings and memory of the machine: all */
};

/*
 * The numbers of this process, all of them known. The totals come from the
 * vmas, or with `counted` from the kernel's own counters, which cost more to
 * read and alone are right about what it has miscounted.
 */
struct rg_limits limits_read(const struct snapshot *shot, bool counted,
			     enum staleness stale);

/* The same totals by the vmas alone. */
void limits_sum(const struct snapshot *shot, struct rg_limits *ret_limits);

/* The process's counters of pages, by the kernel's word. */
void limits_count(struct rg_limits *limits);

#endif
