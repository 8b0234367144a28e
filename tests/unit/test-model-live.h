/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_MODEL_LIVE_H
#define RG_TESTS_MODEL_LIVE_H

/* What the live test calls and maps: chosen from a seed, and harmless. */

#include "remapguard/model.h"

#include "unit.h"

#include "test-model-space.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#define PAGE UINT64_C(4096)
#define HUGE UINT64_C(0x200000)
#define TASK_SIZE UINT64_C(0x7ffffffff000)
#define REGION UINT64_C(0x100000000000)
#define REGION_PAGES 64
#define NR_mseal 462
#define CALLS_A_BUILD 6
#define BUILDS_A_CHILD 40

enum profile {
	PLAIN,
	NO_CAPS,
	LIMIT_AS,
	LIMIT_DATA,
	DATA_ZERO,
	SEALS,
	VDSO,
	HUGETLB,
	NR_PROFILES
};

static const char *const profile_names[NR_PROFILES] = {
	"plain",	 "no capabilities", "RLIMIT_AS", "RLIMIT_DATA",
	"RLIMIT_DATA 0", "sealed",	    "vdso",	 "hugetlb",
};

static struct rg_kernel kernel;
static uint64_t rng;
static uint64_t seed;
static enum profile profile;
static uint64_t region;
static uint64_t unit; /* mappings are multiples of it */

static struct snapshot before;
static struct snapshot after;
static struct snapshot own; /* mappings that are not ours to touch */
static struct space expected;
static struct space found;

/* -------------------------------------------------------------- choosing */

/* splitmix64 */
static uint64_t next_random(void)
{
	uint64_t z = rng += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n)
{
	return next_random() % n;
}

static bool chance(unsigned int percent)
{
	return below(100) < percent;
}

static const struct rg_vma *some_vma(void)
{
	static struct rg_vma none;
	unsigned int first = below(before.nr);

	for (unsigned int i = 0; i < before.nr; i++) {
		const struct rg_vma *vma =
			&before.vmas[(first + i) % before.nr];

		if (profile == VDSO && vma->kind == RG_KIND_SPECIAL &&
		    chance(50))
			return vma;
		if (vma->start >= region &&
		    vma->end <= region + REGION_PAGES * unit)
			return vma;
	}
	none.start = region;
	none.end = region + unit;
	return &none;
}

static uint64_t some_addr(const struct rg_vma *vma)
{
	switch (below(24)) {
	case 0:
		return region + below(REGION_PAGES) * unit;
	case 1:
		return vma->start + below(2) * unit + below(PAGE);
	case 2:
		return (uint64_t[]){ 0,
				     UINT64_MAX,
				     TASK_SIZE - PAGE,
				     TASK_SIZE,
				     UINT64_C(0xfffffffffffff000),
				     UINT64_C(0xffffffffff600000) }[below(6)];
	case 3:
	case 4:
	case 5:
		return vma->start +
		       below((vma->end - vma->start) / PAGE) / 2 * 2 * PAGE;
	default:
		return vma->start;
	}
}

/* Pages that are too many for the region but not for the machine: none. */
static uint64_t odd_len(void)
{
	return (uint64_t[]){ 0,
			     1,
			     PAGE - 1,
			     PAGE + 1,
			     UINT64_MAX,
			     UINT64_MAX - PAGE,
			     -2 * PAGE,
			     TASK_SIZE,
			     TASK_SIZE + 1,
			     TASK_SIZE - REGION,
			     UINT64_C(1) << 40,
			     UINT64_C(1) << 46,
			     UINT64_C(1) << 57 }[below(13)];
}

static uint64_t some_old_len(const struct rg_vma *vma, uint64_t addr)
{
	uint64_t rest = vma->end - addr;

	switch (below(20)) {
	case 0:
		return odd_len();
	case 1:
		return rest - below(PAGE);
	case 2:
	case 3:
		return below(10) * unit;
	case 4:
		return rest + below(4) * unit;
	case 5:
		return 0;
	default:
		return rest;
	}
}

static uint64_t some_new_len(uint64_t old_len)
{
	switch (below(16)) {
	case 0:
		return odd_len();
	case 11:
	case 12:
		return old_len;
	case 1:
	case 2:
	case 3:
		return old_len;
	case 4:
		return old_len / 2;
	case 5:
		return old_len + below(3) * unit - below(2);
	default:
		return below(10) * unit + below(2) * below(PAGE);
	}
}

static uint64_t some_new_addr(const struct rg_request *req)
{
	switch (below(12)) {
	case 0:
		return req->addr;
	case 1:
		return req->addr + req->old_len - below(2) * PAGE;
	case 2:
		return req->addr - req->new_len + below(2) * PAGE;
	case 3:
		return TASK_SIZE - req->new_len + below(2) * PAGE;
	case 4:
		return (uint64_t[]){ 0,
				     PAGE,
				     8 * PAGE,
				     UINT64_MAX,
				     UINT64_C(0xfffffffffffff000),
				     HUGE }[below(6)];
	case 5:
		return region + below(REGION_PAGES * unit);
	case 6:
		return some_vma()->start;
	default:
		return region + below(2 * REGION_PAGES) * unit;
	}
}

static uint64_t some_flags(void)
{
	static const uint64_t flags[] = {
		0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3,
		3, 3, 3, 3, 5, 5, 5, 7, 7, 7, 2, 4, 6, 8,
	};

	if (chance(1))
		return next_random();
	return flags[below(NR_ROWS(flags))];
}

/* -------------------------------------------------- what must stay unharmed */

static bool meets_own(uint64_t start, uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	for (unsigned int i = 0; i < own.nr; i++) {
		if (own.vmas[i].start < end && own.vmas[i].end > start &&
		    !(profile == VDSO && own.vmas[i].kind == RG_KIND_SPECIAL))
			return true;
	}
	return false;
}

static bool locked_at(uint64_t addr)
{
	struct rg_vma vma = { 0 };

	return snapshot_find(&before, addr, &vma) && vma.start <= addr &&
	       vma.flags & RG_VMA_LOCKED;
}

/* The kernel, not the model, decides; so no help from the model here. */
static bool harmless(const struct rg_request *req)
{
	uint64_t old_len = (req->old_len + PAGE - 1) & -PAGE;
	uint64_t new_len = (req->new_len + PAGE - 1) & -PAGE;

	if (req->old_len != req->new_len && meets_own(req->addr & -PAGE, PAGE))
		return false;
	if (req->flags & 7 && meets_own(req->addr & -PAGE, old_len) &&
	    old_len < TASK_SIZE)
		return false;
	if (old_len < TASK_SIZE && old_len > new_len &&
	    meets_own(req->addr, old_len) && req->addr + old_len <= TASK_SIZE)
		return false;
	if (req->flags & RG_MREMAP_FIXED &&
	    meets_own(req->new_addr, new_len + HUGE))
		return false;
	return !(locked_at(req->addr) && new_len > HUGE && new_len < TASK_SIZE);
}

static struct rg_request some_request(void)
{
	const struct rg_vma *vma;
	struct rg_request req;

	do {
		vma = some_vma();
		req.addr = some_addr(vma);
		req.old_len = some_old_len(vma, req.addr);
		req.new_len = some_new_len(req.old_len);
		req.flags = some_flags();
		req.new_addr = some_new_addr(&req);
		if (chance(80)) {
			req.old_len = (req.old_len + PAGE - 1) & -PAGE;
			req.new_len = (req.new_len + PAGE - 1) & -PAGE;
			req.new_addr &= -PAGE;
		}
	} while (!harmless(&req));
	return req;
}

/* -------------------------------------------------------------- building */

static int file_fd = -1;
static int memory_fd = -1;

static void *map(uint64_t at, uint64_t len, int prot, int flags)
{
	bool file = !(flags & MAP_ANONYMOUS);
	int fd = file ? (chance(50) ? file_fd : memory_fd) : -1;

	return mmap((void *)at, len, prot, flags | MAP_FIXED_NOREPLACE, fd,
		    file ? (off_t)(below(3) * PAGE) : 0);
}

static void *map_something(uint64_t at, uint64_t len)
{
	static const int prots[] = { PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_WRITE,
				     PROT_READ,
				     PROT_NONE,
				     PROT_READ | PROT_EXEC };
	static const int kinds_of_map[] = {
		MAP_PRIVATE | MAP_ANONYMOUS,
		MAP_PRIVATE | MAP_ANONYMOUS,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		MAP_SHARED | MAP_ANONYMOUS,
		MAP_PRIVATE,
		MAP_SHARED,
	};
	int flags = kinds_of_map[below(NR_ROWS(kinds_of_map))];

	if (profile == HUGETLB && chance(60))
		return mmap((void *)at, len, PROT_READ | PROT_WRITE,
			    (chance(50) ? MAP_PRIVATE : MAP_SHARED) |
				    MAP_ANONYMOUS | MAP_HUGETLB |
				    MAP_NORESERVE | MAP_FIXED_NOREPLACE,
			    -1, 0);
	return map(at, len, prots[below(NR_ROWS(prots))], flags);
}

static void build(void)
{
	uint64_t end = region + REGION_PAGES * unit;
	uint64_t at = region;
	uint64_t len;

	for (; at < end; at += len) {
		len = (1 + below(8)) * unit;
		if (chance(30) || at + len > end)
			continue;
		if (map_something(at, len) == MAP_FAILED)
			continue;
		if (chance(10) && unit == PAGE)
			mlock((void *)at, len);
		if (chance(15))
			mprotect((void *)at, len / 2 & -unit, PROT_READ);
		if (profile == SEALS && chance(15))
			syscall(NR_mseal, at, len, 0);
	}
}

/* Sealed mappings stay; so the next build goes elsewhere. */
static void tear_down(void)
{
	take_snapshot(&after, "/proc/self/maps");
	space_of(&found, &after);
	for (unsigned int i = 0; i < own.nr; i++)
		space_replace(&found, own.vmas[i].start, own.vmas[i].end, NULL);
	for (unsigned int i = 0; i < found.nr; i++)
		munmap((void *)found.pieces[i].start,
		       found.pieces[i].end - found.pieces[i].start);
	if (profile == SEALS)
		region += 4 * REGION_PAGES * unit;
}

#endif
