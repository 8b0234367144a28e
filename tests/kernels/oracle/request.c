/* SPDX-License-Identifier: MIT */

#include "request.h"

#include "crafted.h"
#include "judge.h"
#include "large.h"
#include "pick.h"

/*
 * What would just fit before a vma; but the largest of holes must not be
 * filled, as the model takes it for granted that what is short has a place.
 */
static uint64_t some_hole(const struct layout *layout,
			  const struct snapshot *now)
{
	uint64_t hole = hole_before(now, random_below(now->nr));
	bool largest = random_chance(50);

	for (unsigned int i = 0; i < now->nr && largest; i++) {
		if (hole_before(now, i) > hole)
			hole = hole_before(now, i);
	}
	if (hole > machine.task_size / 4)
		return hole + REGION_UNITS * layout->unit;
	return hole + random_below(3) * machine.page - machine.page;
}

/* What a page table that fills a page maps. */
static uint64_t pmd_size(void)
{
	return machine.page * (machine.page / 8);
}

/* Too much for the region, or for anything. */
static uint64_t odd_len(const struct layout *layout, const struct snapshot *now)
{
	uint64_t pmd = pmd_size();

	if (random_chance(20))
		return some_hole(layout, now);
	return SOME_OF(0, 1, machine.page - 1, machine.page + 1, UINT64_MAX,
		       UINT64_MAX - machine.page, -2 * machine.page,
		       machine.task_size, machine.task_size + 1,
		       machine.task_size - machine.page,
		       machine.task_size - layout->region,
		       machine.task_size - layout->region + machine.page,
		       UINT64_C(1) << 40, UINT64_C(1) << 46, UINT64_C(1) << 57,
		       pmd, 2 * pmd, pmd / 2, pmd + machine.page);
}

static uint64_t some_old_len(const struct layout *layout,
			     const struct snapshot *now,
			     const struct rg_vma *vma, uint64_t addr)
{
	uint64_t rest = vma->end - addr;

	if (vma->kind == RG_KIND_SPECIAL && random_chance(30))
		return machine.page;
	if (layout->profile == PROFILE_TOP && random_chance(6))
		return machine.task_size - addr +
		       random_below(3) * machine.page - machine.page;

	switch (random_below(24)) {
	case 0:
		return odd_len(layout, now);
	case 1:
		return rest - random_below(machine.page);
	case 2:
	case 3:
		return random_below(10) * layout->unit;
	case 4:
		return rest + random_below(4) * layout->unit;
	case 5:
		return rest + machine.page;
	case 6:
		return rest - machine.page;
	case 7:
	case 8:
		return 0;
	case 9:
		/* nothing, once it is rounded to huge pages */
		if (layout->profile == PROFILE_HUGETLB)
			return -(1 + random_below(8)) * machine.page;
		return rest;
	default:
		return rest;
	}
}

static uint64_t some_new_len(const struct layout *layout,
			     const struct snapshot *now, uint64_t old_len)
{
	if (layout->profile == PROFILE_OVERCOMMIT && random_chance(8))
		return old_len + pick_charge();
	/* past RLIMIT_MEMLOCK and RLIMIT_AS at once, or with sums that wrap */
	if (layout->profile == PROFILE_MEMLOCK && random_chance(12))
		return old_len + (24 + random_below(16)) * layout->unit;
	if (layout->profile == PROFILE_MEMLOCK &&
	    random_chance(
		    machine.kernel.version < RG_KERNEL_VERSION(5, 16) ? 20 : 8))
		return -(1 + random_below(16)) * machine.page;
	/* the same or not, once they are rounded to huge pages */
	if (layout->profile == PROFILE_HUGETLB && random_chance(12))
		return old_len / machine.huge * machine.huge +
		       random_below(2 * machine.huge / machine.page) *
			       machine.page;
	if (layout->full && random_chance(20))
		return some_hole(layout, now);
	/* a multiple is aligned, to less where that is much */
	if (machine.page > 1 << 14 && random_chance(3))
		return (1 + random_below(2)) * pmd_size();
	switch (random_below(16)) {
	case 0:
		return random_chance(25) ? old_len + pick_charge()
					 : odd_len(layout, now);
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
		return old_len;
	case 6:
		return old_len / 2;
	case 7:
		return old_len + random_below(3) * layout->unit -
		       random_below(2);
	case 8:
		return old_len + machine.page;
	case 9:
		return old_len - machine.page;
	default:
		return random_below(10) * layout->unit +
		       random_below(2) * random_below(machine.page);
	}
}

static uint64_t some_new_addr(const struct layout *layout,
			      const struct snapshot *now,
			      const struct rg_request *req)
{
	uint64_t few = random_below(3) * machine.page - machine.page;

	if (is_long(layout, req->new_len) && random_chance(50))
		return layout->region + FAR_AWAY;
	switch (random_below(14)) {
	case 0:
		return req->addr;
	case 1:
		return req->addr + req->old_len + few;
	case 2:
		return random_chance(50)
			       ? req->addr - req->new_len + few
			       : pick_vma(layout, now).end - req->new_len;
	case 3:
		/* what is rounded to huge pages may not fit any more */
		if (layout->profile == PROFILE_HUGETLB)
			return (machine.task_size - 1) & -machine.huge;
		return machine.task_size - req->new_len + few;
	case 4:
		return SOME_OF(0, machine.page, 8 * machine.page,
			       machine.min_addr - machine.page,
			       machine.min_addr, UINT64_MAX,
			       UINT64_C(0xfffffffffffff000), machine.huge,
			       UINT64_C(0x7ffffffff000) - machine.page);
	case 5:
		return layout->region +
		       random_below(REGION_UNITS * layout->unit);
	case 6:
	case 7:
		return pick_vma(layout, now).start;
	case 8:
		return pick_vma(layout, now).start + machine.page;
	default:
		return layout->region +
		       random_below(2 * REGION_UNITS) * layout->unit;
	}
}

static uint64_t some_flags(void)
{
	static const uint64_t flags[] = {
		0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3,
		3, 3, 3, 3, 5, 5, 5, 7, 7, 7, 2, 4, 6, 8,
	};

	return random_chance(1) ? random_next() : SOME(flags);
}

/* ------------------------------------------- what must stay unharmed */

#define LARGEST_HUGE (UINT64_C(16) << 30)

static bool meets(const struct layout *layout, uint64_t start, uint64_t len)
{
	return layout_meets_own(layout, start, len);
}

/* Without the tag that the kernel takes off an old address. */
static uint64_t bare(uint64_t addr)
{
	return addr & judge_limits()->untag_mask;
}

static bool is_locked(const struct snapshot *now, uint64_t addr)
{
	const struct rg_vma *vma = snapshot_at(now, addr);

	return vma && vma->flags & RG_VMA_LOCKED;
}

/*
 * A duplicate of our own memory is no harm, but a locked giant takes all of
 * the machine's. No help from the model: the kernel decides, not it.
 */
static bool is_harmless(const struct layout *layout, const struct snapshot *now,
			const struct rg_request *req)
{
	uint64_t addr = bare(req->addr) & -machine.page;
	uint64_t old_len = page_up(req->old_len);
	uint64_t new_len = page_up(req->new_len);
	uint64_t reach = old_len <= machine.task_size ? old_len : 0;
	uint64_t tail = old_len > new_len ? old_len - new_len : 0;

	if (req->old_len != req->new_len && meets(layout, addr, machine.page))
		return false;
	if (req->flags & RG_MREMAP_KNOWN_FLAGS && meets(layout, addr, reach))
		return false;
	/* up to 5.15 a tail is unmapped also where its start has wrapped */
	if (tail && tail <= machine.task_size &&
	    (meets(layout, addr, reach + machine.huge) ||
	     meets(layout, addr + new_len, tail + machine.huge)))
		return false;
	/* rounded up to huge pages, it may wrap, and all is tail */
	if (new_len > -LARGEST_HUGE &&
	    meets(layout, addr, reach + machine.huge))
		return false;
	if (req->flags & RG_MREMAP_FIXED &&
	    meets(layout, req->new_addr, new_len + machine.huge))
		return false;
	return !(is_locked(now, bare(req->addr)) &&
		 new_len > large_may_grow_locked() &&
		 new_len < machine.task_size);
}

static struct rg_request choose(const struct layout *layout,
				const struct snapshot *now)
{
	struct rg_vma vma = pick_vma(layout, now);
	struct rg_request req = { 0 };

	if (crafted_choose(layout, now, &req))
		return req;
	if (large_request(layout, now, vma, &req))
		return req;
	req.addr = pick_addr(layout, &vma);
	req.old_len = some_old_len(layout, now, &vma, req.addr);
	req.new_len = some_new_len(layout, now, req.old_len);
	req.flags = some_flags();
	req.new_addr = some_new_addr(layout, now, &req);
	if (random_chance(80)) {
		req.old_len = page_up(req.old_len);
		req.new_len = page_up(req.new_len);
		req.new_addr &= -machine.page;
	}
	if (random_chance(2))
		req.addr |= random_below(256) << 56;
	return req;
}

struct rg_request request_choose(const struct layout *layout,
				 const struct snapshot *now)
{
	struct rg_request req;

	do
		req = choose(layout, now);
	while (!is_harmless(layout, now, &req));
	return req;
}
