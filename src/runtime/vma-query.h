/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_VMA_QUERY_H
#define RG_RUNTIME_VMA_QUERY_H

/*
 * The process's own mappings: one at a time with PROCMAP_QUERY (Linux 6.11),
 * else by reading /proc/self/maps as far as needed.
 */

#include "runtime/process.h"

#define RG_VMA_QUERY_MEMO 8

/*
 * The context of the lookups below; zero but for the first two. It remembers
 * the answers, so that a plan made twice is made on the same mappings.
 */
struct rg_vma_query {
	struct rg_process *process;
	bool all_flags; /* read VmFlags in smaps too: exact, and slow */
	uint32_t nr;
	struct {
		uint64_t addr;
		int ret;
		struct rg_vma vma;
	} memo[RG_VMA_QUERY_MEMO];
};

/* rg_mm.find_vma; ctx is a struct rg_vma_query. */
int rg_vma_query_find(void *ctx, uint64_t addr, struct rg_vma *ret_vma);

/*
 * As that, with the build id and path of the file behind it. path, of size
 * bytes, gets "" where there is none.
 */
struct rg_vma_file {
	struct rg_vma vma;
	uint8_t build_id_len;
	uint8_t build_id[32];
	char path[1024];
};
int rg_vma_query_file(struct rg_process *process, uint64_t addr,
		      struct rg_vma_file *ret_file);

/*
 * Call line() for each line of a file under /proc until it returns false.
 * At most limit bytes are read. Return: 0, or -errno.
 */
int rg_proc_read_lines(const char *path, uint64_t limit,
		       bool (*line)(void *ctx, const char *line, size_t len),
		       void *ctx);

/* May the program have called mseal(2)? Set by entry-*.S, too. */
extern uint8_t rg_mseal_seen;

/* In the constructor. */
void rg_vma_query_init(void);

#endif
