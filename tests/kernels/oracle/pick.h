/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_PICK_H
#define RG_ORACLE_PICK_H

/* What a request is put together from. */

#include "beside.h"
#include "layout.h"
#include "machine.h"
#include "random.h"

#define SOME(array) ((array)[random_below(sizeof(array) / sizeof((array)[0]))])
#define SOME_OF(...) SOME(((uint64_t[]){ __VA_ARGS__ }))

/* Where nothing is, and a long mapping has room: so far behind the region. */
#define FAR_AWAY (UINT64_C(1) << 41)

/*
 * Of what brings many plans to the edge of what can be known: in full where
 * mutants are asked, as some show nowhere else.
 */
static inline bool edge_chance(unsigned int percent)
{
	return random_chance(beside ? percent : (percent + 5) / 6);
}

static inline uint64_t page_up(uint64_t len)
{
	return (len + machine.page - 1) & -machine.page;
}

static inline bool may_be_source(const struct layout *layout,
				 const struct rg_vma *vma)
{
	return !layout_meets_own(layout, vma->start, vma->end - vma->start);
}

/* Longer than the region, that is: by itself somewhere else. */
static inline bool is_long(const struct layout *layout, uint64_t len)
{
	return len > REGION_UNITS * layout->unit;
}

/* Between the vma of this index and the one before it. */
static inline uint64_t hole_before(const struct snapshot *now, uint64_t next)
{
	uint64_t end = next ? now->vmas[next - 1].end : machine.page;

	return now->vmas[next].start - end;
}

/* A vma that may come to harm. */
struct rg_vma pick_vma(const struct layout *layout, const struct snapshot *now);
/* An old address, mostly in this one. */
uint64_t pick_addr(const struct layout *layout, const struct rg_vma *vma);
/* About as many bytes as can be charged at all, or may be in mode 2. */
uint64_t pick_charge(void);

#endif
