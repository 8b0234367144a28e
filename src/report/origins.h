/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_ORIGINS_H
#define RG_REPORT_ORIGINS_H

/*
 * Where calls come from as the object knows it and `site=' of an injection
 * says it: the first frame in an object file that is neither libc nor ours,
 * and as many behind it as sites are told apart by.
 */

#include "policy/inject.h"
#include "report/tally.h"

struct rg_origin {
	struct rg_frame frames[RG_INJECT_DEPTH]; /* inner first */
	uint8_t nr_frames;
	uint8_t at[RG_INJECT_DEPTH]; /* which of the site's they are */
	size_t site;		     /* of tally.sites: one from here */
	uint64_t calls;
};

struct rg_origins {
	struct rg_origin *list; /* as first met */
	size_t nr;
	size_t capacity;
	uint64_t unplaced; /* calls whose stacks have no such frame */
};

/* depth: from 1 to RG_INJECT_DEPTH. */
void rg_origins_find(const struct rg_tally *tally, unsigned depth,
		     struct rg_origins *ret_origins);
void rg_origins_deinit(struct rg_origins *origins);

/*
 * "python3.11+0x1a2b/…", for site=. What has a meaning there is a `?'. To be
 * freed.
 */
char *rg_origin_site(const struct rg_origin *origin,
		     const struct rg_objects *objects);

#endif
