/* SPDX-License-Identifier: MIT */

#include "limits.h"

#include "machine.h"

#include <linux/capability.h>

#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct rg_limits limits;

static uint64_t kb_to_pages(uint64_t kb)
{
	return kb / (machine.page >> 10);
}

static void set_kb(enum rg_limit limit, const char *text, const char *key)
{
	rg_limits_set(&limits, limit, kb_to_pages(text_number(text, key)));
}

static void read_system(void)
{
	static char text[8192];

	limits = rg_limits_default(machine.page);
	rg_limits_set(&limits, RG_LIMIT_TASK_SIZE, machine.task_size);
	rg_limits_set(&limits, RG_LIMIT_MAX_MAP_COUNT,
		      setting_read(SETTING_MAX_MAP_COUNT));
	rg_limits_set(&limits, RG_LIMIT_OVERCOMMIT,
		      setting_read(SETTING_OVERCOMMIT));
	text_read("/proc/meminfo", text, sizeof(text));
	rg_limits_set(&limits, RG_LIMIT_MEMORY_PAGES,
		      kb_to_pages(text_number(text, "MemTotal:") +
				  text_number(text, "SwapTotal:")));
	set_kb(RG_LIMIT_COMMIT_LIMIT_PAGES, text, "CommitLimit:");
	set_kb(RG_LIMIT_COMMITTED_PAGES, text, "Committed_AS:");
	text_read("/proc/sys/vm/admin_reserve_kbytes", text, sizeof(text));
	set_kb(RG_LIMIT_ADMIN_RESERVE_PAGES, text, "");
	text_read("/proc/sys/vm/user_reserve_kbytes", text, sizeof(text));
	set_kb(RG_LIMIT_USER_RESERVE_PAGES, text, "");
}

static void read_rlimit(int resource, enum rg_limit soft)
{
	struct rlimit rlim;

	getrlimit(resource, &rlim);
	rg_limits_set(&limits, soft, rlim.rlim_cur);
	if (soft == RG_LIMIT_RLIMIT_DATA)
		rg_limits_set(&limits, RG_LIMIT_RLIMIT_DATA_MAX, rlim.rlim_max);
}

static void read_rlimits(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { { 0 } };
	uint32_t caps;

	rg_limits_set(&limits, RG_LIMIT_MMAP_MIN_ADDR, machine.min_addr);
	read_rlimit(RLIMIT_AS, RG_LIMIT_RLIMIT_AS);
	read_rlimit(RLIMIT_DATA, RG_LIMIT_RLIMIT_DATA);
	read_rlimit(RLIMIT_MEMLOCK, RG_LIMIT_RLIMIT_MEMLOCK);
	syscall(SYS_capget, &head, data);
	caps = data[0].effective;
	rg_limits_set(&limits, RG_LIMIT_CAP_IPC_LOCK, caps >> CAP_IPC_LOCK & 1);
	rg_limits_set(&limits, RG_LIMIT_CAP_SYS_RAWIO,
		      caps >> CAP_SYS_RAWIO & 1);
	rg_limits_set(&limits, RG_LIMIT_CAP_SYS_ADMIN,
		      caps >> CAP_SYS_ADMIN & 1);
}

void limits_count(struct rg_limits *ret_limits)
{
	static char text[4096];

	text_read("/proc/self/status", text, sizeof(text));
	set_kb(RG_LIMIT_TOTAL_PAGES, text, "VmSize:");
	set_kb(RG_LIMIT_DATA_PAGES, text, "VmData:");
	set_kb(RG_LIMIT_LOCKED_PAGES, text, "VmLck:");
	*ret_limits = limits;
}

static bool is_data(const struct rg_vma *vma)
{
	return (vma->flags & (RG_VMA_WRITE | RG_VMA_SHARED |
			      RG_VMA_GROWSDOWN)) == RG_VMA_WRITE;
}

static void add_up(const struct snapshot *shot)
{
	uint64_t total = 0;
	uint64_t data = 0;
	uint64_t locked = 0;

	for (unsigned int i = 0; i < shot->nr; i++) {
		const struct rg_vma *vma = &shot->vmas[i];
		uint64_t pages = (vma->end - vma->start) / machine.page;

		total += pages;
		data += is_data(vma) ? pages : 0;
		locked += vma->flags & RG_VMA_LOCKED ? pages : 0;
	}
	rg_limits_set(&limits, RG_LIMIT_TOTAL_PAGES, total);
	rg_limits_set(&limits, RG_LIMIT_DATA_PAGES, data);
	rg_limits_set(&limits, RG_LIMIT_LOCKED_PAGES, locked);
}

void limits_sum(const struct snapshot *shot, struct rg_limits *ret_limits)
{
	add_up(shot);
	*ret_limits = limits;
}

struct rg_limits limits_read(const struct snapshot *shot, bool counted,
			     enum staleness stale)
{
	struct rg_limits ignored;

	if (stale >= STALE_SYSTEM)
		read_system();
	if (stale >= STALE_RLIMITS)
		read_rlimits();
	rg_limits_set(&limits, RG_LIMIT_MAP_COUNT, shot->nr);
	if (counted) {
		limits_count(&ignored);
		rg_limits_set(&limits, RG_LIMIT_TOTAL_PAGES,
			      limits.total_pages - shot->ours_pages);
	} else {
		add_up(shot);
	}
	return limits;
}
