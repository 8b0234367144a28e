/* SPDX-License-Identifier: MIT */

/*
 * Limits and totals: their names, what an ordinary process has, and how a
 * predicate reads one that may not be known.
 */

#include "model/remap.h"

/* Every field is 64 bits wide, in the order of enum rg_limit. */
#define FIELD(limit, field)                                                    \
	_Static_assert(offsetof(struct rg_limits, field) ==                    \
			       offsetof(struct rg_limits, page_size) +         \
				       8 * (limit),                            \
		       #field " is out of order")
FIELD(RG_LIMIT_MAP_COUNT, map_count);
FIELD(RG_LIMIT_RLIMIT_AS, rlimit_as);
FIELD(RG_LIMIT_TOTAL_PAGES, total_pages);
FIELD(RG_LIMIT_OVERCOMMIT, overcommit);
FIELD(RG_LIMIT_CAP_SYS_ADMIN, cap_sys_admin);

/* What a 64-bit process ordinarily sees; a 5-level one may have more. */
#if defined(__aarch64__)
#define TASK_SIZE_DEFAULT (UINT64_C(1) << 48)
#define UNTAG_MASK_DEFAULT (UINT64_MAX >> 8)
#else
#define TASK_SIZE_DEFAULT UINT64_C(0x7ffffffff000)
#define UNTAG_MASK_DEFAULT UINT64_MAX
#endif
#define MMAP_MIN_ADDR_DEFAULT 65536

/* The widest and narrowest user address spaces that Linux has. */
#define TASK_SIZE_LEAST UINT64_C(0xc0000000)
#define TASK_SIZE_MOST (UINT64_C(1) << 57)
/* Not a rule of the kernel, but nobody sets vm.mmap_min_addr higher. */
#define MMAP_MIN_ADDR_MOST (UINT64_C(16) << 20)
#define MAPS_MOST INT32_MAX

/* For each limit: its name, what to say when it is missing, its extremes. */
static const struct {
	const char *name;
	uint32_t unknown;
	struct rg_span any;
} inputs[RG_NR_LIMITS] = {
	[RG_LIMIT_PAGE_SIZE] = { "page_size",
				 RG_UNKNOWN_TASK_SIZE,
				 { 4096, 4096 } },
	[RG_LIMIT_TASK_SIZE] = { "task_size",
				 RG_UNKNOWN_TASK_SIZE,
				 { TASK_SIZE_LEAST, TASK_SIZE_MOST } },
	[RG_LIMIT_UNTAG_MASK] = { "untag_mask",
				  RG_UNKNOWN_TASK_SIZE,
				  { UINT64_MAX, UINT64_MAX } },
	[RG_LIMIT_MAP_COUNT] = { "map_count",
				 RG_UNKNOWN_MAP_COUNT,
				 { 0, MAPS_MOST } },
	[RG_LIMIT_MAX_MAP_COUNT] = { "max_map_count",
				     RG_UNKNOWN_MAP_COUNT,
				     { 0, MAPS_MOST } },
	[RG_LIMIT_MMAP_MIN_ADDR] = { "mmap_min_addr",
				     RG_UNKNOWN_MIN_ADDR,
				     { 0, MMAP_MIN_ADDR_MOST } },
	[RG_LIMIT_RLIMIT_AS] = { "rlimit_as",
				 RG_UNKNOWN_RLIMITS,
				 { 0, UINT64_MAX } },
	[RG_LIMIT_RLIMIT_DATA] = { "rlimit_data",
				   RG_UNKNOWN_RLIMITS,
				   { 0, UINT64_MAX } },
	[RG_LIMIT_RLIMIT_DATA_MAX] = { "rlimit_data_max",
				       RG_UNKNOWN_RLIMITS,
				       { 0, UINT64_MAX } },
	[RG_LIMIT_RLIMIT_MEMLOCK] = { "rlimit_memlock",
				      RG_UNKNOWN_RLIMITS,
				      { 0, UINT64_MAX } },
	[RG_LIMIT_TOTAL_PAGES] = { "total_pages",
				   RG_UNKNOWN_TOTALS,
				   { 0, TASK_SIZE_MOST >> 12 } },
	[RG_LIMIT_DATA_PAGES] = { "data_pages",
				  RG_UNKNOWN_TOTALS,
				  { 0, TASK_SIZE_MOST >> 12 } },
	[RG_LIMIT_LOCKED_PAGES] = { "locked_pages",
				    RG_UNKNOWN_TOTALS,
				    { 0, TASK_SIZE_MOST >> 12 } },
	[RG_LIMIT_OVERCOMMIT] = { "overcommit", RG_UNKNOWN_COMMIT, { 0, 2 } },
	[RG_LIMIT_MEMORY_PAGES] = { "memory_pages",
				    RG_UNKNOWN_COMMIT,
				    { 0, UINT64_MAX } },
	[RG_LIMIT_COMMIT_LIMIT_PAGES] = { "commit_limit_pages",
					  RG_UNKNOWN_COMMIT,
					  { 0, UINT64_MAX } },
	[RG_LIMIT_COMMITTED_PAGES] = { "committed_pages",
				       RG_UNKNOWN_COMMIT,
				       { 0, UINT64_MAX } },
	[RG_LIMIT_ADMIN_RESERVE_PAGES] = { "admin_reserve_pages",
					   RG_UNKNOWN_COMMIT,
					   { 0, UINT64_MAX } },
	[RG_LIMIT_USER_RESERVE_PAGES] = { "user_reserve_pages",
					  RG_UNKNOWN_COMMIT,
					  { 0, UINT64_MAX } },
	[RG_LIMIT_CAP_IPC_LOCK] = { "cap_ipc_lock", RG_UNKNOWN_CAPS, { 0, 1 } },
	[RG_LIMIT_CAP_SYS_RAWIO] = { "cap_sys_rawio",
				     RG_UNKNOWN_CAPS,
				     { 0, 1 } },
	[RG_LIMIT_CAP_SYS_ADMIN] = { "cap_sys_admin",
				     RG_UNKNOWN_CAPS,
				     { 0, 1 } },
};

struct rg_limits rg_limits_default(uint64_t page_size)
{
	struct rg_limits limits = {
		.known = 1u << RG_LIMIT_PAGE_SIZE | 1u << RG_LIMIT_TASK_SIZE |
			 1u << RG_LIMIT_UNTAG_MASK |
			 1u << RG_LIMIT_MMAP_MIN_ADDR,
		.page_size = page_size,
		.task_size = TASK_SIZE_DEFAULT,
		.untag_mask = UNTAG_MASK_DEFAULT,
		.mmap_min_addr = MMAP_MIN_ADDR_DEFAULT,
	};

	return limits;
}

const char *rg_limit_name(enum rg_limit limit)
{
	return (unsigned int)limit < RG_NR_LIMITS ? inputs[limit].name : NULL;
}

bool rg_limits_set(struct rg_limits *limits, enum rg_limit limit,
		   uint64_t value)
{
	if ((unsigned int)limit >= RG_NR_LIMITS)
		return false;
	(&limits->page_size)[limit] = value;
	limits->known |= 1u << limit;
	return true;
}

struct rg_span rg_limit_unknown(struct rg_remap *r, enum rg_limit limit)
{
	r->missing |= inputs[limit].unknown;
	return inputs[limit].any;
}

enum rg_answer rg_capable(struct rg_remap *r, enum rg_limit cap)
{
	struct rg_span span = rg_limit(r, cap);

	return rg_span_exceeds(span, rg_span_of(0));
}

struct rg_span rg_pages_if(enum rg_answer answer, uint64_t pages)
{
	return (struct rg_span){ answer == RG_YES ? pages : 0,
				 answer == RG_NO ? 0 : pages };
}

struct rg_span rg_total_pages(struct rg_remap *r)
{
	struct rg_span pages = rg_limit(r, RG_LIMIT_TOTAL_PAGES);

	pages = rg_span_add(pages, r->freed.new_pages);
	return rg_span_sub(pages, r->freed.total_pages);
}

/* A count of pages that is part of the total one. */
static struct rg_span part_of_total(struct rg_remap *r, enum rg_limit limit)
{
	struct rg_span pages = rg_limit(r, limit);
	uint32_t known = r->limits->known;

	if (!(known & 1u << limit) && known & 1u << RG_LIMIT_TOTAL_PAGES)
		pages = rg_span_min(pages, rg_span_of(r->limits->total_pages));
	return pages;
}

struct rg_span rg_data_pages(struct rg_remap *r)
{
	struct rg_span pages = part_of_total(r, RG_LIMIT_DATA_PAGES);

	r->missing |= r->freed.missing;
	pages = rg_span_add(pages, r->freed.new_data_pages);
	return rg_span_sub(pages, r->freed.data_pages);
}

struct rg_span rg_locked_pages(struct rg_remap *r)
{
	struct rg_span pages = rg_limit(r, RG_LIMIT_LOCKED_PAGES);

	r->missing |= r->freed.missing;
	return rg_span_sub(pages, r->freed.locked_pages);
}

/* A vma has at least a page, so there are no more vmas than pages. */
struct rg_span rg_map_count(struct rg_remap *r)
{
	struct rg_span maps = part_of_total(r, RG_LIMIT_MAP_COUNT);

	if (r->freed.maps.lo != r->freed.maps.hi)
		r->missing |= RG_UNKNOWN_MAP_COUNT;
	maps = rg_span_add(maps, r->freed.new_maps);
	return rg_span_sub(maps, r->freed.maps);
}
