/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_LAYOUT_H
#define RG_ORACLE_LAYOUT_H

/*
 * A random address space: up to REGION_UNITS pages, or huge pages, of every
 * kind of mapping, with holes, somewhere that belongs to nobody else.
 */

#include "snapshot.h"

/* What a case is about. */
enum profile {
	PROFILE_PLAIN,
	PROFILE_NO_CAPS,
	PROFILE_MEMLOCK,    /* RLIMIT_MEMLOCK near, without capabilities */
	PROFILE_LIMIT_AS,   /* RLIMIT_AS near */
	PROFILE_LIMIT_DATA, /* RLIMIT_DATA near */
	PROFILE_DATA_ZERO,  /* RLIMIT_DATA 0, which only warns */
	PROFILE_SEALED,
	PROFILE_VDSO,
	PROFILE_SPECIAL, /* drivers' mappings, userfaultfd, KSM */
	PROFILE_HUGETLB,
	PROFILE_TOP,	    /* at the end of the address space */
	PROFILE_BOTTOM,	    /* at vm.mmap_min_addr */
	PROFILE_MAP_COUNT,  /* vm.max_map_count near */
	PROFILE_OVERCOMMIT, /* vm.overcommit_memory 1 or 2 */
	NR_PROFILES
};

const char *profile_name(enum profile profile);
/* NR_PROFILES for no such profile. */
enum profile profile_from_name(const char *name);
/* May it run on a machine that is not ours? */
bool profile_is_harmless(enum profile profile);

#define REGION_UNITS 64

struct layout {
	enum profile profile;
	uint64_t region;     /* where it lies */
	uint64_t unit;	     /* mappings are multiples of it */
	bool counted;	     /* its limits are near: read counters each time */
	bool system;	     /* it changes the machine's settings */
	uint64_t plate;	     /* one that has room for many others, or 0 */
	bool full;	     /* no hole is much longer than what always fits */
	bool charged;	     /* for much of what there is of memory */
	struct snapshot own; /* what is not ours to touch */
};

/* Once in a process, before anything is built there. */
void layout_enter(struct layout *layout, enum profile profile);

void layout_build(struct layout *layout);
void layout_tear_down(struct layout *layout);

/* Is part of the range not ours to touch? */
bool layout_meets_own(const struct layout *layout, uint64_t start,
		      uint64_t len);

#endif
