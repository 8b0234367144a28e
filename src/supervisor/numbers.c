/* SPDX-License-Identifier: MIT */

#include "supervisor/numbers.h"

#include "supervisor/lines.h"
#include "trace/maps.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The inode of the first user namespace; include/linux/proc_ns.h. */
#define INITIAL_USER_NAMESPACE "user:[4026531837]"

/* Whose numbers, and where they go. */
struct fetch {
	pid_t tid;
	struct rg_limits *limits;
	bool all_maps;
};

/* ------------------------------------------- one number in a file of its own
 */

static bool take_number(void *ctx, const char *line, size_t len)
{
	rg_proc_parse_number(line, len, 0, ctx);
	return false;
}

static bool read_number(const char *name, uint64_t *ret_number)
{
	*ret_number = UINT64_MAX;
	rg_proc_lines(0, name, take_number, ret_number);
	return *ret_number != UINT64_MAX;
}

static void fetch_number(const struct fetch *fetch, enum rg_limit limit,
			 const char *name)
{
	uint64_t number;

	if (read_number(name, &number))
		rg_limits_set(fetch->limits, limit, number);
}

static void set_kilobytes(const struct fetch *fetch, enum rg_limit limit,
			  uint64_t kilobytes)
{
	rg_limits_set(fetch->limits, limit,
		      kilobytes / (fetch->limits->page_size / 1024));
}

static void fetch_reserve(const struct fetch *fetch, enum rg_limit limit,
			  const char *name)
{
	uint64_t kilobytes;

	if (read_number(name, &kilobytes))
		set_kilobytes(fetch, limit, kilobytes);
}

/* ---------------------------------------------------- fields of a text file */

static void read_fields(pid_t tid, const char *name, struct rg_proc_field *field,
			size_t nr)
{
	struct rg_proc_fields fields = { field, nr };

	rg_proc_lines(tid, name, rg_proc_take_fields, &fields);
}

static void fetch_totals(const struct fetch *fetch)
{
	static const enum rg_limit limit[] = { RG_LIMIT_TOTAL_PAGES,
					       RG_LIMIT_DATA_PAGES,
					       RG_LIMIT_LOCKED_PAGES };
	struct rg_proc_field field[] = { { .key = "VmSize" },
				 { .key = "VmData" },
				 { .key = "VmLck" } };

	read_fields(fetch->tid, "status", field, 3);
	for (int i = 0; i < 3; i++) {
		if (field[i].found)
			set_kilobytes(fetch, limit[i], field[i].value);
	}
}

static void fetch_meminfo(const struct fetch *fetch)
{
	struct rg_proc_field field[] = { { .key = "MemTotal" },
				 { .key = "SwapTotal" },
				 { .key = "CommitLimit" },
				 { .key = "Committed_AS" } };

	read_fields(0, "meminfo", field, 4);
	if (field[0].found && field[1].found)
		set_kilobytes(fetch, RG_LIMIT_MEMORY_PAGES,
			      field[0].value + field[1].value);
	if (field[2].found)
		set_kilobytes(fetch, RG_LIMIT_COMMIT_LIMIT_PAGES,
			      field[2].value);
	if (field[3].found)
		set_kilobytes(fetch, RG_LIMIT_COMMITTED_PAGES, field[3].value);
}

/* --------------------------------------------------------------- the groups */

struct count {
	uint64_t nr;
	uint64_t task_size;
};

static bool count_map(void *ctx, const char *line, size_t len)
{
	struct count *count = ctx;
	struct rg_vma vma;

	/* [vsyscall] has a line and is no vma */
	if (rg_maps_parse_line(line, len, &vma) >= 0 &&
	    vma.start < count->task_size)
		count->nr++;
	return true;
}

static void fetch_map_count(const struct fetch *fetch)
{
	struct count count = { .task_size = fetch->limits->task_size };

	fetch_number(fetch, RG_LIMIT_MAX_MAP_COUNT, "sys/vm/max_map_count");
	/* total pages bound the count from above, and are cheaper */
	fetch_totals(fetch);
	if (fetch->all_maps &&
	    !rg_proc_lines(fetch->tid, "maps", count_map, &count))
		rg_limits_set(fetch->limits, RG_LIMIT_MAP_COUNT, count.nr);
}

static void fetch_rlimits(const struct fetch *fetch)
{
	struct rlimit as, data, memlock;

	if (prlimit(fetch->tid, RLIMIT_AS, NULL, &as) ||
	    prlimit(fetch->tid, RLIMIT_DATA, NULL, &data) ||
	    prlimit(fetch->tid, RLIMIT_MEMLOCK, NULL, &memlock))
		return;
	rg_limits_set(fetch->limits, RG_LIMIT_RLIMIT_AS, as.rlim_cur);
	rg_limits_set(fetch->limits, RG_LIMIT_RLIMIT_DATA, data.rlim_cur);
	rg_limits_set(fetch->limits, RG_LIMIT_RLIMIT_DATA_MAX, data.rlim_max);
	rg_limits_set(fetch->limits, RG_LIMIT_RLIMIT_MEMLOCK, memlock.rlim_cur);
}

static void fetch_commit(const struct fetch *fetch)
{
	fetch_number(fetch, RG_LIMIT_OVERCOMMIT, "sys/vm/overcommit_memory");
	fetch_meminfo(fetch);
	if (fetch->limits->overcommit != 2)
		return;
	fetch_reserve(fetch, RG_LIMIT_ADMIN_RESERVE_PAGES,
		      "sys/vm/admin_reserve_kbytes");
	fetch_reserve(fetch, RG_LIMIT_USER_RESERVE_PAGES,
		      "sys/vm/user_reserve_kbytes");
}

/* A capability counts only in the first user namespace. */
static bool in_initial_namespace(pid_t tid, bool *ret_initial)
{
	char path[RG_PROC_PATH_MAX];
	char link[64];
	ssize_t len;

	rg_proc_path(tid, "ns/user", path);
	len = readlink(path, link, sizeof(link));
	if (len < 0)
		return false;
	*ret_initial = len == sizeof(INITIAL_USER_NAMESPACE) - 1 &&
		       !memcmp(link, INITIAL_USER_NAMESPACE, (size_t)len);
	return true;
}

/* "CapEff:	000001fffeffffff" */
static bool take_caps(void *ctx, const char *line, size_t len)
{
	static const char key[] = "CapEff:";
	uint64_t *caps = ctx;

	if (len < sizeof(key) || strncmp(line, key, sizeof(key) - 1))
		return true;
	*caps = strtoull(line + sizeof(key) - 1, NULL, 16);
	return false;
}

static void fetch_caps(const struct fetch *fetch)
{
	static const struct {
		enum rg_limit limit;
		unsigned cap;
	} wanted[] = {
		{ RG_LIMIT_CAP_IPC_LOCK, CAP_IPC_LOCK },
		{ RG_LIMIT_CAP_SYS_RAWIO, CAP_SYS_RAWIO },
		{ RG_LIMIT_CAP_SYS_ADMIN, CAP_SYS_ADMIN },
	};
	uint64_t caps = UINT64_MAX;
	bool initial = false;

	if (rg_proc_lines(fetch->tid, "status", take_caps, &caps) ||
	    caps == UINT64_MAX)
		return;
	/* without the capability the namespace does not matter */
	if (caps && !in_initial_namespace(fetch->tid, &initial))
		return;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		rg_limits_set(fetch->limits, wanted[i].limit,
			      initial && caps >> wanted[i].cap & 1);
}

static void fetch_min_addr(const struct fetch *fetch)
{
	fetch_number(fetch, RG_LIMIT_MMAP_MIN_ADDR, "sys/vm/mmap_min_addr");
}

static const struct group {
	uint32_t unknown; /* any of enum rg_unknown */
	void (*fetch)(const struct fetch *fetch);
} groups[] = {
	{ RG_UNKNOWN_RLIMITS, fetch_rlimits },
	{ RG_UNKNOWN_CAPS, fetch_caps },
	{ RG_UNKNOWN_TOTALS | RG_UNKNOWN_LOCKED, fetch_totals },
	{ RG_UNKNOWN_MAP_COUNT, fetch_map_count },
	{ RG_UNKNOWN_COMMIT | RG_UNKNOWN_ACCOUNT, fetch_commit },
	{ RG_UNKNOWN_MIN_ADDR, fetch_min_addr },
};

bool rg_numbers_fetch(pid_t tid, struct rg_limits *limits, uint32_t unknown,
		      bool all_maps)
{
	const struct fetch fetch = { tid, limits, all_maps };
	uint32_t before = limits->known;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (unknown & groups[i].unknown)
			groups[i].fetch(&fetch);
	}
	return limits->known != before;
}
