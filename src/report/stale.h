/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_STALE_H
#define RG_REPORT_STALE_H

/*
 * Stale accesses (RG115), those of one kind and the same two stacks together:
 * who used the memory, and who had moved it.
 */

#include "report/table.h"
#include "trace/access.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_stale {
	uint64_t count;
	uint64_t first_event;
	struct rg_access access; /* the first */
	uint32_t pid;		 /* whose it was */
	size_t site;		 /* of tally.sites: the access's */
	size_t move_site;	 /* and the move's */
	uint64_t move_event;	 /* that moved it; 0: not known */
};

#define RG_STALES_MAX 8192

struct rg_stales {
	struct rg_stale *list; /* as first met */
	size_t nr;
	size_t capacity;
	struct rg_table by_stacks;
	uint64_t unlisted; /* accesses of other stacks than there was room for */
};

/*
 * Those that are like this one, count 0 when it is the first, which is
 * copied; NULL where there are as many others as may be. Valid until the next
 * call.
 */
struct rg_stale *rg_stales_intern(struct rg_stales *stales,
				  const struct rg_stale *like);
void rg_stales_deinit(struct rg_stales *stales);

/* Is it within the old range? Traces may say anything. */
bool rg_access_has_offset(const struct rg_access *access);
/* Nanoseconds from the move to the access. */
uint64_t rg_access_age(const struct rg_access *access);

/*
 * "read" of a system call's number on that machine (uname -m), in buf; the
 * number itself where it has no name.
 */
const char *rg_system_call_name(const char *machine, uint32_t number,
				char buf[32]);

#endif
