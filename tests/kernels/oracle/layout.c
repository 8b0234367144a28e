/* SPDX-License-Identifier: MIT */

#include "layout.h"

#include "contents.h"
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
	uint64_t which = random_below(nr_specials);

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

static void decorate(const struct layout *layout, uint64_t at, uint64_t len)
{
	unsigned int lock = layout->profile == PROFILE_MEMLOCK ? 40 : 8;

	if (random_chance(10))
		operation_do((struct operation){ OP_TOUCH, { at } });
	if (random_chance(lock) && layout->unit == machine.page)
		operation_do((struct operation){ OP_LOCK, { at, len } });
	if (random_chance(15))
		cut(layout, at, len);
	if (layout->profile == PROFILE_SEALED && random_chance(15))
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
		set(SETTING_MAX_MAP_COUNT, now.nr + random_below(12));
	}
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

/* Some of a child's cases come before that, others after. */
static bool drops_caps(enum profile profile)
{
	bool later = profile == PROFILE_BOTTOM || profile == PROFILE_OVERCOMMIT;

	return may_drop_caps(profile) && (!later || random_chance(10));
}

static bool has_limits(enum profile profile)
{
	return profile == PROFILE_LIMIT_AS || profile == PROFILE_LIMIT_DATA ||
	       profile == PROFILE_DATA_ZERO || may_drop_caps(profile);
}

static uint64_t first_region(const struct layout *layout)
{
	uint64_t len = REGION_UNITS * layout->unit;

	if (layout->profile == PROFILE_TOP)
		return (machine.task_size - len) & -layout->unit;
	if (layout->profile == PROFILE_BOTTOM)
		return machine.min_addr ? machine.min_addr : machine.page;
	return MIDDLE;
}

void layout_enter(struct layout *layout, enum profile profile)
{
	*layout = (struct layout){ .profile = profile };
	layout->unit = profile == PROFILE_HUGETLB ? machine.huge : machine.page;
	layout->region = first_region(layout);
	layout->counted = has_limits(profile);
	layout->system = !profile_is_harmless(profile);
	for (int i = 0; machine.ours && i < NR_SETTINGS; i++)
		usual[i] = setting_read((enum setting)i);
	snapshot_enter();
	snapshot_read(&layout->own, SNAPSHOT_SMAPS);
	limits_read(&layout->own, false, STALE_SYSTEM);
}

/*
 * More than half of the address space: no hole is as large. Where there are
 * addresses that the kernel does not search, it could fill what it does.
 */
static void map_giant(const struct layout *layout)
{
	uint64_t at = layout->region + 4 * REGION_UNITS * layout->unit;
	uint64_t flags = PRIVATE_ANON | MAP_NORESERVE | MAP_FIXED_NOREPLACE;

	if (machine.task_size <= UINT64_C(1) << 48)
		operation_do((struct operation){
			OP_MAP,
			{ at, machine.task_size / 16 * 9 & -machine.page,
			  PROT_NONE, flags, BACKING_NONE } });
}

static uint64_t some_gap(const struct layout *layout)
{
	if (random_chance(70))
		return 0;
	return (1 + random_below(8)) * layout->unit;
}

void layout_build(struct layout *layout)
{
	uint64_t end = layout->region + REGION_UNITS * layout->unit;
	uint64_t at = layout->region;
	uint64_t len;

	if (drops_caps(layout->profile))
		operation_do((struct operation){ OP_NO_CAPS, { 0 } });
	for (at += some_gap(layout); at < end; at += len + some_gap(layout)) {
		len = (1 + random_below(8)) * layout->unit;
		if (at + len > end)
			len = end - at;
		if (map_one(layout, at, len))
			decorate(layout, at, len);
	}
	if (layout->profile == PROFILE_PLAIN && random_chance(10))
		map_giant(layout);
	set_limits(layout);
	change_machine(layout);
}

/* Sealed mappings stay; so the next case goes elsewhere. */
void layout_tear_down(struct layout *layout)
{
	static struct snapshot now;

	raise_limits(layout);
	restore_machine();
	if (layout->profile != PROFILE_TOP && layout->profile != PROFILE_BOTTOM)
		munmap((void *)layout->region, 2 * REGION_UNITS * layout->unit);
	snapshot_read(&now, SNAPSHOT_MAPS);
	for (unsigned int i = 0; i < now.nr; i++) {
		uint64_t start = now.vmas[i].start;
		uint64_t len = now.vmas[i].end - start;

		if (!layout_meets_own(layout, start, len))
			munmap((void *)start, len);
	}
	if (layout->profile == PROFILE_SEALED)
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
