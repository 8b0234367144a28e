/* SPDX-License-Identifier: MIT */
#ifndef REMAPGUARD_MODEL_H
#define REMAPGUARD_MODEL_H

/*
 * The decision model of mremap(2): given what a caller asks, what is mapped
 * and which kernel runs, say what that kernel will do, or which of its checks
 * refuses, and what a refusal leaves behind.
 *
 * Pure: nothing here does I/O, allocates, reads errno or keeps state. Every
 * function may be called from any thread, from a signal handler, or in a
 * program that judges another process. All addresses and lengths are bytes in
 * 64 bits, whatever process they come from; ranges are half open,
 * [start, end). Counts called *_pages are pages of rg_limits.page_size.
 *
 * Link with -lremapguard-model (pkg-config remapguard-model). Since 0.1
 * unless a line says otherwise.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The flags of mremap(2); linux/mman.h, DONTUNMAP since Linux 5.7. */
#define RG_MREMAP_MAYMOVE 1u
#define RG_MREMAP_FIXED 2u
#define RG_MREMAP_DONTUNMAP 4u
#define RG_MREMAP_KNOWN_FLAGS 7u

/* ------------------------------------------------------------ the request */

/* What the caller asked: the five raw arguments, nothing rounded. */
struct rg_request {
	uint64_t addr;	  /* old address */
	uint64_t old_len; /* bytes; 0, or rounding to 0, asks for a duplicate */
	uint64_t new_len; /* bytes */
	uint64_t flags;	  /* all 64 bits as the kernel gets them */
	uint64_t new_addr; /* also when no flag asks for it: hugetlb reads it */
};

/* ------------------------------------------------------------- mappings */

/*
 * Properties of a vma. A bit of rg_vma.flags means something only where the
 * same bit of rg_vma.known is set. In comments: the kernel's name, and the
 * two letters in the VmFlags line of /proc/PID/smaps.
 */
enum rg_vma_flag {
	RG_VMA_READ = 1u << 0,
	RG_VMA_WRITE = 1u << 1,
	RG_VMA_EXEC = 1u << 2,
	RG_VMA_SHARED = 1u << 3,     /* VM_MAYSHARE: `s` in maps */
	RG_VMA_GROWSDOWN = 1u << 4,  /* VM_GROWSDOWN, gd */
	RG_VMA_LOCKED = 1u << 5,     /* VM_LOCKED, lo */
	RG_VMA_ACCOUNT = 1u << 6,    /* VM_ACCOUNT, ac */
	RG_VMA_DONTEXPAND = 1u << 7, /* VM_DONTEXPAND, de */
	RG_VMA_PFNMAP = 1u << 8,     /* VM_PFNMAP, pf */
	RG_VMA_IO = 1u << 9,	     /* VM_IO, io */
	RG_VMA_MIXEDMAP = 1u << 10,  /* VM_MIXEDMAP, mm */
	RG_VMA_HUGETLB = 1u << 11,   /* VM_HUGETLB, ht */
	RG_VMA_SEALED = 1u << 12,    /* VM_SEALED, sl */
	RG_VMA_UFFD = 1u << 13,	     /* userfaultfd armed, um uw ui */
	RG_VMA_MERGEABLE = 1u << 14, /* VM_MERGEABLE (KSM), mg */
	/* vm_ops->may_split refuses: vdso, vvar, perf buffers, uprobes' page */
	RG_VMA_UNSPLITTABLE = 1u << 15,
	/* its file chooses addresses itself; all but SysV's may refuse ours */
	RG_VMA_PICKS_ADDRESS = 1u << 16,
	/* vm_ops->mremap may refuse the move: aio ring, uprobes' page */
	RG_VMA_VETOES_MOVE = 1u << 17,
	/* what it is for: findings ask, no check does */
	RG_VMA_HEAP = 1u << 18,	 /* [heap]: the brk area */
	RG_VMA_STACK = 1u << 19, /* [stack] */
	/* of a loaded ELF object, where the lookup asked for it */
	RG_VMA_LOADED = 1u << 20,
};

/* What backs a vma, as far as it can be told. */
enum rg_vma_kind {
	RG_KIND_UNKNOWN, /* not to be told: its flags stay unknown */
	RG_KIND_ANON,	 /* private anonymous, also [heap] and [stack] */
	RG_KIND_FILE,	 /* regular file */
	RG_KIND_SHMEM,	 /* shared anonymous, memfd, SysV, /dev/shm */
	RG_KIND_HUGETLB,
	RG_KIND_SPECIAL, /* [vdso], [vvar], [uprobes], … */
	RG_KIND_DRIVER,	 /* /dev/…, anon_inode:…, /[aio], sockets */
};

/* One mapping. */
struct rg_vma {
	uint64_t start;
	uint64_t end;
	uint64_t offset;    /* bytes into the file; 0 for private anonymous */
	uint64_t inode;	    /* 0 when nothing is behind it */
	uint64_t page_size; /* bytes; larger than rg_limits' for hugetlb */
	uint32_t dev;	    /* major << 20 | minor */
	uint32_t flags;	    /* enum rg_vma_flag */
	uint32_t known; /* which bits of flags were seen or follow from kind */
	enum rg_vma_kind kind;
};

/* ------------------------------------------------ the process's numbers */

/* Names the fields of struct rg_limits, in its order. */
enum rg_limit {
	RG_LIMIT_PAGE_SIZE,
	RG_LIMIT_TASK_SIZE,
	RG_LIMIT_UNTAG_MASK,
	RG_LIMIT_MAP_COUNT,
	RG_LIMIT_MAX_MAP_COUNT,
	RG_LIMIT_MMAP_MIN_ADDR,
	RG_LIMIT_RLIMIT_AS,
	RG_LIMIT_RLIMIT_DATA,
	RG_LIMIT_RLIMIT_DATA_MAX,
	RG_LIMIT_RLIMIT_MEMLOCK,
	RG_LIMIT_TOTAL_PAGES,
	RG_LIMIT_DATA_PAGES,
	RG_LIMIT_LOCKED_PAGES,
	RG_LIMIT_OVERCOMMIT,
	RG_LIMIT_MEMORY_PAGES,
	RG_LIMIT_COMMIT_LIMIT_PAGES,
	RG_LIMIT_COMMITTED_PAGES,
	RG_LIMIT_ADMIN_RESERVE_PAGES,
	RG_LIMIT_USER_RESERVE_PAGES,
	RG_LIMIT_CAP_IPC_LOCK,
	RG_LIMIT_CAP_SYS_RAWIO,
	RG_LIMIT_CAP_SYS_ADMIN,
	RG_NR_LIMITS
};

/*
 * Limits and totals the checks compare with. A field counts only when
 * its bit, 1 << RG_LIMIT_…, is set in known; a plan that would need another
 * says so in rg_plan.unknown. rg_limits_default() is a place to start.
 */
struct rg_limits {
	uint32_t known;
	uint64_t page_size;	     /* bytes, a power of two */
	uint64_t task_size;	     /* first address no mapping may reach */
	uint64_t untag_mask;	     /* and-ed to addr (arm64 TBI, x86 LAM) */
	uint64_t map_count;	     /* vmas of the process, [vsyscall] apart */
	uint64_t max_map_count;	     /* vm.max_map_count */
	uint64_t mmap_min_addr;	     /* vm.mmap_min_addr, bytes */
	uint64_t rlimit_as;	     /* bytes, UINT64_MAX is no limit */
	uint64_t rlimit_data;	     /* bytes, soft */
	uint64_t rlimit_data_max;    /* bytes, hard */
	uint64_t rlimit_memlock;     /* bytes, soft */
	uint64_t total_pages;	     /* VmSize */
	uint64_t data_pages;	     /* VmData */
	uint64_t locked_pages;	     /* VmLck */
	uint64_t overcommit;	     /* vm.overcommit_memory: 0, 1 or 2 */
	uint64_t memory_pages;	     /* MemTotal + SwapTotal */
	uint64_t commit_limit_pages; /* CommitLimit */
	uint64_t committed_pages;    /* Committed_AS */
	uint64_t admin_reserve_pages; /* vm.admin_reserve_kbytes */
	uint64_t user_reserve_pages;  /* vm.user_reserve_kbytes */
	uint64_t cap_ipc_lock;	/* 1 or 0, in the initial user namespace */
	uint64_t cap_sys_rawio; /* 1 or 0, likewise */
	uint64_t cap_sys_admin; /* 1 or 0, likewise */
};

/* The address space a request is judged against. */
struct rg_mm {
	/*
	 * The lowest vma with end > addr: the one holding addr, or the next
	 * above it. Returns 1 and fills *ret_vma; 0 when there is none; a
	 * negative errno when it cannot be told, which the plan then says
	 * (RG_UNKNOWN_VMAS). NULL is the same as always failing. Called only
	 * inside rg_plan_make(), with ctx below.
	 */
	int (*find_vma)(void *ctx, uint64_t addr, struct rg_vma *ret_vma);
	void *ctx;
	struct rg_limits limits;
};

/* -------------------------------------------------------------- kernels */

/* Kernels that decide alike; docs/model.md has what sets them apart. */
enum rg_generation {
	RG_GEN_UNKNOWN, /* never planned for: see rg_kernel_from_release() */
	RG_GEN_G0,	/* 5.7 to 5.12 */
	RG_GEN_G1,	/* 5.13 to 5.15 */
	RG_GEN_G2,	/* 5.16 to 6.9 */
	RG_GEN_G3A,	/* 6.10, 6.11: mseal looks at the whole range */
	RG_GEN_G3B,	/* 6.12 to 6.14: mseal looks at the first vma */
	RG_GEN_G4,	/* 6.15, 6.16: arguments checked before the lookup */
	RG_GEN_G5,	/* 6.17 to 7.0: vma checked before anything is undone */
	RG_GEN_G6,	/* 7.1 and later: map count checked on every call */
	RG_NR_GENERATIONS
};

/* Which rules apply. */
struct rg_kernel {
	enum rg_generation generation;
	uint32_t version; /* RG_KERNEL_VERSION(6, 18), for rules inside one */
};

#define RG_KERNEL_VERSION(major, minor)                                        \
	((uint32_t)(major) << 16 | (uint32_t)(minor))

/*
 * The kernel that a release string ("6.18.44-amd64") names. Backports exist:
 * where behaviour was probed, set generation from the probes instead.
 * Return: false, *ret_kernel untouched, for what is no release or is older
 * than 5.7. A release newer than the newest known gets the newest rules.
 */
bool rg_kernel_from_release(const char *release, struct rg_kernel *ret_kernel);

/* "G5", and the reverse; NULL or RG_GEN_UNKNOWN for no generation. */
const char *rg_generation_name(enum rg_generation generation);
enum rg_generation rg_generation_from_name(const char *name);
/* "6.17 to 7.0", and one sentence on what is new in it. */
const char *rg_generation_releases(enum rg_generation generation);
const char *rg_generation_summary(enum rg_generation generation);

/* --------------------------------------------------------------- checks */

/*
 * One condition under which a call is refused, in no order: each kernel has
 * its own. rg_check_info() has errno, name and sentence; docs/model.md has
 * who tests it when. Beside it stands where the kernel does: a function of
 * mm/mremap.c in 6.17, or in another file of that kernel. What is in
 * check_mremap_params() was in the system call and mremap_to() before 6.15,
 * its range and overlap until 6.17; what is in check_prep_vma() was in
 * vma_to_resize(), in 6.15 in resize_is_valid(). Values are stored in traces:
 * add at the end, never renumber.
 */
enum rg_check {
	RG_CHECK_NONE,
	/* arguments: check_mremap_params() */
	RG_CHECK_LIBC_FLAGS, /* libc itself refuses unknown flags */
	RG_CHECK_FLAGS,
	RG_CHECK_ADDR_ALIGN,
	RG_CHECK_NEW_LEN_ZERO,
	RG_CHECK_NEW_LEN_RANGE,
	RG_CHECK_NEW_ADDR_RANGE,
	RG_CHECK_NEW_ADDR_ALIGN,
	RG_CHECK_FIXED_MAYMOVE,
	RG_CHECK_DONTUNMAP_MAYMOVE,
	RG_CHECK_DONTUNMAP_RESIZE,
	RG_CHECK_OVERLAP, /* vrm_overlaps() */
	/* room for more vmas: before anything, and when a move starts */
	RG_CHECK_MAP_COUNT,	 /* check_mremap_params(); 7.1: of all calls */
	RG_CHECK_MOVE_MAP_COUNT, /* prep_move_vma(); 6.14: move_vma() */
	/* the source: do_mremap(), check_prep_vma() */
	RG_CHECK_SOURCE_UNMAPPED,
	RG_CHECK_SOURCE_SEALED, /* can_modify_vma(); 6.10: can_modify_mm() */
	RG_CHECK_HUGETLB_MOVE,	/* before 5.16: not at all */
	RG_CHECK_HUGETLB_ADDR_ALIGN,	 /* align_hugetlb() */
	RG_CHECK_HUGETLB_NEW_ADDR_ALIGN, /* align_hugetlb() */
	RG_CHECK_HUGETLB_GROW,		 /* align_hugetlb() */
	RG_CHECK_DUPLICATE_PRIVATE,
	RG_CHECK_DONTUNMAP_SHARED, /* before 5.13: private anonymous only */
	RG_CHECK_DONTUNMAP_SPECIAL,
	RG_CHECK_CROSSES_VMA,
	RG_CHECK_OFFSET_WRAP,
	RG_CHECK_GROW_SPECIAL,
	RG_CHECK_MLOCK_LIMIT,	      /* mlock_future_ok() */
	RG_CHECK_ADDRESS_SPACE_LIMIT, /* may_expand_vm() */
	RG_CHECK_DATA_LIMIT,	      /* may_expand_vm() */
	RG_CHECK_COMMIT_LIMIT,	      /* __vm_enough_memory(), mm/util.c */
	/* growing in place: expand_vma() */
	RG_CHECK_NO_ROOM,	 /* vma_expandable(), and no MAYMOVE */
	RG_CHECK_EXTEND_SPECIAL, /* VM_IO, VM_MIXEDMAP: no second try */
	/* undoing the destination and the source's tail: munmap, mm/vma.c */
	RG_CHECK_DEST_SEALED,	    /* can_modify_vma() */
	RG_CHECK_DEST_UNSPLITTABLE, /* vm_ops->may_split() */
	RG_CHECK_DEST_MAP_COUNT,
	RG_CHECK_TAIL_RANGE,	    /* do_vmi_munmap() */
	RG_CHECK_TAIL_SEALED,	    /* can_modify_vma() */
	RG_CHECK_TAIL_UNSPLITTABLE, /* vm_ops->may_split() */
	RG_CHECK_TAIL_MAP_COUNT,
	RG_CHECK_SOURCE_GONE, /* the destination was the source */
	/* the move: get_unmapped_area() of mm/mmap.c, then move_vma() */
	RG_CHECK_NO_SPACE,    /* no hole in the address space is large enough */
	RG_CHECK_LOW_ADDRESS, /* cap_mmap_addr(), security/commoncap.c */
	RG_CHECK_DRIVER_ADDRESS, /* f_op->get_unmapped_area() */
	RG_CHECK_UNSPLITTABLE,	 /* vm_ops->may_split() */
	RG_CHECK_KSM,		 /* ksm_madvise() */
	RG_CHECK_DRIVER_MOVE,	 /* vm_ops->mremap() */
	/* several mappings in one call: remap_move() */
	RG_CHECK_MULTI_GAP,
	RG_CHECK_MULTI_UNFIT, /* vma_multi_allowed() */
	/* the move again: move_hugetlb_page_tables(), mm/hugetlb.c */
	RG_CHECK_HUGETLB_MISCOUNT, /* its length does not fit its type */
	RG_NR_CHECKS
};

struct rg_check_info {
	const char *id;	      /* "RG_CHECK_OVERLAP" */
	const char *name;     /* "overlap": what JSON and traces show */
	const char *sentence; /* why, for people; no final stop */
	int error;	      /* the errno, positive */
};

/*
 * Return: the row of a check; NULL for a value outside the enum and for
 * RG_CHECK_NONE. Never changes, never freed.
 */
const struct rg_check_info *rg_check_info(enum rg_check check);
/* By id or name; RG_CHECK_NONE for no such check. */
enum rg_check rg_check_from_name(const char *name);
/* Does this generation test it at all? */
bool rg_generation_has_check(enum rg_generation generation,
			     enum rg_check check);

/*
 * The checks that need the arguments, the page and the task size alone, in
 * the kernel's order: check_mremap_params() of Linux 6.15 and what stands for
 * it before. RG_CHECK_NONE when all pass. Reads no mapping and no count.
 */
enum rg_check rg_params_check(const struct rg_request *req,
			      const struct rg_limits *limits,
			      const struct rg_kernel *kernel);

/* ----------------------------------------------------------------- plan */

/* What becomes of the range. Stored in traces: never renumber. */
enum rg_path {
	RG_PATH_INVALID,
	RG_PATH_REFUSE,
	RG_PATH_NO_RESIZE,
	RG_PATH_SHRINK,
	RG_PATH_EXPAND_IN_PLACE,
	RG_PATH_MOVE,
	RG_PATH_DUPLICATE,
	RG_PATH_DONTUNMAP,
	RG_PATH_MULTI_MOVE,
	RG_NR_PATHS
};

/* "no-resize", "expand-in-place", …; NULL outside the enum. */
const char *rg_path_name(enum rg_path path);

/* What a refusal leaves undone: bits of rg_plan.damage. */
enum rg_damage {
	RG_DAMAGE_DEST_UNMAPPED = 1u << 0,
	RG_DAMAGE_TAIL_UNMAPPED = 1u << 1,
	RG_DAMAGE_SOURCE_UNMAPPED = 1u
				    << 2, /* the destination was the source */
	RG_DAMAGE_VMAS_MOVED = 1u << 3,	  /* some of a multi-move stay moved */
	RG_DAMAGE_VMA_SPLIT = 1u << 4,	  /* one vma may now be two */
};
#define RG_NR_DAMAGES 5

/* "destination-unmapped", … for one bit; NULL for anything else. */
const char *rg_damage_name(enum rg_damage damage);

/* How page tables move: whole 1 GB or 2 MB entries, or page by page. */
enum rg_cost { RG_COST_NONE, RG_COST_PTE, RG_COST_PMD, RG_COST_PUD };
const char *rg_cost_name(enum rg_cost cost);

/*
 * Inputs that could not be seen and could change the answer: bits of
 * rg_plan.unknown. Stored in traces: never renumber.
 */
enum rg_unknown {
	RG_UNKNOWN_KERNEL = 1u << 0,	 /* no rules for this kernel */
	RG_UNKNOWN_VMAS = 1u << 1,	 /* find_vma failed */
	RG_UNKNOWN_SEALED = 1u << 2,	 /* is a vma sealed? */
	RG_UNKNOWN_LOCKED = 1u << 3,	 /* is it mlocked? */
	RG_UNKNOWN_SPECIAL = 1u << 4,	 /* driver flags and hooks */
	RG_UNKNOWN_ACCOUNT = 1u << 5,	 /* is it charged? */
	RG_UNKNOWN_UFFD = 1u << 6,	 /* is userfaultfd armed on it? */
	RG_UNKNOWN_KSM = 1u << 7,	 /* is it KSM-mergeable? */
	RG_UNKNOWN_MAP_COUNT = 1u << 8,	 /* map count or its maximum */
	RG_UNKNOWN_TOTALS = 1u << 9,	 /* total, data or locked pages */
	RG_UNKNOWN_RLIMITS = 1u << 10,	 /* RLIMIT_AS, DATA or MEMLOCK */
	RG_UNKNOWN_COMMIT = 1u << 11,	 /* overcommit mode or numbers */
	RG_UNKNOWN_CAPS = 1u << 12,	 /* capabilities */
	RG_UNKNOWN_TASK_SIZE = 1u << 13, /* task size, page size, untagging */
	RG_UNKNOWN_MIN_ADDR = 1u << 14,	 /* mmap_min_addr */
	RG_UNKNOWN_GROWSDOWN = 1u << 15, /* is it a stack? */
};
#define RG_NR_UNKNOWNS 16

/* "sealed", "map-count", … for one bit; NULL for anything else. */
const char *rg_unknown_name(enum rg_unknown unknown);

/* One thing the kernel does to the address space, in order. */
enum rg_step_kind {
	RG_STEP_NONE,
	RG_STEP_UNMAP_DEST, /* [start, start+len) is unmapped for the caller */
	RG_STEP_UNMAP_TAIL, /* the source's tail is unmapped */
	RG_STEP_EXPAND,	    /* [start, start+len) is added in place */
	RG_STEP_PICK,	    /* the kernel picks a hole of len bytes */
	RG_STEP_MOVE,	    /* pages of [start, start+len) go to `to` */
	RG_STEP_COPY,	    /* mapped again at `to`; pages stay (duplicate) */
	RG_STEP_UNMAP_SOURCE,
	RG_STEP_KEEP_SOURCE, /* DONTUNMAP: stays mapped, empty */
	RG_NR_STEP_KINDS
};

const char *rg_step_name(enum rg_step_kind kind);

struct rg_step {
	enum rg_step_kind kind;
	uint64_t start;
	uint64_t len;
	uint64_t to; /* RG_STEP_MOVE, COPY; 0 where the kernel picks */
};

#define RG_PLAN_MAX_STEPS 8

/* What the kernel will do. A value: nothing in it points anywhere. */
struct rg_plan {
	enum rg_path path;   /* RG_PATH_REFUSE when check refuses */
	enum rg_check check; /* which check, or RG_CHECK_NONE */
	int error;	     /* its errno, positive; 0 when not refused */
	bool fixed;	     /* MREMAP_FIXED was asked for and is valid */
	enum rg_cost cost;   /* of moving the pages, if any were there */
	uint32_t damage;     /* enum rg_damage */
	uint32_t unknown;    /* enum rg_unknown */
	/*
	 * Checks that would refuse if what is unknown were otherwise, as
	 * 1 << enum rg_check. An outcome that is one of these is no mismatch.
	 */
	uint64_t may_refuse;
	/*
	 * Those of them that would leave damage. A certain refusal is in both
	 * where all that is not known is whether it leaves any.
	 */
	uint64_t may_refuse_late;
	/*
	 * Could a refused call succeed, or an in-place one move, if what is
	 * unknown were otherwise? may_refuse then has what a move would meet.
	 */
	bool may_succeed;
	bool may_move;
	uint64_t result;       /* the address returned, 0 if the kernel picks */
	uint64_t result_align; /* the picked address is a multiple of this */
	struct rg_vma source; /* the vma at addr; end == 0 when there is none */
	uint32_t nr_vmas;     /* vmas that take part, 0 when refused */
	uint64_t moved_len;   /* bytes of address space that change place */
	/*
	 * The first steps, up to RG_PLAN_MAX_STEPS; of a refused call those
	 * done before it. nr_steps counts them all: a multi-move may have
	 * more than are listed.
	 */
	uint32_t nr_steps;
	struct rg_step steps[RG_PLAN_MAX_STEPS];
};

/*
 * Plan a request. Calls mm->find_vma as often as the kernel would look;
 * allocates nothing; uses under 1.5 KB of stack beside the callback's.
 * Return: the plan. Where an input is missing the plan is what happens in the
 * ordinary case (not sealed, not locked, limits not reached) with the input
 * named in unknown. RG_UNKNOWN_KERNEL or RG_UNKNOWN_VMAS with a path of
 * RG_PATH_INVALID: nothing can be said.
 */
struct rg_plan rg_plan_make(const struct rg_request *req,
			    const struct rg_mm *mm,
			    const struct rg_kernel *kernel);

/*
 * As that, without a copy, for who plans every call of a program. Of the
 * steps only those that nr_steps counts are written.
 */
void rg_plan_put(struct rg_plan *plan, const struct rg_request *req,
		 const struct rg_mm *mm, const struct rg_kernel *kernel);

/*
 * Is the refusal that is planned certain, and its errno with it? Nothing that
 * was not seen could let the call succeed, or fail with another errno.
 */
bool rg_plan_refuses_surely(const struct rg_plan *plan);

/* -------------------------------------------------------------- outcome */

/* How a plan compares with what the kernel did. Stored in traces. */
enum rg_agreement {
	RG_AGREE_NONE,	   /* there was no plan, or it says nothing */
	RG_AGREE_YES,	   /* same errno, path and, where planned, address */
	RG_AGREE_UNKNOWN,  /* differs, as an unknown input may explain */
	RG_AGREE_MISMATCH, /* differs, and nothing explains it */
	RG_NR_AGREEMENTS
};

/*
 * Compare a plan with the raw result of the system call (an address, or a
 * negative errno).
 */
enum rg_agreement rg_plan_compare(const struct rg_plan *plan,
				  const struct rg_request *req, int64_t result);

/*
 * The path a finished call took, read off arguments and result alone. Cannot
 * tell a multi-move from a move, nor how far a hugetlb length was rounded:
 * where there is a plan that agrees, its path says more.
 */
enum rg_path rg_path_observed(const struct rg_request *req, int64_t result,
			      const struct rg_limits *limits);

/* ------------------------------------------------------------- explained */

/* How a call fared where it was stopped, or might have been. */
enum rg_fate {
	RG_FATE_PASSED, /* of a step: it was done */
	RG_FATE_REFUSED,
	RG_FATE_POSSIBLE, /* may have refused: what decides is not known */
	RG_FATE_UNKNOWN,  /* passed, or never reached */
	RG_FATE_NOT_REACHED,
	RG_NR_FATES
};

/* "passed", …; NULL outside the enum. */
const char *rg_fate_name(enum rg_fate fate);

/* What must hold between a value and its bound for a check to pass. */
enum rg_relation { RG_EQUAL, RG_ABOVE, RG_AT_LEAST, RG_AT_MOST };

/* How a value is written. NONE: nothing is compared. */
enum rg_unit {
	RG_UNIT_NONE,
	RG_UNIT_ADDRESS,
	RG_UNIT_BYTES,
	RG_UNIT_COUNT,
	RG_UNIT_YES_NO, /* 1 or 0 */
};

struct rg_value {
	const char *name; /* for people; "" for a constant */
	uint64_t value;
	bool known;
};

/* The two values that a check compares. */
struct rg_comparison {
	enum rg_unit unit;
	enum rg_relation relation;
	struct rg_value value;
	struct rg_value bound;
};

/* A check on a call's way, or something the kernel does on it. */
struct rg_stop {
	enum rg_check check;	/* RG_CHECK_NONE: a step */
	enum rg_step_kind step; /* RG_STEP_NONE: a check */
	enum rg_fate fate;
	/* false: asked, but of no importance to a call of this kind */
	bool matters;
	struct rg_comparison compared;
};

/* A call, and what is known of how it went: as it was planned, or made. */
struct rg_account {
	const struct rg_request *req;
	const struct rg_kernel *kernel;
	const struct rg_limits *limits;
	struct rg_vma source; /* the vma at addr; end == 0: not known */
	enum rg_path path;    /* RG_PATH_INVALID: not known how it went */
	enum rg_check check;  /* that refused; NONE where that is not known */
	int error;	      /* of a refusal, positive */
	uint64_t may_refuse;  /* as in a plan: these are not certain */
	bool moves; /* known to have been refused while it was to move */
};

#define RG_MAX_STOPS 64

/*
 * The way of a call through its kernel: each check that is asked of such a
 * call, in that kernel's order, and what is done in between. What came of the
 * call is the account's, never decided anew; a value that it lacks and that
 * does not follow from the outcome stays unknown. Looks nothing up. Of a move
 * of several mappings the way of the one that decided.
 * Return: how many stops there are; 0 for a kernel without rules.
 */
size_t rg_explain(const struct rg_account *account,
		  struct rg_stop ret_stops[RG_MAX_STOPS]);

/* ------------------------------------------------------------- findings */

/*
 * A catalogued fact about one call: docs/findings.md. The kernel refuses it
 * (error), or accepts it and it is almost surely a mistake (hazard), costs
 * more than it had to (cost), or is worth knowing (info).
 */
enum rg_severity {
	RG_SEVERITY_ERROR,
	RG_SEVERITY_HAZARD,
	RG_SEVERITY_COST,
	RG_SEVERITY_INFO,
	RG_NR_SEVERITIES
};

/* "error", …; NULL outside the enum. */
const char *rg_severity_name(enum rg_severity severity);

/*
 * Places in a set of findings, RG_FINDING_BIT(). What people type and traces
 * store is rg_finding_info.number, which never changes.
 */
enum rg_finding {
	/* refused by the arguments alone */
	RG_FINDING_UNKNOWN_FLAGS,	  /* RG001 */
	RG_FINDING_UNALIGNED_ADDR,	  /* RG002 */
	RG_FINDING_ZERO_NEW_LEN,	  /* RG003 */
	RG_FINDING_HUGE_NEW_LEN,	  /* RG004 */
	RG_FINDING_UNALIGNED_NEW_ADDR,	  /* RG005 */
	RG_FINDING_FIXED_WITHOUT_MAYMOVE, /* RG006 */
	RG_FINDING_DONTUNMAP_RESIZE,	  /* RG007 */
	RG_FINDING_OVERLAP,		  /* RG008 */
	RG_FINDING_MAP_COUNT,		  /* RG009 */
	/* refused after looking at the mapping */
	RG_FINDING_UNMAPPED_SOURCE,   /* RG020 */
	RG_FINDING_SEALED,	      /* RG021 */
	RG_FINDING_HUGETLB_RULES,     /* RG022 */
	RG_FINDING_DUPLICATE_PRIVATE, /* RG023 */
	RG_FINDING_SPECIAL_DONTUNMAP, /* RG024 */
	RG_FINDING_CROSSES_VMA,	      /* RG025 */
	RG_FINDING_SPECIAL_GROW,      /* RG026 */
	RG_FINDING_MLOCK_LIMIT,	      /* RG027 */
	RG_FINDING_MEMORY_LIMIT,      /* RG028 */
	RG_FINDING_COMMIT_LIMIT,      /* RG029 */
	RG_FINDING_NO_ROOM,	      /* RG030 */
	RG_FINDING_LOW_ADDRESS,	      /* RG031 */
	RG_FINDING_UNSPLITTABLE,      /* RG032 */
	RG_FINDING_GAP_IN_SOURCE,     /* RG033 */
	RG_FINDING_TAIL_RANGE,	      /* RG034 */
	RG_FINDING_NO_SPACE,	      /* RG035 */
	/* accepted, and dangerous */
	RG_FINDING_CLOBBER,		 /* RG101 */
	RG_FINDING_DESTRUCTIVE_REFUSAL,	 /* RG102 */
	RG_FINDING_UNALIGNED_LENGTH,	 /* RG103 */
	RG_FINDING_SHRINK_PAST_VMA,	 /* RG104 */
	RG_FINDING_UNCHECKED_EXTENT,	 /* RG105 */
	RG_FINDING_TORN_MAPPING,	 /* RG106 */
	RG_FINDING_WRAPPED_OLD_LEN,	 /* RG107 */
	RG_FINDING_DUPLICATE_ONTO_SELF,	 /* RG108 */
	RG_FINDING_EXECUTABLE_MOVE,	 /* RG109 */
	RG_FINDING_LOADER_MAPPING,	 /* RG110 */
	RG_FINDING_HEAP_OR_STACK,	 /* RG111 */
	RG_FINDING_BEYOND_OBJECT,	 /* RG112 */
	RG_FINDING_OVERLAPPING_CALL,	 /* RG113 */
	RG_FINDING_STALE_RANGE,		 /* RG114 */
	RG_FINDING_STALE_ACCESS,	 /* RG115 */
	RG_FINDING_SPECIAL_MAPPING,	 /* RG116 */
	RG_FINDING_UFFD_LOST,		 /* RG117 */
	RG_FINDING_PAGE_SIZE_ASSUMPTION, /* RG118 */
	RG_FINDING_COMMIT_LEAK,		 /* RG119 */
	RG_FINDING_PARTIAL_MULTI_MOVE,	 /* RG120 */
	/* cost and information */
	RG_FINDING_SLOW_MOVE,	    /* RG201 */
	RG_FINDING_CREEPING_GROWTH, /* RG202 */
	RG_FINDING_MAP_COUNT_HIGH,  /* RG203 */
	RG_FINDING_BENIGN_PROBE,    /* RG204 */
	RG_FINDING_MISMATCH,	    /* RG205 */
	RG_NR_FINDINGS
};

#define RG_FINDING_BIT(finding) (UINT64_C(1) << (finding))

/* What is done about a finding. */
enum rg_action {
	RG_ACTION_IGNORE,
	RG_ACTION_NOTE,
	RG_ACTION_DENY, /* the kernel is not called */
	RG_ACTION_ABORT,
	RG_NR_ACTIONS
};

/* "ignore", …; NULL outside the enum. */
const char *rg_action_name(enum rg_action action);

/* Which actions the findings begin with. */
enum rg_profile {
	RG_PROFILE_AUDIT,
	RG_PROFILE_STRICT,
	RG_PROFILE_HARDENED,
	RG_PROFILE_DEBUG,
	RG_PROFILE_FAST,
	RG_NR_PROFILES
};

/* "audit", …; NULL outside the enum. */
const char *rg_profile_name(enum rg_profile profile);

struct rg_finding_info {
	const char *id;	      /* "RG101" */
	const char *name;     /* "clobber" */
	const char *sentence; /* what is wrong, for people; no final stop */
	uint8_t number;	      /* 101: what traces store */
	enum rg_severity severity;
	/* told only of calls whose mappings were looked at */
	bool needs_vmas;
	uint8_t actions[RG_NR_PROFILES]; /* enum rg_action, by profile */
	/* errno of a deny, positive; 0: the one the kernel would have given */
	int error;
};

/* Return: the row of a finding, NULL outside the enum. Never freed. */
const struct rg_finding_info *rg_finding_info(enum rg_finding finding);
/* By id or name, or by number; RG_NR_FINDINGS for no such finding. */
enum rg_finding rg_finding_from_name(const char *name);
enum rg_finding rg_finding_from_number(unsigned int number);
/* What a refusal by this check is reported as; RG_NR_FINDINGS for none. */
enum rg_finding rg_finding_of_check(enum rg_check check);

/* All of one severity, as a set of RG_FINDING_BIT(). Since 0.1. */
uint64_t rg_findings_of_severity(enum rg_severity severity);

/* What only somebody who sees all of a process's calls knows: bits. */
enum rg_fact {
	RG_FACT_OVERLAPPING_CALL = 1u << 0, /* another is in flight there */
	RG_FACT_MOVED_AWAY = 1u << 1,	    /* a call moved addr's range away */
	RG_FACT_CREEPING = 1u << 2, /* its site grows by steps that move */
};

/*
 * A call as it is looked at for findings: before it is made, and again with
 * what came of it. NULL stands for what was not looked at.
 */
struct rg_scene {
	const struct rg_request *req;
	const struct rg_kernel *kernel;
	const struct rg_limits *limits; /* page size at least */
	const struct rg_plan *plan;
	const struct rg_mm *mm; /* as it was when the plan was made */
	/*
	 * Is a range of private anonymous memory without pages? Returns 1 or
	 * 0, negative where it cannot be told.
	 */
	int (*is_empty)(void *ctx, uint64_t start, uint64_t end);
	/* Bytes of the object behind a vma; negative where unknown. */
	int64_t (*object_size)(void *ctx, const struct rg_vma *vma);
	void *ctx;
	uint64_t ignored;	/* findings not to look for, as a set */
	uint64_t stack_pointer; /* of the caller; 0: not known */
	uint32_t facts;		/* enum rg_fact */
	/* with these the call has been made */
	bool done;
	int64_t result; /* an address, or -errno */
	enum rg_path path;
	enum rg_check check; /* which refused, as far as known */
	uint32_t damage;
	enum rg_agreement agreement; /* NONE where another thread was faster */
};

/*
 * The findings of a call, as a set. Before it is made: all that a verdict may
 * go by; afterwards: what its outcome adds. *ret_judged, unless NULL, is the
 * set of those that could be told at all.
 */
uint64_t rg_findings(const struct rg_scene *scene, uint64_t *ret_judged);

/* -------------------------------------------------------------- limits */

/*
 * Limits of an ordinary 64-bit process on this architecture, to be completed:
 * page_size as given, task_size, untag_mask and mmap_min_addr are set and
 * known, nothing else is.
 */
struct rg_limits rg_limits_default(uint64_t page_size);

/* "page_size", …: the field's name, NULL outside the enum. */
const char *rg_limit_name(enum rg_limit limit);
/* Set a field and mark it known. False for no such field. */
bool rg_limits_set(struct rg_limits *limits, enum rg_limit limit,
		   uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
