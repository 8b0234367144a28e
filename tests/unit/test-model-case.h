/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_MODEL_CASE_H
#define RG_TESTS_MODEL_CASE_H

/*
 * A case for the model: a request, the vmas around it and a few limits that
 * are not the ordinary ones.
 */

#include "remapguard/model.h"

#define PAGE UINT64_C(4096)
#define HUGE_PAGE UINT64_C(0x200000)
#define TASK_SIZE UINT64_C(0x7ffffffff000)
/* three places far from each other, 1 GB aligned */
#define A UINT64_C(0x100000000000)
#define B UINT64_C(0x200000000000)
#define C UINT64_C(0x300000000000)

#define MAYMOVE RG_MREMAP_MAYMOVE
#define FIXED RG_MREMAP_FIXED
#define DONTUNMAP RG_MREMAP_DONTUNMAP
#define TO (MAYMOVE | FIXED)
#define KEEP (MAYMOVE | DONTUNMAP)

#define RW (RG_VMA_READ | RG_VMA_WRITE)
#define ACC (RW | RG_VMA_ACCOUNT)
#define SHM (RW | RG_VMA_SHARED)
#define SPECIAL (RG_VMA_READ | RG_VMA_DONTEXPAND | RG_VMA_UNSPLITTABLE)
#define ALL_FLAGS ((1u << 21) - 1)

/* nr pages from at on, everything known */
#define VMA(at, pages, vma_flags, vma_kind)                                    \
	{                                                                      \
		.start = (at), .end = (at) + (pages)*PAGE, .page_size = PAGE,  \
		.flags = (vma_flags), .known = ALL_FLAGS, .kind = (vma_kind)   \
	}
#define ANON(at, pages, flags) VMA(at, pages, flags, RG_KIND_ANON)
#define FILE_(at, pages, flags) VMA(at, pages, flags, RG_KIND_FILE)
#define SHMEM(at, pages) VMA(at, pages, SHM, RG_KIND_SHMEM)
#define VDSO(at, pages) VMA(at, pages, SPECIAL, RG_KIND_SPECIAL)
#define HUGETLB(at, nr)                                                        \
	{                                                                      \
		.start = (at), .end = (at) + (nr)*HUGE_PAGE,                   \
		.page_size = HUGE_PAGE, .known = ALL_FLAGS,                    \
		.flags = SHM | RG_VMA_HUGETLB | RG_VMA_DONTEXPAND,             \
		.kind = RG_KIND_HUGETLB                                        \
	}

#define MAX_CASE_VMAS 5

struct limit_value {
	enum rg_limit limit;
	uint64_t value;
};

struct model_case {
	struct rg_request req;
	struct rg_vma vmas[MAX_CASE_VMAS]; /* ends at one with end 0 */
	struct limit_value limits[4];	   /* ends at one of 0 */
	uint32_t hide_limits;		   /* 1 << enum rg_limit */
	uint32_t hide_flags;		   /* enum rg_vma_flag, of all vmas */
};

struct case_space {
	const struct model_case *c;
	unsigned int lookups;
};

static inline int case_find_vma(void *ctx, uint64_t addr,
				struct rg_vma *ret_vma)
{
	struct case_space *space = ctx;
	const struct rg_vma *vma = space->c->vmas;

	space->lookups++;
	for (int i = 0; i < MAX_CASE_VMAS && vma[i].end; i++) {
		if (vma[i].end > addr) {
			*ret_vma = vma[i];
			ret_vma->known &= ~space->c->hide_flags;
			ret_vma->flags &= ret_vma->known;
			return 1;
		}
	}
	return 0;
}

/* An unprivileged process far from all of its limits. */
static inline struct rg_limits case_limits(const struct model_case *c)
{
	static const struct limit_value ordinary[] = {
		{ RG_LIMIT_TASK_SIZE, TASK_SIZE },
		{ RG_LIMIT_UNTAG_MASK, UINT64_MAX },
		{ RG_LIMIT_MAP_COUNT, 20 },
		{ RG_LIMIT_MAX_MAP_COUNT, 65530 },
		{ RG_LIMIT_MMAP_MIN_ADDR, 65536 },
		{ RG_LIMIT_RLIMIT_AS, UINT64_MAX },
		{ RG_LIMIT_RLIMIT_DATA, UINT64_MAX },
		{ RG_LIMIT_RLIMIT_DATA_MAX, UINT64_MAX },
		{ RG_LIMIT_RLIMIT_MEMLOCK, 8 << 20 },
		{ RG_LIMIT_TOTAL_PAGES, 1000 },
		{ RG_LIMIT_DATA_PAGES, 500 },
		{ RG_LIMIT_LOCKED_PAGES, 4 },
		{ RG_LIMIT_OVERCOMMIT, 0 },
		{ RG_LIMIT_MEMORY_PAGES, 1 << 22 },
		{ RG_LIMIT_COMMIT_LIMIT_PAGES, 1 << 21 },
		{ RG_LIMIT_COMMITTED_PAGES, 1 << 18 },
		{ RG_LIMIT_ADMIN_RESERVE_PAGES, 2048 },
		{ RG_LIMIT_USER_RESERVE_PAGES, 32768 },
		{ RG_LIMIT_CAP_IPC_LOCK, 0 },
		{ RG_LIMIT_CAP_SYS_RAWIO, 0 },
		{ RG_LIMIT_CAP_SYS_ADMIN, 0 },
	};
	struct rg_limits limits = rg_limits_default(PAGE);

	for (unsigned int i = 0; i < sizeof(ordinary) / sizeof(*ordinary); i++)
		rg_limits_set(&limits, ordinary[i].limit, ordinary[i].value);
	for (int i = 0; i < 4 && (c->limits[i].limit || c->limits[i].value);
	     i++)
		rg_limits_set(&limits, c->limits[i].limit, c->limits[i].value);
	limits.known &= ~c->hide_limits;
	return limits;
}

static inline struct rg_plan case_plan(const struct model_case *c,
				       const struct rg_kernel *kernel,
				       unsigned int *ret_lookups)
{
	struct case_space space = { c, 0 };
	struct rg_mm mm = { case_find_vma, &space, case_limits(c) };
	struct rg_plan plan = rg_plan_make(&c->req, &mm, kernel);

	*ret_lookups = space.lookups;
	return plan;
}

static inline const char *check_name(enum rg_check check)
{
	const struct rg_check_info *info = rg_check_info(check);

	return info ? info->name : "none";
}

#endif
