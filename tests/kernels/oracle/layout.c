/* SPDX-License-Identifier: MIT */

#include "layout.h"

#include "child.h"
#include "judge.h"
#include "large.h"
#include "limits.h"
#include "machine.h"
#include "operation.h"
#include "random.h"
#include "special.h"
#include "strain.h"

#include <string.h>
#include <sys/mman.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define MIDDLE (UINT64_C(1) << 44)
static const struct {
	const char *name;
	bool harmless;
} profiles[NR_PROFILES] = {
	[PROFILE_PLAIN] = { "plain", true },
	[PROFILE_NO_CAPS] = { "no-caps", true },
	[PROFILE_MEMLOCK] = { "memlock", true },
	[PROFILE_LIMIT_AS] = { "limit-as", true },
	[PROFILE_LIMIT_DATA] = { "limit-data", true },
	[PROFILE_DATA_ZERO] = { "data-zero", true },
	[PROFILE_SEALED] = { "sealed", true },
	[PROFILE_VDSO] = { "vdso", true },
	[PROFILE_SPECIAL] = { "special", true },
	[PROFILE_HUGETLB] = { "hugetlb", true },
	[PROFILE_TOP] = { "top", true },
	[PROFILE_BOTTOM] = { "bottom", true },
	[PROFILE_MAP_COUNT] = { "map-count", false },
	[PROFILE_OVERCOMMIT] = { "overcommit", false },
};

const char *profile_name(enum profile profile)
{
	return profiles[profile].name;
}

enum profile profile_from_name(const char *name)
{
	int i = 0;

	while (i < NR_PROFILES && strcmp(profiles[i].name, name))
		i++;
	return (enum profile)i;
}

bool profile_is_harmless(enum profile profile)
{
	return profiles[profile].harmless;
}

/* ------------------------------------------------------------ mappings */

#define PRIVATE_ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

static const struct {
	int flags;
	enum backing backing;
} kinds[] = {
	{ PRIVATE_ANON, BACKING_NONE },
	{ PRIVATE_ANON, BACKING_NONE },
	{ PRIVATE_ANON, BACKING_NONE },
	{ PRIVATE_ANON | MAP_NORESERVE, BACKING_NONE },
	{ PRIVATE_ANON | MAP_GROWSDOWN, BACKING_NONE },
	{ MAP_SHARED | MAP_ANONYMOUS, BACKING_NONE },
	{ MAP_SHARED, BACKING_MEMORY },
	{ MAP_PRIVATE, BACKING_MEMORY },
	{ MAP_SHARED, BACKING_FILE },
	{ MAP_PRIVATE, BACKING_FILE },
};

static const int protections[] = {
	RW, RW, RW, PROT_READ, PROT_NONE, PROT_READ | PROT_EXEC, RW | PROT_EXEC,
};

#define SOME(array) ((array)[random_below(sizeof(array) / sizeof((array)[0]))])

static bool map_huge(uint64_t at, uint64_t len)
{
	uint64_t flags = MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE |
			 MAP_FIXED_NOREPLACE |
			 (random_chance(50) ? MAP_PRIVATE : MAP_SHARED);

	return operation_do((struct operation){
		       OP_MAP, { at, len, RW, flags, BACKING_NONE } }) >= 0;
}

static bool map_ordinary(uint64_t at, uint64_t len)
{
	uint64_t kind = random_below(sizeof(kinds) / sizeof(kinds[0]));
	uint64_t prot = (uint64_t)SOME(protections);
	uint64_t offset = kinds[kind].backing != BACKING_NONE
				  ? random_below(3) * machine.page
				  : 0;

	return operation_do((struct operation){
		       OP_MAP,
		       { at, len, prot,
			 (uint64_t)kinds[kind].flags | MAP_FIXED_NOREPLACE,
			 kinds[kind].backing, offset } }) >= 0;
}

static bool map_special(uint64_t at, uint64_t len)
{
	static const char *const preferred[] = { "ksm", "tcp", "aio-orphan",
						 "perf", "packet" };
	uint64_t which = random_chance(50) ? special_named(SOME(preferred))
					   : random_below(nr_specials);

	return nr_specials && operation_do((struct operation){
				      OP_SPECIAL, { which, at, len } }) >= 0;
}

static bool map_one(const struct layout *layout, uint64_t at, uint64_t len)
{
	if (layout->profile == PROFILE_HUGETLB && random_chance(60))
		return map_huge(at, len);
	if (layout->profile == PROFILE_SPECIAL && random_chance(40))
		return map_special(at, len);
	return map_ordinary(at, len);
}

/* Another protection for a part, so that neighbours cannot be one vma. */
static void cut(const struct layout *layout, uint64_t at, uint64_t len)
{
	uint64_t units = len / layout->unit;
	uint64_t from = at + random_below(units) * layout->unit;
	uint64_t part = (1 + random_below(units)) * layout->unit;

	if (from + part > at + len)
		part = at + len - from;
	operation_do((struct operation){
		OP_PROTECT, { from, part, (uint64_t)SOME(protections) } });
}

/* What is sealed stays until the child is gone. */
static bool may_seal(enum profile profile)
{
	return profile == PROFILE_SEALED || profile == PROFILE_SPECIAL ||
	       profile == PROFILE_MAP_COUNT;
}

static unsigned int chance_of_lock(enum profile profile)
{
	switch (profile) {
	case PROFILE_MEMLOCK:
		return 40;
	case PROFILE_MAP_COUNT:
	case PROFILE_OVERCOMMIT:
		return 30;
	default:
		return 8;
	}
}

static void decorate(const struct layout *layout, uint64_t at, uint64_t len)
{
	unsigned int lock = chance_of_lock(layout->profile);
	unsigned int touch = layout->profile == PROFILE_SPECIAL ? 50 : 10;

	if (random_chance(touch))
		operation_do((struct operation){ OP_TOUCH, { at } });
	if (random_chance(lock) && large_may_lock(layout, len))
		operation_do((struct operation){ OP_LOCK, { at, len } });
	if (random_chance(15))
		cut(layout, at, len);
	large_decorate(at, len);
	if (may_seal(layout->profile) && random_chance(layout->plate ? 4 : 15))
		operation_do((struct operation){ OP_SEAL, { at, len } });
}

/* ---------------------------------------------------------- the whole */

static uint64_t at_top(const struct layout *layout)
{
	uint64_t len = REGION_UNITS * layout->unit;

	return (machine.task_size - len) & -layout->unit;
}

/* Some of it may lie below vm.mmap_min_addr. */
static uint64_t at_bottom(void)
{
	uint64_t below = random_below(3) * machine.page;

	if (machine.ours && random_chance(50))
		return RAISED_BOTTOM;
	return machine.min_addr > below ? machine.min_addr - below
					: machine.page;
}

/*
 * Where pages have more than 4 KB the end of an upper table is a multiple of
 * this behind some of it, if the distance is kept in 32 bits.
 */
#define BACK_AT_ZERO (UINT64_C(1) << 32)

static uint64_t region_of_huge(const struct layout *layout)
{
	uint64_t half = REGION_UNITS / 2 * layout->unit;

	if (random_chance(15))
		return at_top(layout);
	if (machine.page > 4096 && half < BACK_AT_ZERO && random_chance(30))
		return MIDDLE + BACK_AT_ZERO - half;
	return MIDDLE;
}

static void choose_region(struct layout *layout)
{
	if (layout->profile == PROFILE_BOTTOM)
		layout->region = at_bottom();
	else if (layout->profile == PROFILE_HUGETLB)
		layout->region = region_of_huge(layout);
}

void layout_enter(struct layout *layout, enum profile profile)
{
	*layout = (struct layout){ .profile = profile };
	layout->unit = profile == PROFILE_HUGETLB ? machine.huge : machine.page;
	layout->region = profile == PROFILE_TOP ? at_top(layout) : MIDDLE;
	layout->counted = strain_counts(profile);
	layout->system = !profile_is_harmless(profile);
	strain_enter();
	snapshot_enter();
	child_leave_stack();
	snapshot_read(&layout->own, SNAPSHOT_SMAPS);
	limits_read(&layout->own, false, STALE_SYSTEM);
}

static uint64_t behind_region(const struct layout *layout)
{
	return layout->region + 4 * REGION_UNITS * layout->unit;
}

static void map_giant(uint64_t at, uint64_t len)
{
	uint64_t flags = PRIVATE_ANON | MAP_NORESERVE | MAP_FIXED_NOREPLACE;

	operation_do((struct operation){
		OP_MAP,
		{ at, len & -machine.page, PROT_NONE, flags, BACKING_NONE } });
}

/* All holes that are left are short, and about as long. */
static void fill_hole(uint64_t at, uint64_t end)
{
	uint64_t most = machine.task_size / 16 & -machine.page;
	uint64_t free = machine.task_size / 64 & -machine.page;

	free += (1 + random_below(8)) * machine.page;
	while (end - at > free) {
		at += free;
		map_giant(at, end - at < most ? end - at : most);
		at += end - at < most ? end - at : most;
	}
}

static void fill(void)
{
	static struct snapshot now;
	uint64_t at = machine.min_addr + machine.page;

	snapshot_read(&now, SNAPSHOT_MAPS);
	for (unsigned int i = 0; i < now.nr; i++) {
		if (now.vmas[i].start > at)
			fill_hole(at, now.vmas[i].start);
		at = now.vmas[i].end;
	}
}

/*
 * Or more than half of the address space: no hole is as large. Where there are
 * addresses that the kernel does not search, it could fill what it does.
 */
static void map_giants(struct layout *layout)
{
	if (machine.task_size > UINT64_C(1) << 48)
		return;
	layout->full = random_chance(50);
	if (layout->full)
		fill();
	else
		map_giant(behind_region(layout), machine.task_size / 16 * 9);
}

/*
 * So much that what is charged for it can be no matter of how exact that is;
 * or, in two parts, more than could be had at once.
 */
static void map_charged(const struct layout *layout)
{
	uint64_t quarter = judge_limits()->memory_pages / 4 * machine.page;
	uint64_t at = behind_region(layout);
	uint64_t len = 3 * quarter;

	if (layout->profile == PROFILE_OVERCOMMIT)
		len = (1 + random_below(3)) * quarter;
	for (int parts = layout->profile == PROFILE_OVERCOMMIT ? 1 : 2; parts;
	     parts--, at += len)
		operation_do((struct operation){
			OP_MAP,
			{ at, len, RW, PRIVATE_ANON | MAP_FIXED_NOREPLACE,
			  BACKING_NONE } });
}

static unsigned int chance_of_charge(enum profile profile)
{
	switch (profile) {
	case PROFILE_OVERCOMMIT:
		return 50;
	case PROFILE_PLAIN:
		return 4;
	default:
		return 0;
	}
}

/*
 * Small mappings with holes between them, at the end perhaps one that cannot
 * be cut; and one that has room for all, which each of them cuts.
 */
static void build_comb(struct layout *layout)
{
	uint64_t flags = PRIVATE_ANON | MAP_FIXED_NOREPLACE;
	uint64_t at = layout->region;
	uint64_t teeth = 3 + random_below(6);

	layout->plate = layout->region + REGION_UNITS / 2 * layout->unit;
	while (teeth--) {
		if (map_ordinary(at, 2 * layout->unit))
			decorate(layout, at, 2 * layout->unit);
		at += (2 + random_below(3)) * layout->unit;
	}
	if (random_chance(60))
		operation_do((struct operation){
			OP_SPECIAL,
			{ special_named("perf"), at, 4 * layout->unit } });
	operation_do((struct operation){
		OP_MAP,
		{ layout->plate, REGION_UNITS / 2 * layout->unit,
		  (uint64_t)SOME(protections), flags, BACKING_NONE } });
	if (random_chance(35))
		operation_do((struct operation){
			OP_SEAL,
			{ layout->plate, REGION_UNITS / 2 * layout->unit } });
}

static uint64_t some_gap(const struct layout *layout)
{
	if (random_chance(70))
		return 0;
	return (1 + random_below(8)) * layout->unit;
}

static void build_region(const struct layout *layout)
{
	uint64_t end = layout->region + REGION_UNITS * layout->unit;
	uint64_t at = layout->region;
	uint64_t len;

	for (at += some_gap(layout); at < end; at += len + some_gap(layout)) {
		len = (1 + random_below(8)) * layout->unit;
		if (at + len > end)
			len = end - at;
		if (map_one(layout, at, len))
			decorate(layout, at, len);
	}
}

void layout_build(struct layout *layout)
{
	layout->full = false;
	layout->plate = 0;
	large_choose(layout);
	choose_region(layout);
	if (layout->profile == PROFILE_MAP_COUNT && random_chance(50))
		build_comb(layout);
	else
		build_region(layout);
	large_build();
	layout->charged = random_chance(chance_of_charge(layout->profile));
	if (layout->charged)
		map_charged(layout);
	else if (layout->profile == PROFILE_PLAIN && random_chance(15))
		map_giants(layout);
	strain_begin(layout);
}

/* Sealed mappings stay; so the next case goes elsewhere. */
void layout_tear_down(struct layout *layout)
{
	static struct snapshot now;

	strain_end(layout);
	if (layout->profile != PROFILE_TOP && layout->profile != PROFILE_BOTTOM)
		munmap((void *)layout->region, 2 * REGION_UNITS * layout->unit);
	snapshot_read(&now, SNAPSHOT_MAPS);
	for (unsigned int i = 0; i < now.nr; i++) {
		uint64_t start = now.vmas[i].start;
		uint64_t len = now.vmas[i].end - start;

		if (!layout_meets_own(layout, start, len))
			munmap((void *)start, len);
	}
	if (may_seal(layout->profile))
		layout->region += 4 * REGION_UNITS * layout->unit;
}

bool layout_meets_own(const struct layout *layout, uint64_t start, uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	for (unsigned int i = 0; i < layout->own.nr; i++) {
		const struct rg_vma *vma = &layout->own.vmas[i];

		if (vma->start < end && vma->end > start &&
		    !(layout->profile == PROFILE_VDSO &&
		      vma->kind == RG_KIND_SPECIAL))
			return true;
	}
	return false;
}
