/* SPDX-License-Identifier: MIT */

/*
 * The checks that compare the process's and the system's counters with
 * their limits, as those stand when the kernel comes to the check.
 */

#include "model/remap.h"

/* ------------------------------------------------------------- map count */

static enum rg_answer maps_exceed(struct rg_remap *r, uint64_t more)
{
	struct rg_span maps = rg_map_count(r);

	maps = rg_span_add(maps, rg_span_of(more));
	return rg_span_exceeds(maps, rg_limit(r, RG_LIMIT_MAX_MAP_COUNT));
}

/* Since 7.2 a locked source that stays is cut at the ends of the range. */
static uint64_t slots_dontunmap(const struct rg_remap *r)
{
	return r->version >= RG_KERNEL_VERSION(7, 2) &&
	       rg_when(r, RG_WHEN_DONTUNMAP);
}

/*
 * Asked before anything else, so that a move that was begun does not have to
 * stop for it: a move may cut source and destination in three.
 */
enum rg_answer rg_too_many_maps(struct rg_remap *r)
{
	return maps_exceed(r, r->rules->slots_entry + slots_dontunmap(r));
}

enum rg_answer rg_too_many_maps_to_move(struct rg_remap *r)
{
	uint64_t more = r->rules->slots_move;
	uint64_t extra = slots_dontunmap(r);
	enum rg_answer refuses = maps_exceed(r, more);

	if (refuses == RG_YES || !extra)
		return refuses;
	return rg_or(refuses, rg_and(maps_exceed(r, more + extra),
				     rg_vma_is(r, &r->vma, RG_VMA_LOCKED)));
}

/* ------------------------------------------------------- resource limits */

/* Pages the process will have more, when growing or keeping the source. */
struct rg_span rg_pages_wanted(const struct rg_remap *r)
{
	uint64_t len = r->new_len - r->old_len;

	if (rg_when(r, RG_WHEN_DONTUNMAP))
		len = r->old_len;
	return rg_span_of(rg_pages(r, len));
}

/*
 * 5.10 counts a growth in place by 8 TB or more wrongly. A counter that has so
 * fallen below zero exceeds any limit, even none, and is shown as more than
 * there can be: in pages, or in kB divided by the page size.
 */
static bool is_below_zero(const struct rg_remap *r, struct rg_span pages)
{
	return pages.lo > UINT64_MAX / r->page_size;
}

/* It comes above zero again, as far as can be told from how it is shown. */
static bool may_wrap(struct rg_span pages, struct rg_span more)
{
	return more.hi >= (-pages.hi & UINT32_MAX);
}

/*
 * Nearly every process: nothing then needs to be counted. But a length may
 * come so close to 2^64 that no limit at all is still too little.
 */
static bool is_unlimited(const struct rg_remap *r, enum rg_limit limit,
			 enum rg_limit counter)
{
	const uint64_t *values = &r->limits->page_size;

	return r->limits->known & 1u << limit && values[limit] == UINT64_MAX &&
	       !(r->new_len >> 63) &&
	       !(r->limits->known & 1u << counter &&
		 is_below_zero(r, rg_span_of(values[counter])));
}

static enum rg_answer pages_exceed(struct rg_remap *r, struct rg_span pages,
				   enum rg_limit limit)
{
	struct rg_span most = rg_limit(r, limit);
	struct rg_span wanted = rg_pages_wanted(r);

	if (is_below_zero(r, pages) && may_wrap(pages, wanted)) {
		r->missing |= RG_UNKNOWN_TOTALS;
		return RG_MAYBE;
	}
	pages = rg_span_add(pages, wanted);
	return rg_span_exceeds(pages, rg_span_pages(r, most));
}

/* Bytes are compared until 5.15, and a sum may wrap and pass. */
static enum rg_answer locked_bytes_exceed(struct rg_remap *r)
{
	struct rg_span bytes = rg_locked_pages(r);

	bytes.lo = bytes.lo * r->page_size + (r->new_len - r->old_len);
	bytes.hi = bytes.hi * r->page_size + (r->new_len - r->old_len);
	if (bytes.lo > bytes.hi)
		return RG_MAYBE;
	return rg_span_exceeds(bytes, rg_limit(r, RG_LIMIT_RLIMIT_MEMLOCK));
}

static enum rg_answer locked_pages_exceed(struct rg_remap *r)
{
	if (r->version < RG_KERNEL_VERSION(5, 16))
		return locked_bytes_exceed(r);
	return pages_exceed(r, rg_locked_pages(r), RG_LIMIT_RLIMIT_MEMLOCK);
}

enum rg_answer rg_over_mlock_limit(struct rg_remap *r)
{
	enum rg_answer over = rg_vma_is(r, &r->vma, RG_VMA_LOCKED);

	if (over != RG_NO)
		over = rg_and(over,
			      rg_not(rg_capable(r, RG_LIMIT_CAP_IPC_LOCK)));
	if (over != RG_NO)
		over = rg_and(over, locked_pages_exceed(r));
	return over;
}

enum rg_answer rg_over_address_space_limit(struct rg_remap *r)
{
	if (is_unlimited(r, RG_LIMIT_RLIMIT_AS, RG_LIMIT_TOTAL_PAGES))
		return RG_NO;
	return pages_exceed(r, rg_total_pages(r), RG_LIMIT_RLIMIT_AS);
}

/* A soft limit of exactly 0 stands for the hard one (for Valgrind's sake). */
enum rg_answer rg_over_data_limit(struct rg_remap *r)
{
	enum rg_answer over;

	if (is_unlimited(r, RG_LIMIT_RLIMIT_DATA, RG_LIMIT_DATA_PAGES))
		return RG_NO;
	over = rg_vma_is_data(r, &r->vma);
	if (over != RG_NO)
		over = rg_and(over, pages_exceed(r, rg_data_pages(r),
						 RG_LIMIT_RLIMIT_DATA));
	if (over != RG_NO && rg_limit(r, RG_LIMIT_RLIMIT_DATA).hi == 0)
		over = rg_and(over, pages_exceed(r, rg_data_pages(r),
						 RG_LIMIT_RLIMIT_DATA_MAX));
	return over;
}

/* ------------------------------------------------------------ overcommit */

/* Pages charged for the call. */
uint64_t rg_pages_charged(const struct rg_remap *r)
{
	uint64_t len = 0;

	if (rg_when(r, RG_WHEN_DONTUNMAP))
		len = r->new_len;
	else if (rg_when(r, RG_WHEN_GROW))
		len = r->new_len - r->old_len;
	else if (rg_miscounts_shrink(r->version))
		len = r->old_len - r->new_len;
	return rg_pages(r, len);
}

/* Overcommit mode 0: only what could never be there is refused. */
static enum rg_answer exceeds_memory(struct rg_remap *r, uint64_t pages)
{
	if (!pages)
		return RG_NO;
	return rg_span_exceeds(rg_span_of(pages),
			       rg_limit(r, RG_LIMIT_MEMORY_PAGES));
}

/* What of the commit limit this process may not use. */
static struct rg_span commit_reserve(struct rg_remap *r)
{
	struct rg_span admin = rg_limit(r, RG_LIMIT_ADMIN_RESERVE_PAGES);
	struct rg_span user = rg_limit(r, RG_LIMIT_USER_RESERVE_PAGES);

	user = rg_span_min(user, rg_span_div(rg_total_pages(r), 32));
	switch (rg_capable(r, RG_LIMIT_CAP_SYS_ADMIN)) {
	case RG_YES:
		admin = rg_span_of(0);
		break;
	case RG_MAYBE:
		admin.lo = 0;
		break;
	case RG_NO:
		break;
	}
	return rg_span_add(admin, user);
}

/* What others may come to charge, or give back, meanwhile. */
#define COMMIT_OF_OTHERS (UINT64_C(4) << 20)

/*
 * Overcommit mode 2. The kernel compares a counter kept per processor and so
 * off by up to 1/256 of memory; other processes change it; and what the call
 * has unmapped may have been charged or not. Near the limit: maybe. From 6.1
 * on even a charge of nothing is refused once the limit is passed. A counter
 * that has fallen below zero is shown as zero, and who knows how far it fell;
 * nor, where it was not looked at, whether it has.
 */
static enum rg_answer exceeds_commit(struct rg_remap *r, uint64_t pages)
{
	struct rg_span used = rg_limit(r, RG_LIMIT_COMMITTED_PAGES);
	struct rg_span limit = rg_limit(r, RG_LIMIT_COMMIT_LIMIT_PAGES);
	uint64_t others = COMMIT_OF_OTHERS / r->page_size;
	bool below_zero = !used.lo;
	enum rg_answer over;
	struct rg_span slack;

	if (!pages && r->version < RG_KERNEL_VERSION(6, 1))
		return RG_NO;
	slack = (struct rg_span){ 0, rg_sum(limit.hi / 128, others) };
	if (r->limits->known & 1u << RG_LIMIT_MEMORY_PAGES)
		slack.hi = rg_sum(r->limits->memory_pages / 256, others);
	used = rg_span_add(used, rg_span_of(rg_sum(pages, 1)));
	limit = rg_span_sub(limit, commit_reserve(r));
	used.lo = rg_difference(used.lo,
				rg_sum(slack.hi, r->freed.total_pages.hi));
	used.hi = rg_sum(used.hi, slack.hi);
	over = rg_span_exceeds(used, limit);
	if (below_zero)
		over = rg_and(over, RG_MAYBE);
	if (over == RG_MAYBE)
		r->missing |= RG_UNKNOWN_COMMIT;
	return over;
}

/* The modes that are possible must agree for a certain answer. */
static enum rg_answer exceeds_overcommit(struct rg_remap *r, uint64_t pages)
{
	struct rg_span mode = rg_limit(r, RG_LIMIT_OVERCOMMIT);
	enum rg_answer guess;
	enum rg_answer never;

	if (mode.lo == 1 && mode.hi == 1)
		return RG_NO;
	guess = exceeds_memory(r, pages);
	if (mode.hi == 0)
		return guess;
	never = exceeds_commit(r, pages);
	if (mode.lo == 2)
		return never;
	return rg_and(rg_or(guess, never), RG_MAYBE);
}

enum rg_answer rg_over_commit_limit(struct rg_remap *r)
{
	enum rg_answer over = exceeds_overcommit(r, rg_pages_charged(r));

	if (over != RG_NO)
		over = rg_and(over, rg_vma_is(r, &r->vma, RG_VMA_ACCOUNT));
	return over;
}
