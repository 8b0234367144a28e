/* SPDX-License-Identifier: MIT */

#include "strain.h"

#include "limits.h"
#include "machine.h"
#include "operation.h"
#include "pick.h"
#include "random.h"

#include <sys/resource.h>

/* --------------------------------------------------------- of the process */

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

bool strain_counts(enum profile profile)
{
	return profile == PROFILE_LIMIT_AS || profile == PROFILE_LIMIT_DATA ||
	       profile == PROFILE_DATA_ZERO || may_drop_caps(profile);
}

/* --------------------------------------------------------- of the machine */

static uint64_t usual[NR_SETTINGS];

static void set(enum setting setting, uint64_t value)
{
	operation_do((struct operation){ OP_SETTING, { setting, value } });
}

/* The limit of commitments is near what was charged, or far from it. */
static uint64_t some_ratio(const struct layout *layout)
{
	if (layout->charged)
		return random_below(random_chance(40) ? 3 : 100);
	return random_chance(10) ? random_below(3) : 50 + random_below(50);
}

static void change_machine(const struct layout *layout)
{
	static struct snapshot now;

	if (layout->profile == PROFILE_MAP_COUNT) {
		snapshot_read(&now, SNAPSHOT_MAPS);
		set(SETTING_MAX_MAP_COUNT, now.nr + random_below(12));
	}
	if (layout->region == RAISED_BOTTOM)
		set(SETTING_MMAP_MIN_ADDR,
		    RAISED_BOTTOM + random_below(REGION_UNITS) * machine.page);
	if (layout->profile == PROFILE_OVERCOMMIT) {
		set(SETTING_OVERCOMMIT, 1 + random_below(2));
		set(SETTING_OVERCOMMIT_RATIO, some_ratio(layout));
	}
}

static uint64_t holes_before_plate(const struct layout *layout,
				   const struct snapshot *now)
{
	uint64_t holes = 0;

	for (unsigned int i = 1; i < now->nr; i++)
		holes += now->vmas[i - 1].start >= layout->region &&
			 now->vmas[i].start < layout->plate &&
			 now->vmas[i].start > now->vmas[i - 1].end;
	return holes;
}

/*
 * None, about as many as a call wants, or so many that a move of what is
 * before the plate onto it, where each hole cuts it, may just not end.
 */
static uint64_t some_slots(const struct layout *layout,
			   const struct snapshot *now)
{
	uint64_t wanted =
		machine.kernel.version < RG_KERNEL_VERSION(7, 1) ? 6 : 4;

	if (random_chance(25))
		return 0;
	if (layout->plate && edge_chance(60))
		return wanted - 3 + holes_before_plate(layout, now) +
		       random_below(3);
	return 3 + random_below(8);
}

void strain_vary(const struct layout *layout, const struct snapshot *now)
{
	unsigned int chance = layout->plate ? 70 : 40;

	if (layout->profile == PROFILE_MAP_COUNT && edge_chance(chance))
		set(SETTING_MAX_MAP_COUNT, now->nr + some_slots(layout, now));
}

static void restore_machine(void)
{
	for (int i = 0; machine.ours && i < NR_SETTINGS; i++)
		set((enum setting)i, usual[i]);
}

/* -------------------------------------------------------------- the whole */

void strain_enter(void)
{
	for (int i = 0; machine.ours && i < NR_SETTINGS; i++)
		usual[i] = setting_read((enum setting)i);
}

void strain_begin(const struct layout *layout)
{
	set_limits(layout);
	change_machine(layout);
	if (drops_caps(layout->profile))
		operation_do((struct operation){ OP_CAPS, { false } });
}

void strain_end(const struct layout *layout)
{
	if (may_drop_caps(layout->profile))
		operation_do((struct operation){ OP_CAPS, { true } });
	raise_limits(layout);
	restore_machine();
}
