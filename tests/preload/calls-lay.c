/* SPDX-License-Identifier: MIT */

/*
 * The verbs of a row's lay, "VERB PAGE PAGES; …": each maps or changes a
 * range of the arena, or sets something of the process. A verb that this
 * machine or this user cannot carry out skips the row.
 */

#include "calls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "calls-verbs.h"

#define SCRATCH 0x1f0000000000ul
#define FILLER 0x1e0000000000ul

/* Letters for the first pages and the last: enough to see what went where. */
static void write_letters(uint64_t addr, uint64_t len)
{
	uint64_t page = 0;

	while (page < len / PAGE) {
		uint64_t at = addr + page * PAGE;

		*(volatile char *)at = (char)('a' + (at - ARENA) / PAGE % 26);
		page = page == 7 && len > P(9) ? len / PAGE - 1 : page + 1;
	}
}

static int map(uint64_t addr, uint64_t len, int prot, int flags)
{
	void *got = mmap((void *)addr, len, prot,
			 flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (got == MAP_FAILED)
		return -errno;
	if (prot & PROT_WRITE && !(flags & MAP_HUGETLB))
		write_letters(addr, len);
	return 0;
}

static int lay_anon(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static int lay_shared(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE, MAP_SHARED);
}

static int lay_noreserve(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_NORESERVE);
}

static int lay_reserve(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
}

static int lay_exec(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE);
}

static int lay_stack(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_GROWSDOWN);
}

/* Nothing is reserved, so no huge page need exist; nothing is touched. */
static int lay_huge(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_NORESERVE | MAP_HUGETLB);
}

static int lay_hugeshared(uint64_t addr, uint64_t len)
{
	return map(addr, len, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_NORESERVE | MAP_HUGETLB);
}

static int lay_readonly(uint64_t addr, uint64_t len)
{
	return mprotect((void *)addr, len, PROT_READ) ? -errno : 0;
}

static int lay_forbid(uint64_t addr, uint64_t len)
{
	return mprotect((void *)addr, len, PROT_NONE) ? -errno : 0;
}

static int lay_hole(uint64_t addr, uint64_t len)
{
	return munmap((void *)addr, len) ? -errno : 0;
}

static int lay_lock(uint64_t addr, uint64_t len)
{
	return mlock((void *)addr, len) ? -errno : 0;
}

static int lay_mergeable(uint64_t addr, uint64_t len)
{
	return madvise((void *)addr, len, MADV_MERGEABLE) ? -errno : 0;
}

static int lay_thp(uint64_t addr, uint64_t len)
{
	return madvise((void *)addr, len, MADV_HUGEPAGE) ? -errno : 0;
}

static int lay_wipeonfork(uint64_t addr, uint64_t len)
{
	return madvise((void *)addr, len, MADV_WIPEONFORK) ? -errno : 0;
}

/*
 * The first call of a process may map something of whoever watches it. Limits
 * relative to what is mapped now are set after that.
 */
static int warm_up(void)
{
	void *page = mmap((void *)SCRATCH, PAGE, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (page == MAP_FAILED)
		return -errno;
	__atomic_add_fetch(scene.calls, 1, __ATOMIC_RELAXED);
	return mremap(page, PAGE, PAGE, 0) == page ? 0 : -errno;
}

static int limit(int resource, uint64_t bytes)
{
	struct rlimit both;

	if (getrlimit(resource, &both) < 0)
		return -errno;
	both.rlim_cur = bytes;
	return setrlimit(resource, &both) ? -errno : 0;
}

static int lay_warm(uint64_t addr, uint64_t len)
{
	(void)addr;
	(void)len;
	return warm_up();
}

/* Room for exactly so many pages more. */
static int lay_limit_as(uint64_t addr, uint64_t len)
{
	int r = warm_up();

	(void)addr;
	return r ?: limit(RLIMIT_AS, status_kb("VmSize:") * 1024 + len);
}

static int lay_limit_data(uint64_t addr, uint64_t len)
{
	int r = warm_up();

	(void)addr;
	return r ?: limit(RLIMIT_DATA, status_kb("VmData:") * 1024 + len);
}

/* A soft limit of nothing at all, which the kernel treats apart. */
static int lay_no_data(uint64_t addr, uint64_t len)
{
	int r = warm_up();

	(void)addr;
	(void)len;
	return r ?: limit(RLIMIT_DATA, 0);
}

static int lay_limit_lock(uint64_t addr, uint64_t len)
{
	int r = warm_up();

	(void)addr;
	return r ?: limit(RLIMIT_MEMLOCK, status_kb("VmLck:") * 1024 + len);
}

/* Map single pages until only so many vmas more are allowed. */
static int lay_vmas_left(uint64_t addr, uint64_t len)
{
	unsigned long max = 0;
	unsigned long want;
	FILE *f = fopen("/proc/sys/vm/max_map_count", "re");
	int r = warm_up();

	(void)addr;
	if (!f || fscanf(f, "%lu", &max) != 1 || max > 300000)
		return -E2BIG;
	fclose(f);
	want = max - len / PAGE;
	for (uint64_t i = 0; !r && count_vmas() < want; i++)
		r = fill_vmas(FILLER + i * (1ul << 32), want - count_vmas());
	return r;
}

/* The rest of the row needs exactly this of the machine. */
static int lay_overcommit(uint64_t addr, uint64_t len)
{
	unsigned int mode = 9;
	FILE *f = fopen("/proc/sys/vm/overcommit_memory", "re");

	(void)addr;
	if (f && fscanf(f, "%u", &mode) == 1)
		fclose(f);
	return mode == len / PAGE ? 0 : -EOPNOTSUPP;
}

static const struct {
	const char *name;
	int (*lay)(uint64_t addr, uint64_t len);
} verbs[] = {
	{ "anon", lay_anon },
	{ "shared", lay_shared },
	{ "noreserve", lay_noreserve },
	{ "reserve", lay_reserve },
	{ "exec", lay_exec },
	{ "stack", lay_stack },
	{ "huge", lay_huge },
	{ "hugeshared", lay_hugeshared },
	{ "readonly", lay_readonly },
	{ "forbid", lay_forbid },
	{ "hole", lay_hole },
	{ "lock", lay_lock },
	{ "mergeable", lay_mergeable },
	{ "thp", lay_thp },
	{ "wipeonfork", lay_wipeonfork },
	{ "warm", lay_warm },
	{ "limit-as", lay_limit_as },
	{ "limit-data", lay_limit_data },
	{ "no-data", lay_no_data },
	{ "limit-lock", lay_limit_lock },
	{ "vmas-left", lay_vmas_left },
	{ "overcommit", lay_overcommit },
	{ "seal", lay_seal },
	{ "memfd", lay_memfd },
	{ "onepage", lay_onepage },
	{ "file", lay_file },
	{ "privatefile", lay_privatefile },
	{ "self", lay_self },
	{ "zero", lay_zero },
	{ "sysv", lay_sysv },
	{ "uffd", lay_uffd },
	{ "no-caps", lay_no_caps },
	{ "need-caps", lay_need_caps },
	{ "vdso", lay_vdso },
	{ "vvar", lay_vvar },
	{ "heap", lay_heap },
	{ "mainstack", lay_mainstack },
	{ "ring", lay_ring },
	{ "aio", lay_aio },
	{ "aiofork", lay_aiofork },
	{ "packet", lay_packet },
	{ "perf", lay_perf },
	{ "secret", lay_secret },
	{ "low", lay_low },
	{ "lowest", lay_lowest },
	{ "high", lay_high },
	{ "own-machine", lay_own_machine },
	{ "commit-left", lay_commit_left },
	{ "commit-none", lay_commit_none },
};

static int lay_verb(const char *name, uint64_t addr, uint64_t len)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].lay(addr, len);
	return -ENOSYS;
}

int lay_out(const char *lay, const char **ret_verb)
{
	static char name[32];
	unsigned long page, pages;
	int used;

	while (lay && *lay) {
		int r;

		if (sscanf(lay, "%31s %lu %lu%n", name, &page, &pages, &used) !=
		    3)
			return -EINVAL;
		*ret_verb = name;
		r = lay_verb(name, AT(page), P(pages));
		if (r < 0)
			return r;
		lay += used;
		lay += strspn(lay, "; ");
	}
	return 0;
}
