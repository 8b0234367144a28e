/* SPDX-License-Identifier: MIT */

#include "crafted.h"

#include "judge.h"
#include "pick.h"

/* --------------------------------------------------------------- the kinds */

/* From the first of the small mappings on, or within it. */
static uint64_t first_of_region(const struct layout *layout,
				const struct snapshot *now)
{
	struct rg_vma vma = { .start = layout->region };

	snapshot_find((void *)now, layout->region, &vma);
	return vma.start + random_below(2) * machine.page;
}

/* To within the last of them, which may be one that cannot be cut. */
static uint64_t last_of_region(const struct layout *layout,
			       const struct snapshot *now)
{
	uint64_t last = layout->region;

	for (unsigned int i = 0; i < now->nr; i++) {
		if (now->vmas[i].start < layout->plate)
			last = now->vmas[i].start;
	}
	return last + (1 + random_below(2)) * machine.page;
}

/* All of them, and what they are moved onto has room, but is cut by each. */
static struct rg_request onto_plate(const struct layout *layout,
				    const struct snapshot *now)
{
	uint64_t addr = first_of_region(layout, now);
	uint64_t len = last_of_region(layout, now) - addr;

	return (struct rg_request){ addr, len, len, random_chance(65) ? 3 : 7,
				    layout->plate +
					    random_below(3) * layout->unit };
}

/* Over the ends of several mappings, which older kernels refuse to move. */
static struct rg_request several(const struct layout *layout,
				 const struct snapshot *now)
{
	struct rg_vma vma = pick_vma(layout, now);
	uint64_t few = (1 + random_below(3)) * machine.page;
	uint64_t len = (2 + random_below(30)) * layout->unit;
	struct rg_request req = { vma.start, len, len, 3, 0 };

	/* a map more, which the next of them may not find */
	if (random_chance(layout->profile == PROFILE_MAP_COUNT ? 60 : 25))
		req.addr += machine.page;
	if (random_chance(layout->plate ? 50 : 30))
		req.flags |= RG_MREMAP_DONTUNMAP;
	req.new_addr =
		random_chance(50)
			? pick_vma(layout, now).start +
				  random_below(3) * layout->unit
			: layout->region +
				  random_below(2 * REGION_UNITS) * layout->unit;
	if (layout->plate && random_chance(60)) {
		req.addr = first_of_region(layout, now);
		req.new_addr = layout->plate + random_below(3) * layout->unit;
	}
	/* or cut something out of what comes next */
	if (layout->plate && random_chance(20)) {
		req.flags = random_below(2);
		req.new_len = layout->plate + few - req.addr;
		req.old_len = req.new_len + few;
		return req;
	}
	if (random_chance(25)) {
		req.flags = random_below(2);
		req.new_len -= few;
	}
	return req;
}

/*
 * The end of the old range wraps, which passes for no overlap. Up to 5.15 its
 * start may be where nothing can be mapped, so that the tail lies low.
 */
static struct rg_request wrapping(const struct layout *layout,
				  const struct snapshot *now)
{
	uint64_t addr = pick_vma(layout, now).start;
	uint64_t few = (1 + random_below(4)) * machine.page;
	struct rg_request req = { addr, -few, few, 3, 0 };

	req.new_addr = addr + random_below(3) * machine.page;
	if (machine.kernel.version < RG_KERNEL_VERSION(5, 16) &&
	    random_chance(50)) {
		req.addr = -few;
		req.new_len = addr + random_below(3) * machine.page + few;
		req.old_len =
			req.new_len + (1 + random_below(30)) * layout->unit;
		req.new_addr = pick_vma(layout, now).start +
			       random_below(8) * machine.page;
	}
	return req;
}

/* Into the hole behind it, which is what device memory is refused. */
static struct rg_request growing(const struct layout *layout,
				 const struct snapshot *now)
{
	unsigned int first = (unsigned int)random_below(now->nr - 1);
	uint32_t device =
		layout->profile == PROFILE_SPECIAL && random_chance(70)
			? RG_VMA_IO | RG_VMA_MIXEDMAP
			: 0;
	struct rg_vma vma = pick_vma(layout, now);
	uint64_t room = 8 * layout->unit;
	struct rg_request req = { 0 };

	for (unsigned int i = 0; i < now->nr - 1; i++) {
		unsigned int at = (first + i) % (now->nr - 1);
		const struct rg_vma *found = &now->vmas[at];

		if (!hole_before(now, at + 1) ||
		    !may_be_source(layout, found) ||
		    (device && !(found->flags & device)))
			continue;
		vma = *found;
		if (room > hole_before(now, at + 1))
			room = hole_before(now, at + 1);
		break;
	}
	req.addr = pick_addr(layout, &vma);
	req.old_len = vma.end - req.addr;
	req.new_len = req.old_len + page_up(1 + random_below(room));
	req.flags = random_below(2);
	return req;
}

static const struct rg_vma *some_locked(const struct layout *layout,
					const struct snapshot *now)
{
	unsigned int first = (unsigned int)random_below(now->nr);

	for (unsigned int i = 0; i < now->nr; i++) {
		const struct rg_vma *vma = &now->vmas[(first + i) % now->nr];

		if (vma->flags & RG_VMA_LOCKED && may_be_source(layout, vma))
			return vma;
	}
	return NULL;
}

/* A part of what is locked stays: newer kernels cut it out. */
static struct rg_request keeping(const struct layout *layout,
				 const struct snapshot *now)
{
	const struct rg_vma *locked = some_locked(layout, now);
	struct rg_vma vma = locked ? *locked : pick_vma(layout, now);
	uint64_t pages = (vma.end - vma.start) / machine.page;
	uint64_t skipped = random_below(2) * random_below(pages);
	uint64_t left = random_below(2) * random_below(pages - skipped);
	uint64_t len = (pages - skipped - left) * machine.page;
	struct rg_request req = { vma.start + skipped * machine.page, len, len,
				  random_chance(50) ? 5 : 7, 0 };

	req.new_addr =
		layout->region + random_below(2 * REGION_UNITS) * layout->unit;
	return req;
}

/* What memory could hold once, or nearly: moved, kept, grown or shrunk. */
static struct rg_request charged(const struct layout *layout,
				 const struct snapshot *now)
{
	struct rg_vma vma = pick_vma(layout, now);
	struct rg_request req = { 0 };
	uint64_t len;

	for (unsigned int i = 0; i < now->nr; i++) {
		len = now->vmas[i].end - now->vmas[i].start;
		if (is_long(layout, len) &&
		    may_be_source(layout, &now->vmas[i]))
			vma = now->vmas[i];
	}
	len = vma.end - vma.start;
	req.addr = vma.start;
	req.old_len = req.new_len = len;
	req.flags = SOME_OF(1, 3, 3, 5, 7);
	req.new_addr = layout->region + FAR_AWAY;
	if (req.flags == 1)
		req.new_len += pick_charge();
	if (req.flags == 3)
		req.new_len = page_up(1 + random_below(len));
	return req;
}

/*
 * So many pages in place that 5.10, which keeps them in an int, counts less
 * than none; or, once it does, as many as that are, or as many again.
 */
static struct rg_request overflowing(const struct layout *layout,
				     const struct snapshot *now)
{
	uint64_t total = judge_limits()->total_pages;
	uint64_t more = SOME_OF(1, 3) * (UINT64_C(1) << 31) + random_below(8);
	struct rg_vma vma = pick_vma(layout, now);
	uint64_t hole = 0;
	uint64_t len;

	for (unsigned int i = 0; i + 1 < now->nr; i++) {
		if (hole_before(now, i + 1) > hole &&
		    may_be_source(layout, &now->vmas[i])) {
			vma = now->vmas[i];
			hole = hole_before(now, i + 1);
		}
	}
	if (total > UINT64_MAX / machine.page && random_chance(40))
		more = (-total & UINT32_MAX) + random_below(3) - 1;
	len = vma.end - vma.start;
	return (struct rg_request){ vma.start, len, len + more * machine.page,
				    random_below(2), 0 };
}

static unsigned int chance_of_overflowing(const struct layout *layout)
{
	if (machine.kernel.version >= RG_KERNEL_VERSION(5, 16) ||
	    layout->profile != PROFILE_PLAIN)
		return 0;
	return judge_limits()->total_pages > UINT64_MAX / machine.page ? 50 : 5;
}

static unsigned int chance_of_several(enum profile profile)
{
	switch (profile) {
	case PROFILE_MAP_COUNT:
		return 25;
	case PROFILE_LIMIT_AS:
	case PROFILE_LIMIT_DATA:
	case PROFILE_DATA_ZERO:
	case PROFILE_SPECIAL:
	case PROFILE_SEALED:
		return 12;
	default:
		return 5;
	}
}

static unsigned int chance_of_charged(const struct layout *layout)
{
	if (layout->profile == PROFILE_OVERCOMMIT)
		return 10;
	return layout->charged ? 40 : 0;
}

static unsigned int chance_of_growing(enum profile profile)
{
	return profile == PROFILE_SPECIAL ? 8 : 2;
}

static unsigned int chance_of_keeping(enum profile profile)
{
	switch (profile) {
	case PROFILE_MAP_COUNT:
	case PROFILE_OVERCOMMIT:
		return 8;
	case PROFILE_MEMLOCK:
		return 4;
	default:
		return 0;
	}
}

bool crafted_choose(const struct layout *layout, const struct snapshot *now,
		    struct rg_request *ret_req)
{
	if (layout->plate && edge_chance(20))
		*ret_req = onto_plate(layout, now);
	else if (random_chance(chance_of_several(layout->profile)))
		*ret_req = several(layout, now);
	else if (edge_chance(chance_of_overflowing(layout)))
		*ret_req = overflowing(layout, now);
	else if (random_chance(chance_of_growing(layout->profile)))
		*ret_req = growing(layout, now);
	else if (edge_chance(chance_of_keeping(layout->profile)))
		*ret_req = keeping(layout, now);
	else if (edge_chance(chance_of_charged(layout)))
		*ret_req = charged(layout, now);
	else if (random_chance(2))
		*ret_req = wrapping(layout, now);
	else
		return false;
	return true;
}
