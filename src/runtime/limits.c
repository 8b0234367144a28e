/* SPDX-License-Identifier: MIT */

#include "runtime/limits.h"

#include "runtime/config.h"
#include "runtime/sys.h"
#include "runtime/vma-query.h"
#include "trace/maps.h"

#include <linux/capability.h>

/* No more than this of any small file, and of maps. */
#define FILE_LIMIT 65536
#define MAPS_LIMIT (UINT64_C(64) << 20)

/* The inode of the first user namespace; include/linux/proc_ns.h. */
#define INITIAL_USER_NAMESPACE "user:[4026531837]"

/* Settings of the system: rarely changed, so read once per process. */
#define KEPT                                                                   \
	(1u << RG_LIMIT_MAX_MAP_COUNT | 1u << RG_LIMIT_MMAP_MIN_ADDR |         \
	 1u << RG_LIMIT_OVERCOMMIT | 1u << RG_LIMIT_MEMORY_PAGES)

/* What the object knows of itself. */
#define OWN                                                                    \
	(1u << RG_LIMIT_PAGE_SIZE | 1u << RG_LIMIT_TASK_SIZE |                 \
	 1u << RG_LIMIT_UNTAG_MASK)

/* The others are not known, and so nothing need be in them. */
void rg_limits_start(const struct rg_process *process,
		     struct rg_limits *ret_limits)
{
	const struct rg_limits *own = &rg_config.limits;
	const struct rg_limits *kept = &process->settings;
	uint32_t known = __atomic_load_n(&kept->known, __ATOMIC_ACQUIRE);

	/* the model's guess is not this system's setting */
	ret_limits->known = (own->known & OWN) | (known & KEPT);
	ret_limits->page_size = own->page_size;
	ret_limits->task_size = own->task_size;
	ret_limits->untag_mask = own->untag_mask;
	ret_limits->max_map_count = kept->max_map_count;
	ret_limits->mmap_min_addr = kept->mmap_min_addr;
	ret_limits->overcommit = kept->overcommit;
	ret_limits->memory_pages = kept->memory_pages;
}

static void keep(struct rg_process *process, const struct rg_limits *limits)
{
	struct rg_limits *kept = &process->settings;

	kept->max_map_count = limits->max_map_count;
	kept->mmap_min_addr = limits->mmap_min_addr;
	kept->overcommit = limits->overcommit;
	kept->memory_pages = limits->memory_pages;
	__atomic_store_n(&kept->known, limits->known & KEPT, __ATOMIC_RELEASE);
}

static bool is_known(const struct rg_limits *limits, enum rg_limit limit)
{
	return limits->known >> limit & 1;
}

/* ------------------------------------------- one number in a file of its own
 */

static bool take_number(void *ctx, const char *line, size_t len)
{
	uint64_t *number = ctx;

	rg_proc_parse_number(line, len, 0, number);
	return false;
}

static void fetch_number(struct rg_limits *limits, enum rg_limit limit,
			 const char *path)
{
	uint64_t number = UINT64_MAX;

	if (is_known(limits, limit))
		return;
	rg_proc_read_lines(path, FILE_LIMIT, take_number, &number);
	if (number != UINT64_MAX)
		rg_limits_set(limits, limit, number);
}

static void kilobytes_to_pages(struct rg_limits *limits, enum rg_limit limit,
			       uint64_t kilobytes)
{
	rg_limits_set(limits, limit,
		      kilobytes / (rg_config.limits.page_size / 1024));
}

static void fetch_reserve(struct rg_limits *limits, enum rg_limit limit,
			  const char *path)
{
	uint64_t kilobytes = UINT64_MAX;

	rg_proc_read_lines(path, FILE_LIMIT, take_number, &kilobytes);
	if (kilobytes != UINT64_MAX)
		kilobytes_to_pages(limits, limit, kilobytes);
}

/* ---------------------------------------------------- fields of a text file */

static void read_fields(const char *path, struct rg_proc_field *field, size_t nr)
{
	struct rg_proc_fields fields = { field, nr };

	rg_proc_read_lines(path, FILE_LIMIT, rg_proc_take_fields, &fields);
}

static void fetch_status(struct rg_limits *limits)
{
	struct rg_proc_field field[] = { { .key = "VmSize" },
				 { .key = "VmData" },
				 { .key = "VmLck" } };
	static const enum rg_limit limit[] = { RG_LIMIT_TOTAL_PAGES,
					       RG_LIMIT_DATA_PAGES,
					       RG_LIMIT_LOCKED_PAGES };

	read_fields("/proc/self/status", field, 3);
	for (int i = 0; i < 3; i++) {
		if (field[i].found)
			kilobytes_to_pages(limits, limit[i],
					   field[i].value);
	}
}

static void fetch_meminfo(struct rg_limits *limits)
{
	struct rg_proc_field field[] = { { .key = "MemTotal" },
				 { .key = "SwapTotal" },
				 { .key = "CommitLimit" },
				 { .key = "Committed_AS" } };

	read_fields("/proc/meminfo", field, 4);
	if (field[0].found && field[1].found)
		kilobytes_to_pages(limits, RG_LIMIT_MEMORY_PAGES,
				   field[0].value + field[1].value);
	if (field[2].found)
		kilobytes_to_pages(limits, RG_LIMIT_COMMIT_LIMIT_PAGES,
				   field[2].value);
	if (field[3].found)
		kilobytes_to_pages(limits, RG_LIMIT_COMMITTED_PAGES,
				   field[3].value);
}

/* --------------------------------------------------------------- the groups */

static bool count_map(void *ctx, const char *line, size_t len)
{
	uint64_t *count = ctx;
	struct rg_vma vma;

	/* [vsyscall] has a line and is no vma */
	if (rg_maps_parse_line(line, len, &vma) >= 0 &&
	    vma.start < rg_config.limits.task_size)
		++*count;
	return true;
}

static void fetch_map_count(struct rg_limits *limits, enum rg_effort effort)
{
	uint64_t count = 0;

	fetch_number(limits, RG_LIMIT_MAX_MAP_COUNT,
		     "/proc/sys/vm/max_map_count");
	/* total pages bound the count from above, and are cheaper */
	if (!is_known(limits, RG_LIMIT_TOTAL_PAGES))
		fetch_status(limits);
	if (effort < RG_EFFORT_FULL)
		return;
	if (!rg_proc_read_lines("/proc/self/maps", MAPS_LIMIT, count_map,
				&count))
		rg_limits_set(limits, RG_LIMIT_MAP_COUNT, count);
}

static void fetch_totals(struct rg_limits *limits, enum rg_effort effort)
{
	(void)effort;
	fetch_status(limits);
}

static void fetch_rlimits(struct rg_limits *limits, enum rg_effort effort)
{
	struct rlimit64 as, data, memlock;

	(void)effort;
	if (rg_sys_getrlimit(RLIMIT_AS, &as) ||
	    rg_sys_getrlimit(RLIMIT_DATA, &data) ||
	    rg_sys_getrlimit(RLIMIT_MEMLOCK, &memlock))
		return;
	rg_limits_set(limits, RG_LIMIT_RLIMIT_AS, as.rlim_cur);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_DATA, data.rlim_cur);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_DATA_MAX, data.rlim_max);
	rg_limits_set(limits, RG_LIMIT_RLIMIT_MEMLOCK, memlock.rlim_cur);
}

static void fetch_commit(struct rg_limits *limits, enum rg_effort effort)
{
	(void)effort;
	fetch_number(limits, RG_LIMIT_OVERCOMMIT,
		     "/proc/sys/vm/overcommit_memory");
	if (limits->overcommit != 2 && is_known(limits, RG_LIMIT_MEMORY_PAGES))
		return;
	fetch_meminfo(limits);
	if (limits->overcommit != 2)
		return;
	fetch_reserve(limits, RG_LIMIT_ADMIN_RESERVE_PAGES,
		      "/proc/sys/vm/admin_reserve_kbytes");
	fetch_reserve(limits, RG_LIMIT_USER_RESERVE_PAGES,
		      "/proc/sys/vm/user_reserve_kbytes");
}

/* A capability counts only in the first user namespace. */
static bool in_initial_namespace(bool *ret_initial)
{
	char link[64];
	int64_t len = rg_sys_readlinkat(AT_FDCWD, "/proc/self/ns/user", link,
					sizeof(link));

	if (len < 0)
		return false;
	*ret_initial = len == sizeof(INITIAL_USER_NAMESPACE) - 1 &&
		       !memcmp(link, INITIAL_USER_NAMESPACE, (size_t)len);
	return true;
}

static void fetch_caps(struct rg_limits *limits, enum rg_effort effort)
{
	static const struct {
		enum rg_limit limit;
		unsigned cap;
	} caps[] = {
		{ RG_LIMIT_CAP_IPC_LOCK, CAP_IPC_LOCK },
		{ RG_LIMIT_CAP_SYS_RAWIO, CAP_SYS_RAWIO },
		{ RG_LIMIT_CAP_SYS_ADMIN, CAP_SYS_ADMIN },
	};
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	bool initial = false;

	(void)effort;
	if (rg_sys_capget(&header, data))
		return;
	/* without the capability the namespace does not matter */
	if (data[0].effective && !in_initial_namespace(&initial))
		return;
	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		rg_limits_set(limits, caps[i].limit,
			      initial && data[0].effective >> caps[i].cap & 1);
}

static void fetch_min_addr(struct rg_limits *limits, enum rg_effort effort)
{
	(void)effort;
	fetch_number(limits, RG_LIMIT_MMAP_MIN_ADDR,
		     "/proc/sys/vm/mmap_min_addr");
}

static const struct group {
	enum rg_unknown unknown;
	enum rg_effort effort; /* the least that it takes */
	void (*fetch)(struct rg_limits *limits, enum rg_effort effort);
} groups[] = {
	{ RG_UNKNOWN_RLIMITS, RG_EFFORT_CALLS, fetch_rlimits },
	{ RG_UNKNOWN_CAPS, RG_EFFORT_CALLS, fetch_caps },
	{ RG_UNKNOWN_TOTALS, RG_EFFORT_FILES, fetch_totals },
	{ RG_UNKNOWN_LOCKED, RG_EFFORT_FILES, fetch_totals },
	{ RG_UNKNOWN_MAP_COUNT, RG_EFFORT_FILES, fetch_map_count },
	{ RG_UNKNOWN_COMMIT, RG_EFFORT_FILES, fetch_commit },
	{ RG_UNKNOWN_ACCOUNT, RG_EFFORT_FILES, fetch_commit },
	{ RG_UNKNOWN_MIN_ADDR, RG_EFFORT_FILES, fetch_min_addr },
};

bool rg_limits_fetch(struct rg_process *process, struct rg_limits *limits,
		     uint32_t unknown, enum rg_effort effort)
{
	uint32_t before = limits->known;

	if (effort == RG_EFFORT_FULL)
		limits->known &= ~KEPT;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (unknown & groups[i].unknown && effort >= groups[i].effort)
			groups[i].fetch(limits, effort);
	}
	limits->known |= before & KEPT;
	if (limits->known & KEPT & ~before)
		keep(process, limits);
	return limits->known != before;
}
