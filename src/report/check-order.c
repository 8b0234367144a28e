/* SPDX-License-Identifier: MIT */

#include "report/check-order.h"

#include <stdio.h>
#include <string.h>

#define PAGE 4096u
#define TO (RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED)
#define KEEP (RG_MREMAP_MAYMOVE | RG_MREMAP_DONTUNMAP)
#define OLD 0x10000000u
#define NEW 0x20000000u

static const struct kind {
	const char *words;
	struct rg_request req;
	enum rg_path path;
} kinds[RG_NR_CALL_KINDS] = {
	[RG_CALL_NO_OP] = { "no change of size",
			    { OLD, PAGE, PAGE, 0, 0 },
			    RG_PATH_NO_RESIZE },
	[RG_CALL_SHRINK] = { "shrinking",
			     { OLD, 2 * PAGE, PAGE, 0, 0 },
			     RG_PATH_SHRINK },
	[RG_CALL_GROW_IN_PLACE] = { "growing in place",
				    { OLD, PAGE, 2 * PAGE, 1, 0 },
				    RG_PATH_EXPAND_IN_PLACE },
	[RG_CALL_GROW_AND_MOVE] = { "growing by a move",
				    { OLD, PAGE, 2 * PAGE, 1, 0 },
				    RG_PATH_MOVE },
	[RG_CALL_FIXED] = { "MREMAP_FIXED",
			    { OLD, PAGE, PAGE, TO, NEW },
			    RG_PATH_MOVE },
	[RG_CALL_FIXED_SHRINK] = { "MREMAP_FIXED, shrinking",
				   { OLD, 2 * PAGE, PAGE, TO, NEW },
				   RG_PATH_MOVE },
	[RG_CALL_FIXED_GROW] = { "MREMAP_FIXED, growing",
				 { OLD, PAGE, 2 * PAGE, TO, NEW },
				 RG_PATH_MOVE },
	[RG_CALL_DONTUNMAP] = { "MREMAP_DONTUNMAP",
				{ OLD, PAGE, PAGE, KEEP, NEW },
				RG_PATH_DONTUNMAP },
	[RG_CALL_DUPLICATE] = { "a duplicate",
				{ OLD, 0, PAGE, 1, 0 },
				RG_PATH_DUPLICATE },
};

const char *rg_call_kind_words(enum rg_call_kind kind)
{
	return kinds[kind].words;
}

/* A mapping of which nothing is known but that KSM may have a part in it. */
static struct rg_vma any_vma(void)
{
	return (struct rg_vma){
		.start = OLD,
		.end = OLD + 2 * PAGE,
		.flags = RG_VMA_MERGEABLE,
		.known = RG_VMA_MERGEABLE,
	};
}

/* The first of its kernels: "6.17" of "6.17 to 7.0". */
static struct rg_kernel first_of(enum rg_generation generation)
{
	const char *releases = rg_generation_releases(generation);
	struct rg_kernel kernel = { .generation = generation };
	char release[16];

	snprintf(release, sizeof(release), "%.*s", (int)strcspn(releases, " ,"),
		 releases);
	rg_kernel_from_release(release, &kernel);
	return kernel;
}

static size_t explain(enum rg_generation generation, enum rg_call_kind kind,
		      struct rg_stop stops[RG_MAX_STOPS])
{
	struct rg_limits limits = { .known = 1u << RG_LIMIT_PAGE_SIZE,
				    .page_size = PAGE };
	struct rg_kernel kernel = first_of(generation);
	struct rg_account account = {
		.req = &kinds[kind].req,
		.kernel = &kernel,
		.limits = &limits,
		.source = any_vma(),
		.path = kinds[kind].path,
	};

	return rg_explain(&account, stops);
}

struct rg_check_place rg_check_place(enum rg_generation generation,
				     enum rg_call_kind kind,
				     enum rg_check check)
{
	struct rg_stop stops[RG_MAX_STOPS];
	size_t nr = explain(generation, kind, stops);
	struct rg_check_place place = { 0 };
	uint32_t done = 0;

	for (size_t i = 0; i < nr; i++) {
		if (stops[i].step)
			done |= 1u << stops[i].step;
		if (!stops[i].check || !stops[i].matters)
			continue;
		place.nr++;
		if (stops[i].check != check)
			continue;
		place.place = place.nr;
		place.after = done;
	}
	return place;
}

/* The step that is damage when it was done for nothing. */
static uint32_t damage_of(uint32_t done)
{
	uint32_t damage = 0;

	if (done & 1u << RG_STEP_UNMAP_DEST)
		damage |= RG_DAMAGE_DEST_UNMAPPED;
	if (done & 1u << RG_STEP_UNMAP_TAIL)
		damage |= RG_DAMAGE_TAIL_UNMAPPED;
	return damage;
}

uint32_t rg_check_damage(enum rg_generation generation, enum rg_check check)
{
	uint32_t damage = 0;

	for (int kind = 0; kind < RG_NR_CALL_KINDS; kind++) {
		struct rg_check_place place = rg_check_place(
			generation, (enum rg_call_kind)kind, check);

		damage |= damage_of(place.after);
	}
	if (check == RG_CHECK_SOURCE_GONE)
		damage |= RG_DAMAGE_SOURCE_UNMAPPED;
	return damage;
}
