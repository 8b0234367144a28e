/* SPDX-License-Identifier: MIT */

#include "report/spread.h"

/* The number of doublings below it; value is not 0. */
static unsigned octave_of(uint64_t value)
{
	return 63 - (unsigned)__builtin_clzll(value);
}

size_t rg_spread_bucket(uint64_t value)
{
	unsigned octave;
	uint64_t above;

	if (!value)
		return 0;
	octave = octave_of(value);
	above = value - (UINT64_C(1) << octave);
	/* an eighth of the octave; below 8 there are fewer values than steps */
	return 1 + octave * RG_SPREAD_STEPS +
	       (size_t)(octave >= 3 ? above >> (octave - 3)
				    : above << (3 - octave));
}

uint64_t rg_spread_floor(size_t bucket)
{
	unsigned octave;
	uint64_t step;

	if (!bucket)
		return 0;
	octave = (unsigned)((bucket - 1) / RG_SPREAD_STEPS);
	step = (bucket - 1) % RG_SPREAD_STEPS;
	return (UINT64_C(1) << octave) +
	       (octave >= 3 ? step << (octave - 3) : step >> (3 - octave));
}

void rg_spread_add(struct rg_spread *spread, uint64_t value)
{
	spread->nr++;
	spread->counts[rg_spread_bucket(value)]++;
	if (spread->max < value)
		spread->max = value;
}

/* The greatest value of a bucket. */
static uint64_t ceiling(size_t bucket)
{
	if (bucket + 1 == RG_SPREAD_BUCKETS)
		return UINT64_MAX;
	return bucket ? rg_spread_floor(bucket + 1) - 1 : 0;
}

uint64_t rg_spread_percentile(const struct rg_spread *spread, unsigned percent)
{
	/* how many are not above it: at least one, so not rounded down */
	uint64_t wanted = spread->nr / 100 * percent +
			  (spread->nr % 100 * percent + 99) / 100;
	uint64_t sum = 0;
	uint64_t bound = 0;

	for (size_t i = 0; i < RG_SPREAD_BUCKETS && sum < wanted; i++) {
		sum += spread->counts[i];
		bound = ceiling(i);
	}
	return bound < spread->max ? bound : spread->max;
}
