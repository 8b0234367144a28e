/* SPDX-License-Identifier: MIT */
#ifndef RG_MODEL_SPAN_H
#define RG_MODEL_SPAN_H

/*
 * Reasoning with inputs that may not have been seen.
 *
 * A number that is known is a span of one value, one that is not is a span of
 * all it can be, and a comparison of two spans may answer "maybe". Predicates
 * so read as if everything were known, and an input that could not be seen
 * makes an answer uncertain only where it could really turn it.
 */

#include <stdbool.h>
#include <stdint.h>

/* In this order: and is the least of two answers, or the greatest. */
enum rg_answer { RG_NO, RG_MAYBE, RG_YES };

/* All values a number may have, both ends included. */
struct rg_span {
	uint64_t lo;
	uint64_t hi;
};

static inline enum rg_answer rg_answer_of(bool yes)
{
	return yes ? RG_YES : RG_NO;
}

static inline enum rg_answer rg_and(enum rg_answer a, enum rg_answer b)
{
	return a < b ? a : b;
}

static inline enum rg_answer rg_or(enum rg_answer a, enum rg_answer b)
{
	return a > b ? a : b;
}

static inline enum rg_answer rg_not(enum rg_answer a)
{
	return (enum rg_answer)(RG_YES - a);
}

static inline struct rg_span rg_span_of(uint64_t value)
{
	return (struct rg_span){ value, value };
}

static inline uint64_t rg_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t rg_difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Sums and differences stop at the ends of 64 bits. */
static inline struct rg_span rg_span_add(struct rg_span a, struct rg_span b)
{
	return (struct rg_span){ rg_sum(a.lo, b.lo), rg_sum(a.hi, b.hi) };
}

static inline struct rg_span rg_span_sub(struct rg_span a, struct rg_span b)
{
	return (struct rg_span){ rg_difference(a.lo, b.hi),
				 rg_difference(a.hi, b.lo) };
}

static inline struct rg_span rg_span_div(struct rg_span a, uint64_t by)
{
	return (struct rg_span){ a.lo / by, a.hi / by };
}

static inline struct rg_span rg_span_min(struct rg_span a, struct rg_span b)
{
	return (struct rg_span){ a.lo < b.lo ? a.lo : b.lo,
				 a.hi < b.hi ? a.hi : b.hi };
}

/* Is a > b? */
static inline enum rg_answer rg_span_exceeds(struct rg_span a, struct rg_span b)
{
	if (a.lo > b.hi)
		return RG_YES;
	return a.hi > b.lo ? RG_MAYBE : RG_NO;
}

#endif
