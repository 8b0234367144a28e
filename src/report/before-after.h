/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_BEFORE_AFTER_H
#define RG_REPORT_BEFORE_AFTER_H

/*
 * What was mapped around a call before it was made, and after: as far as it
 * was looked at, or follows from how the call went.
 */

#include "trace/event.h"

/* What a range is to the call. */
enum rg_role {
	RG_ROLE_OTHER,	   /* a mapping beside */
	RG_ROLE_OLD,	   /* the range that the call names */
	RG_ROLE_MOVED,	   /* its pages, where they are now */
	RG_ROLE_GROWN,	   /* what the mapping has grown by */
	RG_ROLE_COPY,	   /* its pages, mapped a second time */
	RG_ROLE_EMPTY,	   /* the old range, mapped still, its pages gone */
	RG_ROLE_DESTROYED, /* mapped, and gone after the call */
	RG_NR_ROLES
};

/* "other", …; NULL outside the enum. */
const char *rg_role_name(enum rg_role role);

struct rg_placed {
	uint64_t start;
	uint64_t end;
	enum rg_role role;
	uint32_t flags; /* enum rg_vma_flag, of what was seen */
	bool assumed;	/* nobody looked: it follows from the outcome */
};

#define RG_MAX_PLACED 48

/* Sorted, and without overlaps. */
struct rg_places {
	struct rg_placed list[RG_MAX_PLACED];
	size_t nr;
};

void rg_places_before(const struct rg_event *event, uint64_t page_size,
		      struct rg_places *ret_places);
/* Of a call whose result was not seen: as before it. */
void rg_places_after(const struct rg_event *event, uint64_t page_size,
		     struct rg_places *ret_places);

/* Where a call that failed, or whose result was not seen, wanted to be. */
void rg_places_asked(const struct rg_event *event, uint64_t page_size,
		     struct rg_placed *ret_asked);

#endif
