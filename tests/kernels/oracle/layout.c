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

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define MIDDLE (UINT64_C(1) << 44)
/* Where vm.mmap_min_addr is raised to: high, for what it may be. */
#define RAISED_BOTTOM (UINT64_C(12) << 20)

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
						 "perf" };
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

static void decorate(const struct layout *layout, uint64_t at, uint64_t len)
{
	unsigned int lock = layout->profile == PROFILE_MEMLOCK	   ? 40
			    : layout->profile == PROFILE_MAP_COUNT ? 25
								   : 8;
	unsigned int touch = layout->profile == PROFILE_SPECIAL ? 50 : 10;

	if (random_chance(touch))
		operation_do((struct operation){ OP_TOUCH, { at } });
	if (random_chance(lock) && large_may_lock(layout, len))
		operation_do((struct operation){ OP_LOCK, { at, len } });
	if (random_chance(15))
		cut(layout, at, len);
	large_decorate(at, len);
	if (may_seal(layout->profile) && random_chance(15))
		operation_do((struct operation){ OP_SEAL, { at, len } });
}

/* ------------------------------------------------------------- limits */

static uint64_t near(uint64_t pages, uint64_t most)
{
	return (pages + random_below(most)) * machine.page +
	       random_below(2) * random_below(machine.page);
}

static void lower(int resource, uint64_t bytes)
{
	operation_do(
		(struct operation){ OP_LIMIT, { (uint64_t)resource, bytes } });
}

static void set_limits(const struct layout *layout)
{
	struct rg_limits now;
	uint64_t most = 24 * layout->unit / machine.page;

	if (layout->counted)
		limits_count(&now);
	if (layout->profile == PROFILE_LIMIT_AS ||
	    (layout->profile == PROFILE_MEMLOCK && random_chance(60)))
		lower(RLIMIT_AS, near(now.total_pages, most));
	if (layout->profile == PROFILE_LIMIT_DATA)
		lower(RLIMIT_DATA, near(now.data_pages, most));
	if (layout->profile == PROFILE_DATA_ZERO)
		lower(RLIMIT_DATA, 0);
	if (layout->profile == PROFILE_MEMLOCK)
		lower(RLIMIT_MEMLOCK, near(now.locked_pages, most));
}

static void raise_limits(const struct layout *layout)
{
	if (layout->profile == PROFILE_LIMIT_AS ||
	    layout->profile == PROFILE_MEMLOCK)
		lower(RLIMIT_AS, RLIM_INFINITY);
	if (layout->profile == PROFILE_LIMIT_DATA ||
	    layout->profile == PROFILE_DATA_ZERO)
		lower(RLIMIT_DATA, RLIM_INFINITY);
}

static uint64_t usual[NR_SETTINGS];

static void set(enum setting setting, uint64_t value)
{
	operation_do((struct operation){ OP_SETTING, { setting, value } });
}

static void change_machine(const struct layout *layout)
{
	static struct snapshot now;

	if (layout->profile == PROFILE_MAP_COUNT) {
		snapshot_read(&now, SNAPSHOT_MAPS);
		set(SETTING_MAX_MAP_COUNT,
		    now.nr + (layout->plate && random_chance(50)
				      ? 4 + random_below(5)
				      : random_below(12)));
	}
	if (layout->region == RAISED_BOTTOM)
		set(SETTING_MMAP_MIN_ADDR,
		    RAISED_BOTTOM + random_below(REGION_UNITS) * machine.page);
	if (layout->profile == PROFILE_OVERCOMMIT) {
		set(SETTING_OVERCOMMIT, 1 + random_below(2));
		set(SETTING_OVERCOMMIT_RATIO,
		    random_below(random_chance(30) ? 3 : 100));
	}
}

static void restore_machine(void)
{
	for (int i = 0; machine.ours && i < NR_SETTINGS; i++)
		set((enum setting)i, usual[i]);
}

/* ---------------------------------------------------------- the whole */

/* Without them RLIMIT_MEMLOCK counts, and it is near anyway. */
static bool may_drop_caps(enum profile profile)
{
	return profile == PROFILE_NO_CAPS || profile == PROFILE_MEMLOCK ||
	       profile == PROFILE_BOTTOM || profile == PROFILE_OVERCOMMIT;
}

static bool drops_caps(enum profile profile)
{
	bool half = profile == PROFILE_BOTTOM || profile == PROFILE_OVERCOMMIT;

	return may_drop_caps(profile) && (!half || random_chance(50));
}

static bool has_limits(enum profile profile)
{
	return profile == PROFILE_LIMIT_AS || profile == PROFILE_LIMIT_DATA ||
	       profile == PROFILE_DATA_ZERO || may_drop_caps(profile);
}

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

static void choose_region(struct layout *layout)
{
	if (layout->profile == PROFILE_BOTTOM)
		layout->region = at_bottom();
	else if (layout->profile == PROFILE_HUGETLB)
		layout->region = random_chance(15) ? at_top(layout) : MIDDLE;
}

void layout_enter(struct layout *layout, enum profile profile)
{
	*layout = (struct layout){ .profile = profile };
	layout->unit = profile == PROFILE_HUGETLB ? machine.huge : machine.page;
	layout->region = profile == PROFILE_TOP ? at_top(layout) : MIDDLE;
	layout->counted = has_limits(profile);
	layout->system = !profile_is_harmless(profile);
	for (int i = 0; machine.ours && i < NR_SETTINGS; i++)
		usual[i] = setting_read((enum setting)i);
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

/* So much that what is charged for it can be no matter of how exact that is. */
static void map_charged(const struct layout *layout)
{
	uint64_t quarter = judge_limits()->memory_pages / 4 * machine.page;

	operation_do((struct operation){
		OP_MAP,
		{ behind_region(layout), (1 + random_below(3)) * quarter, RW,
		  PRIVATE_ANON | MAP_FIXED_NOREPLACE, BACKING_NONE } });
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

	while (teeth--) {
		if (map_ordinary(at, 2 * layout->unit))
			decorate(layout, at, 2 * layout->unit);
		at += (2 + random_below(3)) * layout->unit;
	}
	if (random_chance(50))
		operation_do((struct operation){
			OP_SPECIAL,
			{ special_named("perf"), at, 4 * layout->unit } });
	layout->plate = layout->region + REGION_UNITS / 2 * layout->unit;
	operation_do((struct operation){
		OP_MAP,
		{ layout->plate, REGION_UNITS / 2 * layout->unit,
		  (uint64_t)SOME(protections), flags, BACKING_NONE } });
	if (random_chance(25))
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
	if (layout->profile == PROFILE_MAP_COUNT && random_chance(40))
		build_comb(layout);
	else
		build_region(layout);
	large_build();
	if (layout->profile == PROFILE_PLAIN && random_chance(15))
		map_giants(layout);
	if (layout->profile == PROFILE_OVERCOMMIT && random_chance(30))
		map_charged(layout);
	set_limits(layout);
	change_machine(layout);
	if (drops_caps(layout->profile))
		operation_do((struct operation){ OP_CAPS, { false } });
}

void layout_restore(const struct layout *layout)
{
	if (may_drop_caps(layout->profile))
		operation_do((struct operation){ OP_CAPS, { true } });
	raise_limits(layout);
	restore_machine();
}

/* Sealed mappings stay; so the next case goes elsewhere. */
void layout_tear_down(struct layout *layout)
{
	static struct snapshot now;

	layout_restore(layout);
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
