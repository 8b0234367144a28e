/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_SITES_H
#define RG_REPORT_SITES_H

/* Who called: a site is a whole stack, the same in every process. */

#include "report/objects.h"
#include "trace/event.h"

/* How often a site's calls failed, and why. */
struct rg_reason {
	uint8_t error;
	enum rg_check check; /* RG_CHECK_NONE: not known which */
	uint64_t count;
};

/* How many calls have a finding. */
struct rg_finding_count {
	uint64_t count;
	uint64_t denied;
	uint64_t first_event;
};

struct rg_site_finding {
	enum rg_finding finding;
	struct rg_finding_count of;
};

struct rg_site {
	uint64_t calls;
	uint64_t failed;
	uint64_t moves;
	uint64_t bytes_moved;
	uint64_t ns_total;
	uint64_t first_event;
	struct rg_reason *reasons; /* as first met */
	size_t nr_reasons;
	struct rg_site_finding *findings; /* as first met */
	size_t nr_findings;
	const struct rg_frame *frames; /* inner first */
	uint8_t nr_frames;
};

struct rg_sites {
	struct rg_site *list;
	size_t nr;
	size_t capacity;
	struct rg_table by_stack;
};

/*
 * The site of a stack, made when it is new; NULL for a new one where there are
 * as many as may be. Valid until the next call.
 */
struct rg_site *rg_sites_intern(struct rg_sites *sites,
				const struct rg_frame *frames,
				uint8_t nr_frames, size_t most);
void rg_site_add_reason(struct rg_site *site, uint8_t error,
			enum rg_check check);
/* The site's count of a finding, made when it is new. Valid until the next. */
struct rg_site_finding *rg_site_finding(struct rg_site *site,
					enum rg_finding finding);
/*
 * How many of a site's calls have the enum rg_finding at ctx, or failed for
 * the struct rg_reason at ctx, whatever its count.
 */
uint64_t rg_site_found(const struct rg_site *site, const void *ctx);
uint64_t rg_site_failures(const struct rg_site *site, const void *ctx);

bool rg_reason_is(const struct rg_reason *a, const struct rg_reason *b);

/* For qsort() of pointers to sites: most calls first, then as first met. */
int rg_site_compare(const void *a, const void *b);

void rg_sites_deinit(struct rg_sites *sites);

#endif
