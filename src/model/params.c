/* SPDX-License-Identifier: MIT */

/*
 * The arguments: how they are normalised, and the checks that need nothing
 * else. Their order is the generation's (generations.c).
 */

#include "model/remap.h"

void rg_remap_resized(struct rg_remap *r)
{
	r->when &= ~(uint32_t)(RG_WHEN_GROW | RG_WHEN_SHRINK);
	if (r->new_len > r->old_len)
		r->when |= RG_WHEN_GROW;
	if (r->new_len < r->old_len)
		r->when |= RG_WHEN_SHRINK;
}

static uint32_t when_of(uint64_t flags)
{
	uint32_t when = 0;

	if (flags & RG_MREMAP_FIXED)
		when |= RG_WHEN_FIXED | RG_WHEN_TO;
	if (flags & RG_MREMAP_DONTUNMAP)
		when |= RG_WHEN_DONTUNMAP | RG_WHEN_TO;
	return when;
}

/* A tag is taken off the old address alone: a tagged new one is too high. */
static uint64_t untag(const struct rg_limits *limits, uint64_t addr)
{
	if (limits->known & 1u << RG_LIMIT_UNTAG_MASK)
		return addr & limits->untag_mask;
	return addr;
}

static uint64_t page_size_of(const struct rg_limits *limits)
{
	uint64_t size = limits->page_size;

	if (limits->known & 1u << RG_LIMIT_PAGE_SIZE && size &&
	    !(size & (size - 1)))
		return size;
	return 4096;
}

void rg_remap_init(struct rg_remap *r, const struct rg_request *req,
		   const struct rg_limits *limits,
		   const struct rg_kernel *kernel)
{
	r->req = req;
	r->limits = limits;
	r->rules = rg_rules_of(kernel->generation);
	r->version = kernel->version;
	r->page_size = page_size_of(limits);
	r->page_shift = (uint8_t)__builtin_ctzll(r->page_size);
	r->addr = untag(limits, req->addr);
	r->old_len = rg_round_up(req->old_len, r->page_size);
	r->new_len = rg_round_up(req->new_len, r->page_size);
	r->new_addr = req->new_addr;
	r->when = when_of(req->flags);
	r->missing = 0;
	rg_remap_resized(r);
}

static enum rg_answer unaligned(const struct rg_remap *r, uint64_t addr)
{
	return rg_answer_of(addr & (r->page_size - 1));
}

enum rg_answer rg_flags_unknown(struct rg_remap *r)
{
	return rg_answer_of(r->req->flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS);
}

enum rg_answer rg_addr_unaligned(struct rg_remap *r)
{
	return unaligned(r, r->addr);
}

enum rg_answer rg_new_len_zero(struct rg_remap *r)
{
	return rg_answer_of(!r->new_len);
}

enum rg_answer rg_new_len_beyond_task(struct rg_remap *r)
{
	return rg_span_exceeds(rg_span_of(r->new_len),
			       rg_limit(r, RG_LIMIT_TASK_SIZE));
}

/*
 * |------------------ address space ------------------|
 *                                     ^ new_addr   |----- new_len ----->
 */
enum rg_answer rg_new_addr_beyond_task(struct rg_remap *r)
{
	struct rg_span end = rg_span_of(rg_sum(r->new_addr, r->new_len));

	return rg_span_exceeds(end, rg_limit(r, RG_LIMIT_TASK_SIZE));
}

enum rg_answer rg_new_addr_unaligned(struct rg_remap *r)
{
	return unaligned(r, r->new_addr);
}

enum rg_answer rg_lacks_maymove(struct rg_remap *r)
{
	return rg_answer_of(!(r->req->flags & RG_MREMAP_MAYMOVE));
}

enum rg_answer rg_dontunmap_resizes(struct rg_remap *r)
{
	if (r->rules->raw_lengths)
		return rg_answer_of(r->req->old_len != r->req->new_len);
	return rg_answer_of(r->old_len != r->new_len);
}

/*
 *      addr        addr + old_len
 *       |--------------|
 *              |--------------|
 *           new_addr    new_addr + new_len
 *
 * Both sums wrap, as the kernel's do: an old_len near 2^64 overlaps nothing.
 */
enum rg_answer rg_ranges_overlap(struct rg_remap *r)
{
	return rg_answer_of(r->addr + r->old_len > r->new_addr &&
			    r->new_addr + r->new_len > r->addr);
}

enum rg_check rg_params_check(const struct rg_request *req,
			      const struct rg_limits *limits,
			      const struct rg_kernel *kernel)
{
	struct rg_remap r;

	rg_remap_init(&r, req, limits, kernel);
	if (!r.rules)
		return RG_CHECK_NONE;
	return rg_stages_check_args(&r);
}
