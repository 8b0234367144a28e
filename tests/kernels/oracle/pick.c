/* SPDX-License-Identifier: MIT */

#include "pick.h"

#include "judge.h"

struct rg_vma pick_vma(const struct layout *layout, const struct snapshot *now)
{
	unsigned int first = (unsigned int)random_below(now->nr);
	bool special = layout->profile == PROFILE_VDSO && random_chance(40);
	bool long_one =
		layout->profile == PROFILE_OVERCOMMIT && random_chance(15);

	for (unsigned int i = 0; i < now->nr; i++) {
		const struct rg_vma *vma = &now->vmas[(first + i) % now->nr];

		if (special && vma->kind != RG_KIND_SPECIAL)
			continue;
		if (long_one && !is_long(layout, vma->end - vma->start))
			continue;
		if (may_be_source(layout, vma))
			return *vma;
	}
	return (struct rg_vma){ .start = layout->region,
				.end = layout->region + layout->unit };
}

static uint64_t odd_addr(void)
{
	return SOME_OF(0, UINT64_MAX, machine.task_size - machine.page,
		       machine.task_size, UINT64_C(0xfffffffffffff000),
		       UINT64_C(0xffffffffff600000));
}

uint64_t pick_addr(const struct layout *layout, const struct rg_vma *vma)
{
	uint64_t unit = vma->page_size > machine.page && random_chance(70)
				? vma->page_size
				: machine.page;
	uint64_t units = (vma->end - vma->start) / unit;

	switch (random_below(24)) {
	case 0:
		return layout->region +
		       random_below(REGION_UNITS) * layout->unit;
	case 1:
		return vma->start + random_below(2) * layout->unit +
		       random_below(machine.page);
	case 2:
		return odd_addr();
	case 3:
	case 4:
	case 5:
	case 6:
		return vma->start + random_below(units) * unit;
	case 7:
		return vma->end - unit;
	default:
		return vma->start;
	}
}

uint64_t pick_charge(void)
{
	const struct rg_limits *now = judge_limits();
	uint64_t around = now->memory_pages / 16;

	if (now->overcommit != 2)
		return (now->memory_pages + random_below(3) - 1) * machine.page;
	if (around < 16384)
		around = 16384;
	return (now->commit_limit_pages - now->committed_pages - around / 2 +
		random_below(around)) *
	       machine.page;
}
