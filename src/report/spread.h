/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_SPREAD_H
#define RG_REPORT_SPREAD_H

/*
 * How values are distributed, in buckets that grow with them: eight to each
 * doubling, so that a bound is never off by more than an eighth.
 */

#include <stddef.h>
#include <stdint.h>

#define RG_SPREAD_STEPS 8
/* One for 0, then all doublings that 64 bits have. */
#define RG_SPREAD_BUCKETS (1 + 64 * RG_SPREAD_STEPS)

struct rg_spread {
	uint64_t nr;
	uint64_t max;
	uint64_t counts[RG_SPREAD_BUCKETS];
};

void rg_spread_add(struct rg_spread *spread, uint64_t value);

/* In which bucket a value lies, and the least value of a bucket. */
size_t rg_spread_bucket(uint64_t value);
uint64_t rg_spread_floor(size_t bucket);

/*
 * What that share of the values, in percent, is not above, rounded up to a
 * bucket's end; 0 without values.
 */
uint64_t rg_spread_percentile(const struct rg_spread *spread, unsigned percent);

#endif
