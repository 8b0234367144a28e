/* SPDX-License-Identifier: MIT */

#include "runtime/congruent.h"

#include "runtime/config.h"
#include "runtime/relocate.h"
#include "runtime/reserve.h"
#include "runtime/sys.h"

/* Below, programs keep what has to be reached by 32 bits. */
#define LOW (UINT64_C(1) << 32)

static uint64_t round_up(uint64_t at, uint64_t unit)
{
	return (at + unit - 1) & -unit;
}

/* Is there a unit that lies in the range as a whole? */
static bool holds_unit(const struct rg_request *req, uint64_t unit)
{
	return round_up(req->addr, unit) + unit <= req->addr + req->old_len;
}

/* Entries of a page table, each of eight bytes; and so on upwards. */
static uint64_t unit_above(uint64_t unit)
{
	return unit * (rg_config.limits.page_size / 8);
}

/* Whole tables of the higher level move since Linux 5.11. */
static uint64_t unit_of(const struct rg_request *req)
{
	uint64_t pmd = unit_above(rg_config.limits.page_size);
	uint64_t pud = unit_above(pmd);

	if (rg_config.kernel.version >= RG_KERNEL_VERSION(5, 11) &&
	    holds_unit(req, pud))
		return pud;
	return holds_unit(req, pmd) ? pmd : 0;
}

/* Since Linux 6.7 the kernel aligns what is a multiple of huge pages long. */
static bool kernel_aligns(const struct rg_request *req, uint64_t unit)
{
	return rg_config.kernel.version >= RG_KERNEL_VERSION(6, 7) &&
	       unit == unit_above(rg_config.limits.page_size) &&
	       !((req->addr | req->new_len) & (unit - 1));
}

static bool is_planned_otherwise(const struct rg_judgement *judgement)
{
	return judgement->planned && judgement->plan.path != RG_PATH_MOVE;
}

static int64_t grow_in_place(const struct rg_request *req)
{
	return rg_sys_mremap(req->addr, req->old_len, req->new_len, 0, 0);
}

static int64_t move_to(const struct rg_request *req, uint64_t place)
{
	return rg_sys_mremap(req->addr, req->old_len, req->new_len,
			     RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED, place);
}

/* What is left of a reservation of ours, and may be nothing. */
static void trim(uint64_t start, uint64_t end)
{
	if (start < end)
		rg_sys_munmap((void *)(uintptr_t)start, end - start);
}

static int64_t move_congruently(struct rg_process *process,
				const struct rg_request *req, uint64_t unit)
{
	uint64_t page_size = rg_config.limits.page_size;
	uint64_t len = rg_page_up(req->new_len);
	uint64_t all = len + unit - page_size;
	uint64_t start = rg_reserve(all);
	uint64_t place = start + ((req->addr - start) & (unit - 1));
	int64_t result;

	if (!start)
		return RG_ELSEWHERE_NOT;
	result = move_to(req, place);
	if (rg_sys_failed(result)) {
		trim(start, place);
		rg_release(process, place, len);
		trim(place + len, start + all);
		return RG_ELSEWHERE_NOT;
	}
	trim(start, place);
	trim(place + len, start + all);
	return result;
}

int64_t rg_congruent(struct rg_process *process,
		     const struct rg_judgement *judgement,
		     const struct rg_request *req)
{
	uint64_t unit;

	if (!rg_relocate_applies(req) || req->addr + req->old_len <= LOW ||
	    is_planned_otherwise(judgement))
		return RG_ELSEWHERE_NOT;
	unit = unit_of(req);
	if (!unit || kernel_aligns(req, unit))
		return RG_ELSEWHERE_NOT;
	if (!judgement->planned) {
		int64_t result = grow_in_place(req);

		/* the errno of a call that may not move is another */
		if (!rg_sys_failed(result))
			return result;
		if (result != -ENOMEM)
			return RG_ELSEWHERE_NOT;
	}
	return move_congruently(process, req, unit);
}
