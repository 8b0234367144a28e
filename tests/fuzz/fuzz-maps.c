/* SPDX-License-Identifier: MIT */

/* Text of maps or smaps: what is read is an address space. */

#include "fuzz.h"

#include "input/maps-text.h"

#include <errno.h>

#define PAGE UINT64_C(4096)
#define TASK_SIZE UINT64_C(0x7ffffffff000)

static void check_order(const struct rg_maps_text *maps, uint64_t highest)
{
	uint64_t last_end = 0;
	uint64_t pages = 0;
	struct rg_limits limits = { .page_size = PAGE };

	for (size_t i = 0; i < maps->nr; i++) {
		const struct rg_vma *vma = &maps->vmas[i];

		must(vma->start >= last_end && vma->end > vma->start);
		must(vma->end <= highest);
		must(!((vma->start | vma->end) & (PAGE - 1)));
		must(!vma->page_size || vma->page_size >= PAGE);
		must(!(vma->page_size & (vma->page_size - 1)));
		must(vma->kind != RG_KIND_UNKNOWN);
		last_end = vma->end;
		pages += (vma->end - vma->start) / PAGE;
	}
	rg_maps_text_count(maps, &limits);
	must(limits.map_count == maps->nr && limits.total_pages == pages);
	must(limits.data_pages <= pages && limits.locked_pages <= pages);
}

/* The lowest with end > addr, as a search from the start finds it. */
static void check_find(struct rg_maps_text *maps, uint64_t addr)
{
	struct rg_vma vma;
	size_t i = 0;

	while (i < maps->nr && maps->vmas[i].end <= addr)
		i++;
	must(rg_maps_text_find_vma(maps, addr, &vma) == (i < maps->nr));
	if (i < maps->nr)
		must(vma.start == maps->vmas[i].start);
}

static void read_with(FILE *in, const struct rg_limits *limits)
{
	struct rg_input_error error = { 0 };
	struct rg_maps_text maps;
	int ret = rg_maps_text_read(in, limits, &maps, &error);

	if (ret) {
		must(ret == -EINVAL && error.why && *error.why);
		return;
	}
	must(maps.nr);
	check_order(&maps, limits->known & 1u << RG_LIMIT_TASK_SIZE
				   ? TASK_SIZE
				   : UINT64_C(1) << 57);
	check_find(&maps, 0);
	check_find(&maps, maps.vmas[maps.nr / 2].start - 1);
	check_find(&maps, maps.vmas[maps.nr / 2].end - 1);
	check_find(&maps, maps.vmas[maps.nr - 1].end);
	rg_maps_text_free(&maps);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rg_limits limits = { 0 };
	FILE *in;

	if (!size)
		return 0;
	in = fmemopen((void *)data, size, "r");
	rg_limits_set(&limits, RG_LIMIT_PAGE_SIZE, PAGE);
	if (size & 1)
		rg_limits_set(&limits, RG_LIMIT_TASK_SIZE, TASK_SIZE);
	read_with(in, &limits);
	fclose(in);
	return 0;
}
