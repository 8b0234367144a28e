/* SPDX-License-Identifier: MIT */

/*
 * What is not known: it is named where it could change the answer, and only
 * there. And what a finished call is compared with.
 */

#include "unit.h"

#include "test-model-case.h"

#include <errno.h>

#define HIDE(limit) (1u << RG_LIMIT_##limit)
#define MAY(check) (UINT64_C(1) << RG_CHECK_##check)
#define MAY_ALL ((UINT64_C(1) << RG_NR_CHECKS) - 2)
#define IN_PLACE RG_PATH_EXPAND_IN_PLACE

/* shared memory of which maps alone was seen: perhaps hugetlb */
#define PERHAPS_HUGE(at, nr)                                                   \
	{                                                                      \
		.start = (at), .end = (at) + (nr)*HUGE_PAGE,                   \
		.known = ALL_FLAGS & ~(RG_VMA_HUGETLB | RG_VMA_DONTEXPAND),    \
		.flags = SHM, .kind = RG_KIND_SHMEM                            \
	}

/* as perf's: it may refuse to be cut, and nothing else */
#define PERF(at, pages)                                                        \
	VMA(at, pages, SHM | RG_VMA_DONTEXPAND | RG_VMA_UNSPLITTABLE,          \
	    RG_KIND_DRIVER)

static const struct rg_kernel g6 = { RG_GEN_G6, RG_KERNEL_VERSION(7, 2) };
static const struct rg_kernel g5 = { RG_GEN_G5, RG_KERNEL_VERSION(6, 18) };
static const struct rg_kernel g2 = { RG_GEN_G2, RG_KERNEL_VERSION(6, 1) };
static const struct rg_kernel g0 = { RG_GEN_G0, RG_KERNEL_VERSION(5, 10) };

static const struct {
	const char *name;
	struct model_case c;
	const struct rg_kernel *kernel;
	enum rg_path path;
	uint32_t unknown;
	uint64_t may_refuse;
	bool may_move;
} rows[] = {
	{ "sealed",
	  { { A, PAGE, PAGE },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  RG_PATH_NO_RESIZE,
	  RG_UNKNOWN_SEALED,
	  MAY(SOURCE_SEALED) },
	{ "sealed, before there was mseal",
	  { { A, PAGE, PAGE },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g2,
	  RG_PATH_NO_RESIZE,
	  0,
	  0 },
	{ "sealed destination",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SEALED,
	  MAY(SOURCE_SEALED) | MAY(DEST_SEALED) },
	{ "locked, near the limit",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 4 * PAGE } },
	    .hide_flags = RG_VMA_LOCKED },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_LOCKED,
	  MAY(MLOCK_LIMIT) },
	{ "locked, far from the limit",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_LOCKED },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "locked, with CAP_IPC_LOCK",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_CAP_IPC_LOCK, 1 } },
	    .hide_limits = HIDE(RLIMIT_MEMLOCK),
	    .hide_flags = RG_VMA_LOCKED },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "RLIMIT_MEMLOCK of what is not locked",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(RLIMIT_MEMLOCK) | HIDE(CAP_IPC_LOCK) },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "RLIMIT_MEMLOCK of what is locked",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOCKED) },
	    .hide_limits = HIDE(RLIMIT_MEMLOCK) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_RLIMITS,
	  MAY(MLOCK_LIMIT) },
	{ "capability at RLIMIT_MEMLOCK",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 0 } },
	    .hide_limits = HIDE(CAP_IPC_LOCK) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_CAPS,
	  MAY(MLOCK_LIMIT) },
	{ "totals without limits",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(TOTAL_PAGES) | HIDE(DATA_PAGES) },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "totals with RLIMIT_AS",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1 << 30 } },
	    .hide_limits = HIDE(TOTAL_PAGES) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_TOTALS,
	  MAY(ADDRESS_SPACE_LIMIT) },
	{ "RLIMIT_AS",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(RLIMIT_AS) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_RLIMITS,
	  MAY(ADDRESS_SPACE_LIMIT) },
	{ "RLIMIT_DATA of what is read-only",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RG_VMA_READ) },
	    .hide_limits = HIDE(RLIMIT_DATA) },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "RLIMIT_DATA",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(RLIMIT_DATA) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_RLIMITS,
	  MAY(DATA_LIMIT) },
	{ "a stack at RLIMIT_DATA",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_DATA, PAGE } },
	    .hide_flags = RG_VMA_GROWSDOWN },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_GROWSDOWN,
	  MAY(DATA_LIMIT) },
	{ "pages that fell below zero, and come up again",
	  { { A, PAGE, 3 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_TOTAL_PAGES, -UINT64_C(2) } } },
	  &g0,
	  IN_PLACE,
	  RG_UNKNOWN_TOTALS,
	  MAY(ADDRESS_SPACE_LIMIT) },
	{ "map count of a small process",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(MAP_COUNT) },
	  &g5,
	  RG_PATH_MOVE,
	  0,
	  0 },
	{ "map count of a large process",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_TOTAL_PAGES, 1 << 20 } },
	    .hide_limits = HIDE(MAP_COUNT) },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_MAP_COUNT,
	  MAY(MAP_COUNT) | MAY(MOVE_MAP_COUNT) },
	{ "map count, once a locked source is cut",
	  { { A + PAGE, 3 * PAGE, 3 * PAGE, TO | DONTUNMAP, B },
	    { ANON(A, 2, RW | RG_VMA_LOCKED), ANON(A + 2 * PAGE, 1, 0),
	      ANON(A + 3 * PAGE, 1, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_MAP_COUNT, 65525 } } },
	  &g6,
	  RG_PATH_MULTI_MOVE,
	  RG_UNKNOWN_MAP_COUNT,
	  MAY(MOVE_MAP_COUNT) },
	{ "map count of a growth in place",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_TOTAL_PAGES, 1 << 20 } },
	    .hide_limits = HIDE(MAP_COUNT) | HIDE(MAX_MAP_COUNT) },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "charged or not, little",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_ACCOUNT },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "charged or not, more than there is",
	  { { A, PAGE, UINT64_C(1) << 40 },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_ACCOUNT },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_ACCOUNT,
	  MAY(COMMIT_LIMIT) },
	{ "charged or not, shared",
	  { { A, PAGE, UINT64_C(1) << 40 },
	    { SHMEM(A, 1) },
	    .hide_flags = RG_VMA_ACCOUNT },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "charged or not, overcommit mode 1",
	  { { A, PAGE, UINT64_C(1) << 40 },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_OVERCOMMIT, 1 } },
	    .hide_flags = RG_VMA_ACCOUNT },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "memory, overcommit mode 0",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, ACC) },
	    .hide_limits = HIDE(MEMORY_PAGES) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_COMMIT,
	  MAY(COMMIT_LIMIT) },
	{ "overcommit mode 2 near the limit",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, ACC) },
	    { { RG_LIMIT_OVERCOMMIT, 2 },
	      { RG_LIMIT_COMMITTED_PAGES, (1 << 21) - 4096 } } },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_COMMIT,
	  MAY(COMMIT_LIMIT) },
	{ "overcommit mode 2 far from the limit",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, ACC) },
	    { { RG_LIMIT_OVERCOMMIT, 2 } } },
	  &g5,
	  IN_PLACE,
	  0,
	  0 },
	{ "overcommit mode 2, and a count that fell below zero",
	  { { A, PAGE, UINT64_C(1) << 35 },
	    { ANON(A, 1, ACC) },
	    { { RG_LIMIT_OVERCOMMIT, 2 }, { RG_LIMIT_COMMITTED_PAGES, 0 } } },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_COMMIT,
	  MAY(COMMIT_LIMIT) },
	{ "overcommit mode",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, ACC) },
	    { { RG_LIMIT_COMMITTED_PAGES, 1 << 22 } },
	    .hide_limits = HIDE(OVERCOMMIT) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_COMMIT,
	  MAY(COMMIT_LIMIT) },
	{ "userfaultfd of a lone vma",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_UFFD },
	  &g5,
	  RG_PATH_MOVE,
	  0,
	  0 },
	{ "userfaultfd of two vmas",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RG_VMA_READ) },
	    .hide_flags = RG_VMA_UFFD },
	  &g5,
	  RG_PATH_MULTI_MOVE,
	  RG_UNKNOWN_UFFD,
	  MAY(MULTI_UNFIT) },
	{ "KSM, not seen",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_MERGEABLE },
	  &g5,
	  RG_PATH_MOVE,
	  0,
	  0 },
	{ "KSM",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW | RG_VMA_MERGEABLE) } },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_KSM,
	  MAY(KSM) },
	{ "a driver's mapping, no-op",
	  { { A, PAGE, PAGE },
	    { VMA(A, 1, SHM, RG_KIND_DRIVER) },
	    .hide_flags = ~(SHM | RG_VMA_SEALED) },
	  &g5,
	  RG_PATH_NO_RESIZE,
	  0,
	  0 },
	{ "a driver's mapping, moved",
	  { { A, PAGE, PAGE, TO, B },
	    { VMA(A, 1, SHM, RG_KIND_DRIVER) },
	    .hide_flags = ~(SHM | RG_VMA_SEALED) },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(DRIVER_ADDRESS) | MAY(DRIVER_MOVE) },
	{ "vm.mmap_min_addr of a low vma",
	  { { PAGE, PAGE, 2 * PAGE },
	    { ANON(PAGE, 1, RW) },
	    .hide_limits = HIDE(MMAP_MIN_ADDR) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_MIN_ADDR,
	  MAY(NO_ROOM) },
	{ "vm.mmap_min_addr of a low vma that may move",
	  { { PAGE, PAGE, 2 * PAGE, MAYMOVE },
	    { ANON(PAGE, 1, RW) },
	    .hide_limits = HIDE(MMAP_MIN_ADDR) },
	  &g5,
	  IN_PLACE,
	  RG_UNKNOWN_MIN_ADDR,
	  0,
	  true },
	{ "vm.mmap_min_addr of a high destination",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(MMAP_MIN_ADDR) },
	  &g5,
	  RG_PATH_MOVE,
	  0,
	  0 },
	{ "task size of a high destination",
	  { { A, PAGE, PAGE, TO, TASK_SIZE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(TASK_SIZE) },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_TASK_SIZE,
	  MAY(NEW_ADDR_RANGE) },
	{ "a later refusal does not hide an earlier doubt",
	  { { A, 2 * PAGE, 3 * PAGE },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  RG_PATH_REFUSE,
	  RG_UNKNOWN_SEALED,
	  MAY(SOURCE_SEALED) },
	{ "nothing at a tagged address, which may not be what it is",
	  { { A | UINT64_C(1) << 56, PAGE, PAGE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(UNTAG_MASK) },
	  &g5,
	  RG_PATH_REFUSE,
	  RG_UNKNOWN_TASK_SIZE,
	  MAY_ALL,
	  true },
	{ "nothing at a tagged address, where tags mean nothing",
	  { { A | UINT64_C(1) << 56, PAGE, PAGE }, { ANON(A, 1, RW) } },
	  &g5,
	  RG_PATH_REFUSE,
	  0,
	  0 },
	{ "a move of what may be hugetlb, and be taken for not moved",
	  { { A, HUGE_PAGE, HUGE_PAGE, TO, B },
	    { PERHAPS_HUGE(A, 1) },
	    { { RG_LIMIT_PAGE_SIZE, 16384 } } },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(HUGETLB_MISCOUNT) },
	{ "growth of what may be hugetlb, by less than its page",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { PERHAPS_HUGE(A, 1) } },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY_ALL,
	  true },
	{ "no-op of what may be hugetlb, by whole pages of it",
	  { { A, HUGE_PAGE, HUGE_PAGE }, { PERHAPS_HUGE(A, 1) } },
	  &g5,
	  RG_PATH_NO_RESIZE,
	  0,
	  0 },
	{ "a tail that ends within what may be hugetlb",
	  { { A - PAGE, 3 * PAGE, PAGE },
	    { ANON(A - PAGE, 1, RW), PERHAPS_HUGE(A, 1) } },
	  &g5,
	  RG_PATH_SHRINK,
	  RG_UNKNOWN_SPECIAL,
	  MAY(TAIL_UNSPLITTABLE) },
	{ "part of a perf buffer",
	  { { A, PAGE, PAGE, TO, B }, { PERF(A, 3) } },
	  &g5,
	  RG_PATH_REFUSE,
	  0,
	  0 },
	{ "part of a perf buffer, perhaps before it refused",
	  { { A, PAGE, PAGE, TO, B }, { PERF(A, 3) } },
	  &g2,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(UNSPLITTABLE) },
	{ "part of a perf buffer, which may then stay as well",
	  { { A, PAGE, PAGE, TO, B }, { PERF(A, 3) } },
	  &g0,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(UNSPLITTABLE) },
	{ "onto a part of a perf buffer, perhaps before it refused",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), PERF(B, 3) } },
	  &g0,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(DEST_UNSPLITTABLE) },
	{ "onto hugetlb pages of a size that was not seen: within one, or not",
	  { { A, PAGE, PAGE, TO, B + PAGE },
	    { ANON(A, 1, RW),
	      { .start = B,
		.end = B + 4 * HUGE_PAGE,
		.flags = SHM | RG_VMA_HUGETLB | RG_VMA_DONTEXPAND,
		.known = ALL_FLAGS,
		.kind = RG_KIND_HUGETLB } } },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(DEST_UNSPLITTABLE) },
	{ "all of the vdso, unless it was cut before",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { VDSO(A, 2) } },
	  &g0,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_SPECIAL,
	  MAY(UNSPLITTABLE) },
	{ "what is left of the vdso behind a cut",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { { .start = A,
		.end = A + 2 * PAGE,
		.offset = PAGE,
		.page_size = PAGE,
		.flags = SPECIAL,
		.known = ALL_FLAGS,
		.kind = RG_KIND_SPECIAL } } },
	  &g0,
	  RG_PATH_REFUSE,
	  0,
	  0 },
	{ "a tail that may be the vdso's, which could be cut then",
	  { { A, 3 * PAGE, PAGE }, { VMA(A, 3, SPECIAL, RG_KIND_UNKNOWN) } },
	  &g0,
	  RG_PATH_SHRINK,
	  RG_UNKNOWN_SPECIAL,
	  MAY(TAIL_UNSPLITTABLE) },
	{ "task size of a long growth: in place, or nowhere",
	  { { A, PAGE, TASK_SIZE - A, MAYMOVE },
	    { ANON(A, 1, RW) },
	    .hide_limits = HIDE(TASK_SIZE) },
	  &g2,
	  IN_PLACE,
	  RG_UNKNOWN_TASK_SIZE | RG_UNKNOWN_VMAS,
	  MAY(NO_SPACE),
	  true },
	{ "the only hole, just as long",
	  { { A, PAGE, 52 * PAGE, MAYMOVE },
	    { ANON(PAGE, A / PAGE - 1, 0), ANON(A, 1, RW), ANON(A + PAGE, 7, 0),
	      ANON(A + 60 * PAGE, (TASK_SIZE - A) / PAGE - 60, 0) } },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_VMAS,
	  MAY(NO_SPACE) },
	{ "a place for what five levels have, and a hint must ask for",
	  { { A, PAGE, TASK_SIZE / 4 * 3, MAYMOVE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RG_VMA_READ) },
	    .limits = { { RG_LIMIT_TASK_SIZE, UINT64_C(1) << 56 } } },
	  &g5,
	  RG_PATH_MOVE,
	  RG_UNKNOWN_VMAS,
	  MAY(NO_SPACE) },
};

START_TEST(unknowns)
{
	unsigned int lookups;
	struct rg_plan plan = case_plan(&rows[_i].c, rows[_i].kernel, &lookups);

	ck_assert_msg(plan.path == rows[_i].path, "%s: got %s (%s)",
		      rows[_i].name, rg_path_name(plan.path),
		      check_name(plan.check));
	ck_assert_msg(plan.unknown == rows[_i].unknown &&
			      plan.may_refuse == rows[_i].may_refuse &&
			      plan.may_move == rows[_i].may_move,
		      "%s: unknown %x, may refuse %lx, may move %d",
		      rows[_i].name, plan.unknown,
		      (unsigned long)plan.may_refuse, plan.may_move);
}
END_TEST

/* ---------------------------------------------------------- how certain */

static const struct {
	const char *name;
	struct model_case c;
	const struct rg_kernel *kernel;
	uint64_t late;
	bool sure;
} certain[] = {
	{ "sealed: the destination when nothing is gone",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  0 },
	{ "sealed: the destination when one is cut",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B + PAGE },
	    { ANON(A, 2, RW), ANON(B, 2, RW), SHMEM(B + 2 * PAGE, 1) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  MAY(DEST_SEALED) },
	{ "sealed: the tail when the destination is gone",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  MAY(TAIL_SEALED) },
	{ "sealed: the tail when nothing was at the destination",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { ANON(A, 2, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  0 },
	{ "sealed: the second when the first has moved",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), SHMEM(A + PAGE, 1) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  MAY(SOURCE_SEALED) },
	{ "limit: growth before anything is unmapped",
	  { { A, PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) },
	    .hide_limits = HIDE(RLIMIT_AS) },
	  &g5,
	  0 },
	{ "limit: growth after the destination",
	  { { A, PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) },
	    .hide_limits = HIDE(RLIMIT_AS) },
	  &g2,
	  MAY(ADDRESS_SPACE_LIMIT) },
	{ "locked: a part that is to stay, over the commit limit",
	  { { A, PAGE, PAGE, KEEP },
	    { ANON(A, 2, ACC) },
	    { { RG_LIMIT_OVERCOMMIT, 2 },
	      { RG_LIMIT_COMMITTED_PAGES, 1 << 22 } },
	    .hide_flags = RG_VMA_LOCKED },
	  &g6,
	  MAY(COMMIT_LIMIT),
	  true },
	{ "a locked part that is to stay, where a kernel may have a mend",
	  { { A, PAGE, PAGE, KEEP },
	    { ANON(A, 2, ACC | RG_VMA_LOCKED) },
	    { { RG_LIMIT_OVERCOMMIT, 2 },
	      { RG_LIMIT_COMMITTED_PAGES, 1 << 22 } } },
	  &g2,
	  MAY(COMMIT_LIMIT),
	  true },
	{ "locked: all of what is to stay, over the commit limit",
	  { { A, PAGE, PAGE, KEEP },
	    { ANON(A, 1, ACC | RG_VMA_LOCKED) },
	    { { RG_LIMIT_OVERCOMMIT, 2 },
	      { RG_LIMIT_COMMITTED_PAGES, 1 << 22 } } },
	  &g6,
	  0,
	  true },
	{ "a certain refusal",
	  { { A, 2 * PAGE, 3 * PAGE, TO, B }, { ANON(A, 1, RW) } },
	  &g5,
	  0,
	  true },
	{ "a certain refusal, or an earlier one with its errno",
	  { { A, 3 * PAGE, 4 * PAGE, TO, B },
	    { SHMEM(A, 1) },
	    .hide_flags = RG_VMA_SEALED },
	  &g2,
	  0,
	  true },
	{ "a certain refusal, or an earlier one with another",
	  { { A, 2 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  &g5,
	  0 },
	{ "a certain refusal, or what a driver says",
	  { { A, PAGE, PAGE, TO, B },
	    { VMA(A, 3, SHM | RG_VMA_PICKS_ADDRESS | RG_VMA_UNSPLITTABLE,
		  RG_KIND_DRIVER) } },
	  &g5,
	  0 },
};

START_TEST(certainty)
{
	unsigned int lookups;
	struct rg_plan plan =
		case_plan(&certain[_i].c, certain[_i].kernel, &lookups);

	ck_assert_msg(plan.may_refuse_late == certain[_i].late &&
			      rg_plan_refuses_surely(&plan) == certain[_i].sure,
		      "%s: late %lx, sure %d", certain[_i].name,
		      (unsigned long)plan.may_refuse_late,
		      rg_plan_refuses_surely(&plan));
}
END_TEST

static int blind(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	(void)ctx;
	(void)addr;
	(void)ret_vma;
	return -EIO;
}

/* A vma below the address asked for is no answer. */
static int wrong(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	(void)ctx;
	*ret_vma = (struct rg_vma)ANON(addr - PAGE, 1, RW);
	return 1;
}

START_TEST(nothing_to_be_seen)
{
	int (*const finds[])(void *, uint64_t, struct rg_vma *) = { NULL, blind,
								    wrong };
	const struct rg_request good = { A, PAGE, PAGE, TO, B };
	const struct rg_request bad = { A, PAGE, PAGE, FIXED, B };
	struct rg_mm mm = { finds[_i], NULL, rg_limits_default(PAGE) };
	struct rg_plan plan = rg_plan_make(&good, &mm, &g5);

	ck_assert_int_eq(plan.path, RG_PATH_INVALID);
	ck_assert_uint_eq(plan.unknown, RG_UNKNOWN_VMAS);
	plan = rg_plan_make(&bad, &mm, &g5);
	ck_assert_int_eq(plan.check, RG_CHECK_FIXED_MAYMOVE);
}
END_TEST

START_TEST(no_page_size)
{
	const struct model_case c = { { A, PAGE, PAGE },
				      { ANON(A, 1, RW) },
				      .hide_limits = HIDE(PAGE_SIZE) };
	unsigned int lookups;
	struct rg_plan plan = case_plan(&c, &g5, &lookups);

	ck_assert_uint_eq(plan.unknown, RG_UNKNOWN_TASK_SIZE);
	ck_assert_int_eq(rg_plan_compare(&plan, &c.req, -EINVAL),
			 RG_AGREE_UNKNOWN);
}
END_TEST

/* --------------------------------------------------------------- compare */

#define YES RG_AGREE_YES
#define UNKNOWN RG_AGREE_UNKNOWN
#define MISMATCH RG_AGREE_MISMATCH

static const struct {
	const char *name;
	struct model_case c;
	int64_t result;
	enum rg_agreement want;
	enum rg_path observed;
} compared[] = {
	{ "no-op",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW) } },
	  A,
	  YES,
	  RG_PATH_NO_RESIZE },
	{ "shrink",
	  { { A, 2 * PAGE, PAGE }, { ANON(A, 2, RW) } },
	  A,
	  YES,
	  RG_PATH_SHRINK },
	{ "grown",
	  { { A, PAGE, 2 * PAGE }, { ANON(A, 1, RW) } },
	  A,
	  YES,
	  IN_PLACE },
	{ "grown, moved instead",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { ANON(A, 1, RW) } },
	  C,
	  MISMATCH,
	  RG_PATH_MOVE },
	{ "moved anywhere",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { ANON(A, 2, RW) } },
	  C,
	  YES,
	  RG_PATH_MOVE },
	{ "moved to no page",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { ANON(A, 2, RW) } },
	  C + 8,
	  MISMATCH,
	  RG_PATH_MOVE },
	{ "grown instead of moved",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { ANON(A, 2, RW) } },
	  A,
	  MISMATCH,
	  IN_PLACE },
	{ "an alignment that was not met",
	  { { A, PAGE, HUGE_PAGE, MAYMOVE }, { ANON(A, 2, RW) } },
	  C + PAGE,
	  YES,
	  RG_PATH_MOVE },
	{ "fixed",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW) } },
	  B,
	  YES,
	  RG_PATH_MOVE },
	{ "fixed, elsewhere",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW) } },
	  C,
	  MISMATCH,
	  RG_PATH_MOVE },
	{ "fixed at 0",
	  { { A, PAGE, PAGE, TO, 0 },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_CAP_SYS_RAWIO, 1 } } },
	  0,
	  YES,
	  RG_PATH_MOVE },
	{ "duplicate",
	  { { A, 0, PAGE, MAYMOVE }, { SHMEM(A, 1) } },
	  C,
	  YES,
	  RG_PATH_DUPLICATE },
	{ "dontunmap",
	  { { A, PAGE, PAGE, KEEP }, { ANON(A, 1, RW) } },
	  C,
	  YES,
	  RG_PATH_DONTUNMAP },
	{ "refused",
	  { { A, 2 * PAGE, 3 * PAGE }, { ANON(A, 1, RW) } },
	  -EFAULT,
	  YES,
	  RG_PATH_REFUSE },
	{ "refused otherwise",
	  { { A, 2 * PAGE, 3 * PAGE }, { ANON(A, 1, RW) } },
	  -ENOMEM,
	  MISMATCH,
	  RG_PATH_REFUSE },
	{ "not refused",
	  { { A, 2 * PAGE, 3 * PAGE }, { ANON(A, 1, RW) } },
	  A,
	  MISMATCH,
	  IN_PLACE },
	{ "refused unexpectedly",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW) } },
	  -EFAULT,
	  MISMATCH,
	  RG_PATH_REFUSE },
	{ "refused as it was sealed",
	  { { A, PAGE, PAGE },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  -EPERM,
	  UNKNOWN,
	  RG_PATH_REFUSE },
	{ "interrupted",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW) } },
	  -EINTR,
	  UNKNOWN,
	  RG_PATH_REFUSE },
	{ "to be restarted",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW) } },
	  -512,
	  UNKNOWN,
	  RG_PATH_REFUSE },
	{ "moved, as growing would have been beyond the task size",
	  { { A, PAGE, 2 * PAGE, MAYMOVE },
	    { ANON(A, 1, RW | RG_VMA_IO) },
	    .hide_limits = HIDE(TASK_SIZE) },
	  C,
	  UNKNOWN,
	  RG_PATH_MOVE },
	{ "moved, as it was too low to grow",
	  { { PAGE, PAGE, 2 * PAGE, MAYMOVE },
	    { ANON(PAGE, 1, RW) },
	    .hide_limits = HIDE(MMAP_MIN_ADDR) },
	  C,
	  UNKNOWN,
	  RG_PATH_MOVE },
	{ "a driver's errno",
	  { { A, PAGE, PAGE, TO, B },
	    { VMA(A, 1, SHM | RG_VMA_PICKS_ADDRESS, RG_KIND_DRIVER) } },
	  -ENODEV,
	  UNKNOWN,
	  RG_PATH_REFUSE },
};

START_TEST(compares)
{
	const struct model_case *c = &compared[_i].c;
	unsigned int lookups;
	struct rg_plan plan = case_plan(c, &g5, &lookups);
	struct rg_limits limits = case_limits(c);
	enum rg_agreement got =
		rg_plan_compare(&plan, &c->req, compared[_i].result);
	enum rg_path path =
		rg_path_observed(&c->req, compared[_i].result, &limits);

	ck_assert_msg(got == compared[_i].want, "%s: got %d, want %d",
		      compared[_i].name, got, compared[_i].want);
	ck_assert_msg(path == compared[_i].observed, "%s: observed %s",
		      compared[_i].name, rg_path_name(path));
}
END_TEST

START_TEST(no_plan_agrees_with_nothing)
{
	const struct rg_request req = { A, PAGE, PAGE };
	const struct rg_plan none = { .path = RG_PATH_INVALID };

	ck_assert_int_eq(rg_plan_compare(NULL, &req, 0), RG_AGREE_NONE);
	ck_assert_int_eq(rg_plan_compare(&none, &req, 0), RG_AGREE_NONE);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, unknowns, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, certainty, 0, NR_ROWS(certain));
	tcase_add_loop_test(tc, nothing_to_be_seen, 0, 3);
	tcase_add_test(tc, no_page_size);
	tcase_add_loop_test(tc, compares, 0, NR_ROWS(compared));
	tcase_add_test(tc, no_plan_agrees_with_nothing);
}
