/* SPDX-License-Identifier: MIT */

#include "runtime/congruent.h"

#include "runtime/config.h"
#include "runtime/vma-query.h"

/*
 * Measured (docs/placement.md): from here on it pays also where the place
 * takes more than one system call to find.
 */
#define LEAST_LEN (UINT64_C(8) << 20)

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

/* What the kernel aligns has at most the lower unit's offset. */
bool rg_congruent_leaves(const struct rg_request *req)
{
	return req->old_len < LEAST_LEN || !holds_unit(req, pmd_unit()) ||
	       (kernel_aligns(req) && !moves_pud_of(req));
}

/*
 * Of a file, many a file system does by the offset, and then two mappings that
 * it has chosen are congruent. Which ones shows only in what they do.
 */
static bool may_be_aligned(struct rg_process *process,
			   const struct rg_request *req)
{
	struct rg_vma_query lookup = { .process = process };
	struct rg_vma vma;

	return rg_vma_query_find(&lookup, req->addr, &vma) == 1 &&
	       vma.start <= req->addr && vma.kind == RG_KIND_FILE &&
	       rg_congruent_are(req->addr, vma.offset + req->addr - vma.start);
}

/*
 * Asked for once, only where a look is short, and where most files are that
 * are mapped from the start.
 */
static bool wants_look(const struct rg_request *req, struct rg_growth growth)
{
	return !growth.kernel_does_not && !(req->addr & (pmd_unit() - 1)) &&
	       rg_config.kernel.version >= RG_KERNEL_VERSION(6, 11);
}

struct rg_aim rg_congruent_aim(struct rg_process *process,
			       const struct rg_request *req,
			       struct rg_growth growth)
{
	if (rg_congruent_leaves(req))
		return (struct rg_aim){ RG_AIM_NONE };
	if (moves_pud_of(req))
		return rg_congruent_aim_anyway(req);
	if (growth.kernel_aligns)
		return (struct rg_aim){ RG_AIM_NONE };
	if (wants_look(req, growth) && may_be_aligned(process, req))
		return (struct rg_aim){ RG_AIM_LEARN };
	return rg_congruent_aim_anyway(req);
}
