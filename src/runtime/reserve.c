/* SPDX-License-Identifier: MIT */

#include "runtime/reserve.h"

#include "runtime/sys.h"
#include "runtime/vma-query.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static int64_t map(uint64_t start, uint64_t len, int flags)
{
	return (int64_t)rg_sys_mmap(
		(void *)(uintptr_t)start, len, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1);
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
