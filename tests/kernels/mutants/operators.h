/* SPDX-License-Identifier: MIT */
#ifndef RG_MUTANTS_OPERATORS_H
#define RG_MUTANTS_OPERATORS_H

/* What the source of a mutant calls in the place of the model's own. */

#include "model/remap.h"

/* Which functions a traced model has come through, by their numbers. */
#define MAX_PARTS 512
extern unsigned char parts_reached[MAX_PARTS];

/* a > b, off by one either way: by a page where both are addresses */

static inline uint64_t one(const struct rg_remap *r, struct rg_span a,
			   struct rg_span b)
{
	return (a.lo | b.lo) & (r->page_size - 1) ? 1 : r->page_size;
}

#define reaches(a, b) rg_span_exceeds(rg_span_add(a, rg_span_of(1)), b)
#define exceeds_by_two(a, b) exceeds_by_more(r, a, b)

static inline enum rg_answer exceeds_by_more(const struct rg_remap *r,
					     struct rg_span a, struct rg_span b)
{
	return rg_span_exceeds(a, rg_span_add(b, rg_span_of(one(r, a, b))));
}

static inline struct rg_span first_of_two(struct rg_span a, struct rg_span b)
{
	(void)b;
	return a;
}

static inline uint64_t round_down(uint64_t len, uint64_t unit)
{
	return len & ~(unit - 1);
}

#endif
