/* SPDX-License-Identifier: MIT */

#include "report/sites.h"

#include "report/alloc.h"

#include <stdlib.h>

struct rg_site *rg_sites_intern(struct rg_sites *sites,
				const struct rg_frame *frames,
				uint8_t nr_frames, size_t most)
{
	size_t size = nr_frames * sizeof(*frames);
	size_t at;

	if (rg_table_find(&sites->by_stack, frames, size, &at))
		return &sites->list[at];
	if (sites->nr >= most)
		return NULL;
	sites->list = rg_grow_by_one(sites->list, sites->nr, &sites->capacity,
				     sizeof(*sites->list));
	sites->list[sites->nr] = (struct rg_site){
		.frames =
			rg_table_add(&sites->by_stack, frames, size, sites->nr),
		.nr_frames = nr_frames,
	};
	return &sites->list[sites->nr++];
}

void rg_site_add_reason(struct rg_site *site, uint8_t error,
			enum rg_check check)
{
	for (size_t i = 0; i < site->nr_reasons; i++) {
		if (site->reasons[i].error == error &&
		    site->reasons[i].check == check) {
			site->reasons[i].count++;
			return;
		}
	}
	site->reasons = rg_grow(site->reasons, site->nr_reasons + 1,
				sizeof(*site->reasons));
	site->reasons[site->nr_reasons++] = (struct rg_reason){
		.error = error,
		.check = check,
		.count = 1,
	};
}

struct rg_site_finding *rg_site_finding(struct rg_site *site,
					enum rg_finding finding)
{
	for (size_t i = 0; i < site->nr_findings; i++) {
		if (site->findings[i].finding == finding)
			return &site->findings[i];
	}
	site->findings = rg_grow(site->findings, site->nr_findings + 1,
				 sizeof(*site->findings));
	site->findings[site->nr_findings] =
		(struct rg_site_finding){ .finding = finding };
	return &site->findings[site->nr_findings++];
}

uint64_t rg_site_found(const struct rg_site *site, const void *ctx)
{
	const enum rg_finding *finding = ctx;

	for (size_t i = 0; i < site->nr_findings; i++) {
		if (site->findings[i].finding == *finding)
			return site->findings[i].of.count;
	}
	return 0;
}

bool rg_reason_is(const struct rg_reason *a, const struct rg_reason *b)
{
	return a->error == b->error && a->check == b->check;
}

uint64_t rg_site_failures(const struct rg_site *site, const void *ctx)
{
	const struct rg_reason *reason = ctx;

	for (size_t i = 0; i < site->nr_reasons; i++) {
		if (rg_reason_is(&site->reasons[i], reason))
			return site->reasons[i].count;
	}
	return 0;
}

int rg_site_compare(const void *a, const void *b)
{
	const struct rg_site *left = *(const struct rg_site *const *)a;
	const struct rg_site *right = *(const struct rg_site *const *)b;

	if (left->calls != right->calls)
		return left->calls < right->calls ? 1 : -1;
	return (left->first_event > right->first_event) -
	       (left->first_event < right->first_event);
}

void rg_sites_deinit(struct rg_sites *sites)
{
	for (size_t i = 0; i < sites->nr; i++) {
		free(sites->list[i].reasons);
		free(sites->list[i].findings);
	}
	free(sites->list);
	rg_table_deinit(&sites->by_stack);
	*sites = (struct rg_sites){ 0 };
}
