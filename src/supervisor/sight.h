/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_SIGHT_H
#define RG_SUPERVISOR_SIGHT_H

/*
 * Another process's memory, as it is while one of its threads waits: its
 * mappings one at a time with PROCMAP_QUERY (Linux 6.11), else by reading its
 * maps; and what lies behind them.
 */

#include <remapguard/model.h>

#include <sys/types.h>

#define RG_SIGHT_MEMO 16
#define RG_SIGHT_EXTENTS 4

struct rg_sight {
	pid_t tid;
	uint64_t page_size;
	uint64_t task_size;
	bool all_flags; /* read VmFlags in smaps too: exact, and slow */
	int *maps;	/* a descriptor on them; -1: not opened yet */
	uint32_t nr;
	/* so that a plan made twice is made on the same mappings */
	struct rg_sighting {
		uint64_t addr;
		int ret;
		struct rg_vma vma;
	} memo[RG_SIGHT_MEMO];
	/* the last ones: a stack's frames lie in few */
	uint32_t nr_extents;
	struct rg_vma extents[RG_SIGHT_EXTENTS];
};

/* maps is the caller's to close, who may know that it still is tid's. */
void rg_sight_open(struct rg_sight *sight, pid_t tid,
		   const struct rg_limits *limits, int *maps);

/* From now on as exact as can be; what was seen before is looked at again. */
void rg_sight_look_closer(struct rg_sight *sight);

/* rg_mm.find_vma; ctx is a struct rg_sight. It is remembered. */
int rg_sight_find(void *ctx, uint64_t addr, struct rg_vma *ret_vma);

/*
 * Where the mapping that holds addr begins and ends, and what of which file it
 * is, of which more is not asked. Return: 0, or -errno.
 */
int rg_sight_extent(struct rg_sight *sight, uint64_t addr,
		    struct rg_vma *ret_vma);

/* The mapping that holds addr, with the path and build id of its file. */
struct rg_sight_file {
	struct rg_vma vma;
	uint8_t build_id_len;
	uint8_t build_id[32];
	char path[1024]; /* "" where there is none */
};
int rg_sight_file(struct rg_sight *sight, uint64_t addr,
		  struct rg_sight_file *ret_file);

/* The file at a path that the process sees, if it still is that inode. */
int rg_sight_open_file(const struct rg_sight *sight, const char *path,
		       uint64_t inode);

/* rg_scene.is_empty and rg_scene.object_size; ctx is a struct rg_sight. */
int rg_sight_is_empty(void *ctx, uint64_t start, uint64_t end);
int64_t rg_sight_object_size(void *ctx, const struct rg_vma *vma);

#endif
