/* SPDX-License-Identifier: MIT */

#include "runtime/congruent.h"

#include "runtime/config.h"
#include "runtime/vma-query.h"

#include <stdatomic.h>

/* From here on it is laid out for tables of the higher level. */
#define LARGE_LEN (UINT64_C(256) << 20)

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

static uint64_t pmd_unit(void)
{
	return unit_above(rg_config.limits.page_size);
}

bool rg_congruent_are(uint64_t addr, uint64_t place)
{
	return !((addr ^ place) & (pmd_unit() - 1));
}

static struct rg_aim aim_at(uint64_t unit, uint64_t offset)
{
	return (struct rg_aim){ RG_AIM_PLACE, unit, offset & (unit - 1) };
}

/* Whole tables of the higher level move since Linux 5.11. */
static bool moves_puds(void)
{
	return rg_config.kernel.version >= RG_KERNEL_VERSION(5, 11);
}

static bool moves_pud_of(const struct rg_request *req)
{
	return moves_puds() && holds_unit(req, unit_above(pmd_unit()));
}

/*
 * Where no table of the higher level can be moved yet, the range begins with
 * one, so that those to come can.
 */
struct rg_aim rg_congruent_aim_anyway(const struct rg_request *req)
{
	uint64_t pmd = pmd_unit();
	uint64_t pud = unit_above(pmd);

	if (!holds_unit(req, pmd))
		return aim_at(rg_config.limits.page_size, 0);
	if (moves_pud_of(req))
		return aim_at(pud, req->addr);
	if (moves_puds() && req->new_len >= LARGE_LEN)
		return aim_at(pud, req->addr & (pmd - 1));
	return aim_at(pmd, req->addr);
}

/* -------------------------------------------- does the kernel do as well? */

/* Since Linux 6.7 the kernel aligns what is a multiple of huge pages long. */
static bool kernel_aligns(const struct rg_request *req)
{
	return rg_config.kernel.version >= RG_KERNEL_VERSION(6, 7) &&
	       !((req->addr | req->new_len) & (pmd_unit() - 1));
}

/* Where most files are that are mapped from the start. */
static bool lies_aligned(const struct rg_request *req)
{
	return !(req->addr & (pmd_unit() - 1));
}

/*
 * Many a file system aligns its files by the offset, and then two places that
 * it has chosen are congruent. Which ones shows only in what they do, and a
 * look at the mapping costs more than such a move may: so what has come of the
 * last that lay aligned goes for the next. What was thought so in error does
 * not lie aligned any longer.
 */
static _Atomic bool aligned_stay_so;

void rg_congruent_learn(const struct rg_request *req, uint64_t result)
{
	bool stays_so = rg_congruent_are(req->addr, result);

	if (result != req->addr && req->old_len >= RG_CONGRUENT_LEAST_LEN &&
	    lies_aligned(req) && stays_so != atomic_load(&aligned_stay_so))
		atomic_store(&aligned_stay_so, stays_so);
}

/* What the kernel aligns has at most the lower unit's offset. */
bool rg_congruent_leaves(const struct rg_request *req)
{
	if (req->old_len < RG_CONGRUENT_LEAST_LEN ||
	    !holds_unit(req, pmd_unit()))
		return true;
	return !moves_pud_of(req) &&
	       (kernel_aligns(req) ||
		(lies_aligned(req) && atomic_load(&aligned_stay_so)));
}

/* May its file system align it? Asked only where a look is short. */
static bool may_be_aligned(struct rg_process *process,
			   const struct rg_request *req)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;

	if (!lies_aligned(req) ||
	    rg_config.kernel.version < RG_KERNEL_VERSION(6, 11))
		return false;
	return rg_vma_query_find(&lookup, req->addr, &vma) == 1 &&
	       vma.start <= req->addr && vma.kind == RG_KIND_FILE &&
	       rg_congruent_are(req->addr, vma.offset + req->addr - vma.start);
}

struct rg_aim rg_congruent_aim(struct rg_process *process,
			       const struct rg_request *req)
{
	if (rg_congruent_leaves(req))
		return (struct rg_aim){ RG_AIM_NONE };
	if (!moves_pud_of(req) && may_be_aligned(process, req))
		return (struct rg_aim){ RG_AIM_LEARN };
	return rg_congruent_aim_anyway(req);
}
