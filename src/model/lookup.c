/* SPDX-License-Identifier: MIT */

/*
 * Looking at the address space. A lookup may be a system call, so each
 * answer is remembered with the range of questions it answers:
 *
 *        from                     until
 *          |......|====== vma ======|
 */

#include "model/remap.h"

static bool answers(const struct rg_seen *seen, uint64_t addr)
{
	return addr >= seen->from && addr < seen->until;
}

static struct rg_seen *remembered(struct rg_remap *r, uint64_t addr)
{
	for (int i = 0; i < RG_NR_SLOTS; i++) {
		if (answers(&r->seen[i], addr))
			return &r->seen[i];
	}
	return NULL;
}

static void look(struct rg_remap *r, struct rg_seen *seen, uint64_t addr)
{
	const struct rg_mm *mm = r->mm;
	int found = -1;

	if (mm->find_vma)
		found = mm->find_vma(mm->ctx, addr, &seen->vma);
	if (found < 0 || (found && seen->vma.end <= addr)) {
		r->blind = true;
		seen->until = 0;
		return;
	}
	if (!found)
		seen->vma = (struct rg_vma){ 0 };
	seen->from = addr;
	seen->until = found ? seen->vma.end : UINT64_MAX;
}

const struct rg_vma *rg_lookup(struct rg_remap *r, enum rg_slot slot,
			       uint64_t addr)
{
	struct rg_seen *seen = remembered(r, addr);

	if (!seen) {
		seen = &r->seen[slot];
		look(r, seen, addr);
	}
	return !r->blind && seen->vma.end ? &seen->vma : NULL;
}
