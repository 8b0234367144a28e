/* SPDX-License-Identifier: MIT */

#include "runtime/reserve.h"

#include "runtime/config.h"
#include "runtime/sys.h"
#include "runtime/vma-query.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static int64_t map(uint64_t start, uint64_t len, int flags)
{
	return rg_sys_address((long)rg_sys_mmap(
		(void *)(uintptr_t)start, len, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1));
}

int rg_reserve_at(uint64_t start, uint64_t len)
{
	int64_t got = map(start, len, MAP_FIXED_NOREPLACE);

	if (rg_sys_failed(got))
		return (int)got;
	/* before Linux 4.17 it was a hint */
	if ((uint64_t)got == start)
		return 0;
	rg_sys_munmap((void *)(uintptr_t)got, len);
	return -EEXIST;
}

uint64_t rg_reserve(uint64_t len)
{
	int64_t got = map(0, len, 0);

	return rg_sys_failed(got) ? 0 : (uint64_t)got;
}

void rg_reserve_trim(uint64_t start, uint64_t end)
{
	if (start < end)
		rg_sys_munmap((void *)(uintptr_t)start, end - start);
}

/* ------------------------------------------------------------- congruent */

/*
 * The kernel goes downwards, as a rule, so that below what it has chosen there
 * is room, and one call is enough:
 *
 *     |<- next ->|<- the last ->|== mapped ==|
 *
 * Only so far, so that what was freed above is used again.
 */
#define DESCENT (UINT64_C(64) << 30)

static _Atomic uint64_t last; /* 0: none yet */
static _Atomic uint64_t bottom;

static uint64_t bottom_of(uint64_t place)
{
	return place > 2 * DESCENT ? place - DESCENT : place / 2;
}

/*
 * What moves first was often mapped last, and the kernel is there now. Not so
 * far from this object: that is where somebody asked to be.
 */
static void begin_below(uint64_t addr)
{
	uint64_t none = 0;

	if (atomic_load(&last) || (uint64_t)(uintptr_t)&last - addr >= DESCENT)
		return;
	atomic_store(&bottom, bottom_of(addr));
	atomic_compare_exchange_strong(&last, &none, addr);
}

/* The highest such place that ends there or before. */
static uint64_t below(uint64_t end, uint64_t len, uint64_t unit,
		      uint64_t offset)
{
	uint64_t start = end - len;

	return start - ((start - offset) & (unit - 1));
}

static uint64_t reserve_below(uint64_t len, uint64_t unit, uint64_t offset)
{
	uint64_t end = atomic_load(&last);
	uint64_t start = below(end, len, unit, offset);

	if (len + unit > end || start < atomic_load(&bottom) ||
	    rg_reserve_at(start, len))
		return 0;
	atomic_store(&last, start);
	return start;
}

/* What is too much is unmapped at once: neighbours can be in the way. */
static uint64_t reserve_anywhere(uint64_t len, uint64_t unit, uint64_t offset)
{
	uint64_t all = len + unit - rg_config.limits.page_size;
	uint64_t start = rg_reserve(all);
	uint64_t place = below(start + all, len, unit, offset);

	if (!start)
		return 0;
	rg_reserve_trim(start, place);
	rg_reserve_trim(place + len, start + all);
	atomic_store(&bottom, bottom_of(place));
	atomic_store(&last, place);
	return place;
}

uint64_t rg_reserve_congruent(uint64_t addr, uint64_t len, uint64_t unit,
			      uint64_t offset)
{
	uint64_t place;

	begin_below(addr);
	place = reserve_below(len, unit, offset);
	return place ? place : reserve_anywhere(len, unit, offset);
}

/* ----------------------------------------------------------- giving back */

static bool is_ours(struct rg_process *process, uint64_t start, uint64_t len)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;
	uint32_t access =
		RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED;

	return rg_vma_query_find(&lookup, start, &vma) == 1 &&
	       vma.start <= start && vma.end >= start + len &&
	       vma.kind == RG_KIND_ANON && !(vma.flags & access);
}

void rg_release(struct rg_process *process, uint64_t start, uint64_t len)
{
	if (is_ours(process, start, len))
		rg_sys_munmap((void *)(uintptr_t)start, len);
}
