/* SPDX-License-Identifier: MIT */

#include "large.h"

#include "machine.h"
#include "operation.h"
#include "placed.h"
#include "random.h"

#include <sys/mman.h>

#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif

#define SOME(array) ((array)[random_below(sizeof(array) / sizeof((array)[0]))])

/* What is locked is in memory at once. */
#define MAX_LOCKED (UINT64_C(12) << 20)

/* Where something has grown last in this case. */
static uint64_t grown;

/* Of what an entry above a page table stands for. */
static uint64_t table(void)
{
	return machine.page * (machine.page / 8);
}

static uint64_t some_pages(uint64_t below)
{
	return random_below(below / machine.page) * machine.page;
}

/* A page, some of a page table's, or about what one of the next level holds. */
static uint64_t some_unit(void)
{
	switch (random_below(10)) {
	case 0:
	case 1:
	case 2:
		return machine.page;
	case 3:
		return table();
	case 4:
		return 64 * table() + some_pages(64 * table());
	default:
		return table() / 4 + some_pages(4 * table());
	}
}

void large_choose(struct layout *layout)
{
	if (!placed || layout->profile == PROFILE_HUGETLB)
		return;
	grown = 0;
	layout->unit = some_unit();
	if (layout->profile == PROFILE_TOP)
		layout->region =
			(machine.task_size - REGION_UNITS * layout->unit) &
			-machine.page;
}

/* Where 32 bits reach, as some programs need it. */
void large_build(void)
{
	uint64_t flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT;

	if (placed && random_chance(10))
		operation_do((struct operation){
			OP_MAP,
			{ 0, 2 * table() + some_pages(table()),
			  PROT_READ | PROT_WRITE, flags, BACKING_NONE } });
}

void large_decorate(uint64_t at, uint64_t len)
{
	static const int advices[] = {
		MADV_DONTFORK,	 MADV_WIPEONFORK, MADV_DONTDUMP, MADV_HUGEPAGE,
		MADV_NOHUGEPAGE, MADV_SEQUENTIAL, MADV_RANDOM,
	};

	if (placed && random_chance(30))
		operation_do((struct operation){
			OP_ADVISE, { at, len, (uint64_t)SOME(advices) } });
}

bool large_may_lock(const struct layout *layout, uint64_t len)
{
	if (placed && layout->profile != PROFILE_HUGETLB)
		return len <= MAX_LOCKED;
	return layout->unit == machine.page;
}

uint64_t large_may_grow_locked(void)
{
	return placed ? 2 * MAX_LOCKED : machine.huge;
}

static uint64_t some_growth(const struct layout *layout, uint64_t old_len)
{
	switch (random_below(8)) {
	case 0:
		return machine.page;
	case 1:
		/* the kernel has a place of its own for such a length */
		return table() + (-old_len & (table() - 1));
	case 2:
		return layout->unit;
	case 3:
		return some_pages(8 * table());
	case 4:
		return random_chance(10) ? 512 * table() : table();
	default:
		return machine.page + some_pages(table());
	}
}

void large_note(uint64_t addr)
{
	grown = addr;
}

bool large_has_grown(uint64_t addr)
{
	return grown && addr == grown;
}

bool large_request(const struct layout *layout, const struct snapshot *now,
		   struct rg_vma vma, struct rg_request *ret_req)
{
	const struct rg_vma *again = snapshot_at(now, grown);
	struct rg_request req = { .flags = 1 };

	if (!placed || !random_chance(60))
		return false;
	if (random_chance(40) && grown && again)
		vma = *again;
	req.addr = vma.start;
	if (random_chance(30))
		req.addr += some_pages(vma.end - vma.start);
	req.old_len = vma.end - req.addr;
	if (random_chance(15))
		req.old_len -= some_pages(req.old_len);
	req.new_len = req.old_len + some_growth(layout, req.old_len);
	if (vma.page_size > machine.page) {
		req.addr &= -vma.page_size;
		req.old_len &= -vma.page_size;
	}
	if (random_chance(10))
		req.new_len -= random_below(machine.page);
	if (random_chance(5))
		req.flags = 0;
	/* means nothing */
	if (random_chance(15))
		req.new_addr = layout->region +
			       some_pages(REGION_UNITS * layout->unit);
	*ret_req = req;
	return true;
}
