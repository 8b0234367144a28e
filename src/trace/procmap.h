/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_PROCMAP_H
#define RG_TRACE_PROCMAP_H

/*
 * The ioctl PROCMAP_QUERY on /proc/PID/maps (Linux 6.11): one mapping without
 * the text of all. Debian 12 has older headers. Making the call is the
 * caller's.
 */

#include <remapguard/model.h>

/* As in include/uapi/linux/fs.h. */
struct rg_procmap {
	uint64_t size;
	uint64_t query_flags;
	uint64_t query_addr;
	uint64_t vma_start;
	uint64_t vma_end;
	uint64_t vma_flags;
	uint64_t vma_page_size;
	uint64_t vma_offset;
	uint64_t inode;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint32_t vma_name_size;
	uint32_t build_id_size;
	uint64_t vma_name_addr;
	uint64_t build_id_addr;
};

/* _IOWR('f', 17, struct rg_procmap) */
#define RG_PROCMAP_QUERY 0xc0686611ul
#define RG_PROCMAP_COVERING_OR_NEXT 0x10

/* What the query and maps can show of a vma's flags. */
#define RG_PROCMAP_FLAGS                                                       \
	(RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED)

/* What was answered; name is the mapping's, base_page_size the process's. */
struct rg_vma rg_procmap_vma(const struct rg_procmap *answer, const char *name,
			     uint64_t base_page_size);

#endif
