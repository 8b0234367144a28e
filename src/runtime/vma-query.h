/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_VMA_QUERY_H
#define RG_RUNTIME_VMA_QUERY_H

/*
 * The process's own mappings: one at a time with PROCMAP_QUERY (Linux 6.11),
 * else by reading /proc/self/maps as far as needed.
 */

#include "runtime/process.h"
#include "runtime/sys.h"
#include "trace/procmap.h"

#define RG_VMA_QUERY_MEMO 8
#define RG_VMA_QUERY_NAME 256

/* One question to the kernel, and its answer. */
struct rg_vma_answer {
	struct rg_procmap arg;
	int ret; /* 0, or -errno */
	char name[RG_VMA_QUERY_NAME];
};

/*
 * Ask it. In the function that the question is for: the first return after a
 * system call that was called before it takes long, and this way there is none
 * before the next one.
 */
__attribute__((always_inline)) static inline void
rg_vma_query_ask(int fd, uint64_t addr, struct rg_vma_answer *answer)
{
	answer->arg.size = sizeof(answer->arg);
	answer->arg.query_flags = RG_PROCMAP_COVERING_OR_NEXT;
	answer->arg.query_addr = addr;
	answer->arg.vma_name_size = sizeof(answer->name);
	answer->arg.build_id_size = 0;
	answer->arg.vma_name_addr = (uint64_t)(uintptr_t)answer->name;
	answer->arg.build_id_addr = 0;
	answer->ret = rg_sys_ioctl(fd, RG_PROCMAP_QUERY, &answer->arg);
}

/* The descriptor to ask; negative where there is none yet. */
static inline int rg_vma_query_fd(struct rg_process *process)
{
	return atomic_load_explicit(&process->maps_fd, memory_order_relaxed) -
	       1;
}

/*
 * The context of the lookups below; zero but for the first two. It remembers
 * the answers, so that a plan made twice is made on the same mappings.
 */
struct rg_vma_query {
	struct rg_process *process;
	bool all_flags; /* read VmFlags in smaps too: exact, and slow */
	/* What was asked before anyone looked; NULL, or used up. */
	const struct rg_vma_answer *ahead;
	uint32_t nr;
	struct rg_vma_met {
		uint64_t addr;
		int ret;
		struct rg_vma vma; /* with a ret of 1 */
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
