/* SPDX-License-Identifier: MIT */

/*
 * Which two values a check compares, for people. That a predicate may have
 * exceptions (a capability, a mapping that is not counted) is not told here:
 * what came of it is known already.
 */

#include "model/remap.h"

static struct rg_span anything(void)
{
	return (struct rg_span){ 0, UINT64_MAX };
}

static struct rg_span answer_span(enum rg_answer answer)
{
	return (struct rg_span){ answer == RG_YES, answer != RG_NO };
}

static struct rg_span vma_flag(struct rg_remap *r, uint32_t flag)
{
	if (!r->vma.end)
		return answer_span(RG_MAYBE);
	return answer_span(rg_vma_is(r, &r->vma, flag));
}

static bool is_possible(struct rg_span span)
{
	return span.hi;
}

/* ---------------------------------------------------------------- values */

static struct rg_span unknown_flags(struct rg_remap *r)
{
	return rg_span_of(r->req->flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS);
}

static struct rg_span new_addr(struct rg_remap *r)
{
	return rg_span_of(r->new_addr);
}

static struct rg_span old_addr_in_page(struct rg_remap *r)
{
	return rg_span_of(r->addr & (r->page_size - 1));
}

static struct rg_span new_addr_in_page(struct rg_remap *r)
{
	return rg_span_of(r->new_addr & (r->page_size - 1));
}

static struct rg_span old_len(struct rg_remap *r)
{
	return rg_span_of(r->old_len);
}

static struct rg_span new_len(struct rg_remap *r)
{
	return rg_span_of(r->new_len);
}

static struct rg_span new_end(struct rg_remap *r)
{
	return rg_span_of(rg_sum(r->new_addr, r->new_len));
}

static struct rg_span old_end(struct rg_remap *r)
{
	return rg_span_of(rg_sum(r->addr, r->old_len));
}

static struct rg_span has_maymove(struct rg_remap *r)
{
	return rg_span_of(!!(r->req->flags & RG_MREMAP_MAYMOVE));
}

static struct rg_span compared_old_len(struct rg_remap *r)
{
	return rg_span_of(r->rules->raw_lengths ? r->req->old_len : r->old_len);
}

static struct rg_span compared_new_len(struct rg_remap *r)
{
	return rg_span_of(r->rules->raw_lengths ? r->req->new_len : r->new_len);
}

static struct rg_span overlaps(struct rg_remap *r)
{
	return answer_span(rg_ranges_overlap(r));
}

static struct rg_span task_size(struct rg_remap *r)
{
	return rg_limit(r, RG_LIMIT_TASK_SIZE);
}

static struct rg_span max_maps(struct rg_remap *r)
{
	return rg_limit(r, RG_LIMIT_MAX_MAP_COUNT);
}

static struct rg_span maps_and(struct rg_remap *r, uint64_t more)
{
	return rg_span_add(rg_map_count(r), rg_span_of(more));
}

static struct rg_span maps_at_entry(struct rg_remap *r)
{
	return maps_and(r, r->rules->slots_entry);
}

static struct rg_span maps_at_move(struct rg_remap *r)
{
	return maps_and(r, r->rules->slots_move);
}

static struct rg_span maps_at_cut(struct rg_remap *r)
{
	return maps_and(r, 1);
}

static struct rg_span is_mapped(struct rg_remap *r)
{
	return answer_span(r->vma.end ? RG_YES : RG_MAYBE);
}

/* Where all of the range is asked about, one vma cannot deny it alone. */
static struct rg_span is_sealed(struct rg_remap *r)
{
	struct rg_span sealed = vma_flag(r, RG_VMA_SEALED);

	if (r->rules->seals == RG_SEALS_RANGE &&
	    r->vma.end - r->addr < r->old_len)
		sealed.hi = 1;
	return sealed;
}

static struct rg_span is_hugetlb(struct rg_remap *r)
{
	return vma_flag(r, RG_VMA_HUGETLB);
}

static struct rg_span is_shared(struct rg_remap *r)
{
	return vma_flag(r, RG_VMA_SHARED);
}

static struct rg_span in_huge_page(const struct rg_remap *r, uint64_t addr)
{
	if (r->vma.page_size <= r->page_size)
		return anything();
	return rg_span_of(addr & (r->vma.page_size - 1));
}

static struct rg_span old_addr_in_huge_page(struct rg_remap *r)
{
	return in_huge_page(r, r->addr);
}

static struct rg_span new_addr_in_huge_page(struct rg_remap *r)
{
	return in_huge_page(r, r->new_addr);
}

static struct rg_span is_special(struct rg_remap *r)
{
	return answer_span(r->vma.end ? rg_source_special(r) : RG_MAYBE);
}

static struct rg_span shorter_len(struct rg_remap *r)
{
	return rg_span_of(rg_shorter_len(r));
}

static struct rg_span vma_left(struct rg_remap *r)
{
	return r->vma.end ? rg_span_of(r->vma.end - r->addr) : anything();
}

static struct rg_span locked_pages(struct rg_remap *r)
{
	return rg_span_add(rg_locked_pages(r), rg_pages_wanted(r));
}

static struct rg_span total_pages(struct rg_remap *r)
{
	return rg_span_add(rg_total_pages(r), rg_pages_wanted(r));
}

static struct rg_span data_pages(struct rg_remap *r)
{
	return rg_span_add(rg_data_pages(r), rg_pages_wanted(r));
}

static struct rg_span limit_pages(struct rg_remap *r, enum rg_limit limit)
{
	return rg_span_div(rg_limit(r, limit), r->page_size);
}

static struct rg_span memlock_limit(struct rg_remap *r)
{
	return limit_pages(r, RG_LIMIT_RLIMIT_MEMLOCK);
}

static struct rg_span address_space_limit(struct rg_remap *r)
{
	return limit_pages(r, RG_LIMIT_RLIMIT_AS);
}

static struct rg_span data_limit(struct rg_remap *r)
{
	return limit_pages(r, RG_LIMIT_RLIMIT_DATA);
}

static struct rg_span charge(struct rg_remap *r)
{
	return rg_span_of(rg_pages_charged(r));
}

static struct rg_span holds_source(struct rg_remap *r)
{
	return answer_span(rg_answer_of(r->addr - r->new_addr < r->new_len));
}

static struct rg_span least_addr(struct rg_remap *r)
{
	return rg_limit(r, RG_LIMIT_MMAP_MIN_ADDR);
}

static struct rg_span unseen(struct rg_remap *r)
{
	(void)r;
	return anything();
}

/* --------------------------------------------------------------- matters */

static bool if_fixed(struct rg_remap *r)
{
	return rg_when(r, RG_WHEN_FIXED);
}

static bool if_not_fixed(struct rg_remap *r)
{
	return !rg_when(r, RG_WHEN_FIXED);
}

static bool if_dontunmap(struct rg_remap *r)
{
	return rg_when(r, RG_WHEN_DONTUNMAP);
}

static bool if_hugetlb(struct rg_remap *r)
{
	return is_possible(is_hugetlb(r));
}

static bool if_hugetlb_grows(struct rg_remap *r)
{
	return if_hugetlb(r) && rg_when(r, RG_WHEN_GROW);
}

static bool if_duplicate(struct rg_remap *r)
{
	return !r->old_len;
}

static bool if_locked(struct rg_remap *r)
{
	return is_possible(vma_flag(r, RG_VMA_LOCKED));
}

static bool if_data(struct rg_remap *r)
{
	return !r->vma.end || rg_vma_is_data(r, &r->vma) != RG_NO;
}

static bool if_charged(struct rg_remap *r)
{
	return rg_pages_charged(r) && is_possible(vma_flag(r, RG_VMA_ACCOUNT));
}

static bool if_placed(struct rg_remap *r)
{
	return rg_when(r, RG_WHEN_TO) && (if_fixed(r) || r->new_addr);
}

static bool if_picks(struct rg_remap *r)
{
	return is_possible(vma_flag(r, RG_VMA_PICKS_ADDRESS));
}

static bool if_vetoes(struct rg_remap *r)
{
	return is_possible(vma_flag(r, RG_VMA_VETOES_MOVE));
}

/* Unlike other flags, one that was not seen set is taken to be clear. */
static bool if_mergeable(struct rg_remap *r)
{
	return r->vma.known & r->vma.flags & RG_VMA_MERGEABLE;
}

/* ----------------------------------------------------------------- table */

struct compared {
	enum rg_unit unit;
	enum rg_relation relation;
	const char *value_name;
	struct rg_span (*value)(struct rg_remap *r); /* NULL: cannot be told */
	const char *bound_name;
	struct rg_span (*bound)(struct rg_remap *r); /* NULL: constant */
	uint64_t constant;
	bool (*matters)(struct rg_remap *r); /* NULL: always */
	bool counts; /* what has been unmapped changes the value */
};

#define YES_NO(check, what, answer, must_be, when)                             \
	[RG_CHECK_##check] = { .unit = RG_UNIT_YES_NO,                         \
			       .relation = RG_EQUAL,                           \
			       .value_name = what,                             \
			       .value = answer,                                \
			       .bound_name = "",                               \
			       .constant = must_be,                            \
			       .matters = when }
#define ZERO(check, a_unit, what, number, when)                                \
	[RG_CHECK_##check] = { .unit = RG_UNIT_##a_unit,                       \
			       .relation = RG_EQUAL,                           \
			       .value_name = what,                             \
			       .value = number,                                \
			       .bound_name = "",                               \
			       .matters = when }
#define BOUND(check, a_unit, what, number, related, limit_name, limit, when)   \
	[RG_CHECK_##check] = { .unit = RG_UNIT_##a_unit,                       \
			       .relation = RG_##related,                       \
			       .value_name = what,                             \
			       .value = number,                                \
			       .bound_name = limit_name,                       \
			       .bound = limit,                                 \
			       .matters = when }
#define COUNTED(check, what, number, limit_name, limit, when)                  \
	[RG_CHECK_##check] = { .unit = RG_UNIT_COUNT,                          \
			       .relation = RG_AT_MOST,                         \
			       .value_name = what,                             \
			       .value = number,                                \
			       .bound_name = limit_name,                       \
			       .bound = limit,                                 \
			       .matters = when,                                \
			       .counts = true }

static const struct compared what_is_compared[RG_NR_CHECKS] = {
	ZERO(LIBC_FLAGS, ADDRESS, "unknown flags", unknown_flags, NULL),
	ZERO(FLAGS, ADDRESS, "unknown flags", unknown_flags, NULL),
	ZERO(ADDR_ALIGN, BYTES, "old address within its page", old_addr_in_page,
	     NULL),
	BOUND(NEW_LEN_ZERO, BYTES, "new length, rounded up", new_len, ABOVE, "",
	      NULL, NULL),
	BOUND(NEW_LEN_RANGE, ADDRESS, "new length, rounded up", new_len,
	      AT_MOST, "end of the address space", task_size, NULL),
	BOUND(NEW_ADDR_RANGE, ADDRESS, "end of the new range", new_end, AT_MOST,
	      "end of the address space", task_size, NULL),
	ZERO(NEW_ADDR_ALIGN, BYTES, "new address within its page",
	     new_addr_in_page, NULL),
	YES_NO(FIXED_MAYMOVE, "MREMAP_MAYMOVE given", has_maymove, 1, if_fixed),
	YES_NO(DONTUNMAP_MAYMOVE, "MREMAP_MAYMOVE given", has_maymove, 1,
	       if_dontunmap),
	BOUND(DONTUNMAP_RESIZE, BYTES, "new length", compared_new_len, EQUAL,
	      "old length", compared_old_len, if_dontunmap),
	YES_NO(OVERLAP, "old and new range overlap", overlaps, 0, NULL),
	COUNTED(MAP_COUNT, "mappings, with those a call may add", maps_at_entry,
		"vm.max_map_count", max_maps, NULL),
	COUNTED(MOVE_MAP_COUNT, "mappings, with those a move may add",
		maps_at_move, "vm.max_map_count", max_maps, NULL),
	YES_NO(SOURCE_UNMAPPED, "old address mapped", is_mapped, 1, NULL),
	YES_NO(SOURCE_SEALED, "source sealed", is_sealed, 0, NULL),
	YES_NO(HUGETLB_MOVE, "hugetlb mapping", is_hugetlb, 0, NULL),
	ZERO(HUGETLB_ADDR_ALIGN, BYTES, "old address within its huge page",
	     old_addr_in_huge_page, if_hugetlb),
	ZERO(HUGETLB_NEW_ADDR_ALIGN, BYTES, "new address within its huge page",
	     new_addr_in_huge_page, if_hugetlb),
	BOUND(HUGETLB_GROW, BYTES, "new length, in huge pages", new_len,
	      AT_MOST, "old length", old_len, if_hugetlb_grows),
	YES_NO(DUPLICATE_PRIVATE, "shared mapping", is_shared, 1, if_duplicate),
	YES_NO(DONTUNMAP_SHARED, "private anonymous mapping", NULL, 1,
	       if_dontunmap),
	YES_NO(DONTUNMAP_SPECIAL, "special mapping", is_special, 0,
	       if_dontunmap),
	BOUND(CROSSES_VMA, BYTES, "length that must be mapped", shorter_len,
	      AT_MOST, "mapping, from the old address on", vma_left, NULL),
	YES_NO(OFFSET_WRAP, "file offset wraps", NULL, 0, NULL),
	YES_NO(GROW_SPECIAL, "special mapping", is_special, 0, NULL),
	COUNTED(MLOCK_LIMIT, "locked pages, with the new ones", locked_pages,
		"RLIMIT_MEMLOCK", memlock_limit, if_locked),
	COUNTED(ADDRESS_SPACE_LIMIT, "mapped pages, with the new ones",
		total_pages, "RLIMIT_AS", address_space_limit, NULL),
	COUNTED(DATA_LIMIT, "data pages, with the new ones", data_pages,
		"RLIMIT_DATA", data_limit, if_data),
	BOUND(COMMIT_LIMIT, COUNT, "pages charged", charge, AT_MOST,
	      "what overcommit leaves", unseen, if_charged),
	YES_NO(NO_ROOM, "MREMAP_MAYMOVE given, as there is no room",
	       has_maymove, 1, NULL),
	YES_NO(EXTEND_SPECIAL, "device memory", NULL, 0, NULL),
	YES_NO(DEST_SEALED, "destination sealed", NULL, 0, NULL),
	YES_NO(DEST_UNSPLITTABLE, "destination cuts what cannot be split", NULL,
	       0, NULL),
	COUNTED(DEST_MAP_COUNT, "mappings, with one more", maps_at_cut,
		"vm.max_map_count", max_maps, NULL),
	BOUND(TAIL_RANGE, ADDRESS, "end of the old range", old_end, AT_MOST,
	      "end of the address space", task_size, NULL),
	YES_NO(TAIL_SEALED, "tail sealed", NULL, 0, NULL),
	YES_NO(TAIL_UNSPLITTABLE, "tail cuts what cannot be split", NULL, 0,
	       NULL),
	COUNTED(TAIL_MAP_COUNT, "mappings, with one more", maps_at_cut,
		"vm.max_map_count", max_maps, NULL),
	YES_NO(SOURCE_GONE, "old address within the new range", holds_source, 0,
	       if_fixed),
	BOUND(NO_SPACE, BYTES, "length to place", new_len, AT_MOST,
	      "largest hole", unseen, if_not_fixed),
	BOUND(LOW_ADDRESS, ADDRESS, "new address", new_addr, AT_LEAST,
	      "vm.mmap_min_addr", least_addr, if_placed),
	YES_NO(DRIVER_ADDRESS, "driver refuses the address", NULL, 0, if_picks),
	YES_NO(UNSPLITTABLE, "part of what cannot be split", NULL, 0, NULL),
	YES_NO(KSM, "interrupted by a signal", NULL, 0, if_mergeable),
	YES_NO(DRIVER_MOVE, "driver refuses the move", NULL, 0, if_vetoes),
	YES_NO(MULTI_GAP, "hole at the old address", NULL, 0, NULL),
	YES_NO(MULTI_UNFIT, "one of several, and may not take part", NULL, 0,
	       NULL),
	YES_NO(HUGETLB_MISCOUNT, "taken for incomplete", NULL, 0, if_hugetlb),
};

static struct rg_value value_of(const char *name, struct rg_span span)
{
	return (struct rg_value){ name, span.lo, span.lo == span.hi };
}

void rg_compared(struct rg_remap *r, bool unmapped, struct rg_stop *stop)
{
	const struct compared *row = &what_is_compared[stop->check];
	struct rg_span value = anything();
	struct rg_span bound = rg_span_of(row->constant);

	if (row->value && !(row->counts && unmapped))
		value = row->value(r);
	if (row->bound)
		bound = row->bound(r);
	stop->matters = !row->matters || row->matters(r);
	stop->compared = (struct rg_comparison){
		.unit = row->unit,
		.relation = row->relation,
		.value = value_of(row->value_name, value),
		.bound = value_of(row->bound_name, bound),
	};
}
