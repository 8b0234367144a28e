/* SPDX-License-Identifier: MIT */

/*
 * The same call on kernels of each generation. About half of the rows were
 * seen on real kernels of these releases (4-level page tables, root); 5.15,
 * 6.11 and the rest follow from their sources: docs/model.md says how each
 * generation is proven.
 */

#include "unit.h"

#include "test-model-case.h"

#include <errno.h>

#define DEST RG_DAMAGE_DEST_UNMAPPED
#define TAIL RG_DAMAGE_TAIL_UNMAPPED
#define SOURCE RG_DAMAGE_SOURCE_UNMAPPED
#define SPLIT RG_DAMAGE_VMA_SPLIT
#define NR_KERNELS 9

static const char *const releases[NR_KERNELS] = {
	"5.10.0", "5.15.0", "6.1.0", "6.11.0", "6.12.0",
	"6.16.0", "6.18.0", "7.1.0", "7.3.0",
};

/* What each of the kernels above answers, and what is gone by then. */
struct outcome {
	int error;
	uint32_t damage;
	enum rg_check check; /* or any */
};

#define O(...)                                                                 \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define ALL(...)                                                               \
	{                                                                      \
		O(__VA_ARGS__), O(__VA_ARGS__), O(__VA_ARGS__),                \
			O(__VA_ARGS__), O(__VA_ARGS__), O(__VA_ARGS__),        \
			O(__VA_ARGS__), O(__VA_ARGS__), O(__VA_ARGS__)         \
	}
#define AS_LIMIT O(ENOMEM, .check = RG_CHECK_ADDRESS_SPACE_LIMIT)
#define NO_SPACE O(ENOMEM, .check = RG_CHECK_NO_SPACE)
/* 5.10 and 5.15; 6.1, 6.11 and 6.12; 6.16; 6.18, 7.1 and 7.3 */
#define BY_AGE(old, lookup, args, check)                                       \
	{                                                                      \
		old, old, lookup, lookup, lookup, args, check, check, check    \
	}

static const struct {
	const char *name;
	struct model_case c;
	struct outcome want[NR_KERNELS];
} rows[] = {
	{ "no-op, unmapped",
	  { { A, PAGE, PAGE } },
	  BY_AGE(O(0), O(EFAULT), O(EFAULT), O(EFAULT)) },
	{ "shrink, unmapped",
	  { { A, 2 * PAGE, PAGE } },
	  BY_AGE(O(0), O(EFAULT), O(EFAULT), O(EFAULT)) },
	{ "fixed, misaligned, unmapped",
	  { { A, PAGE, PAGE, TO, B + 1 } },
	  BY_AGE(O(EINVAL), O(EFAULT), O(EINVAL), O(EINVAL)) },
	{ "fixed, overlap, unmapped",
	  { { A, PAGE, PAGE, TO, A } },
	  BY_AGE(O(EINVAL), O(EFAULT), O(EFAULT), O(EINVAL)) },
	{ "fixed, map count, unmapped",
	  { { A, PAGE, PAGE, TO, B },
	    { { 0 } },
	    { { RG_LIMIT_MAP_COUNT, 65528 } } },
	  BY_AGE(O(ENOMEM), O(EFAULT), O(ENOMEM), O(ENOMEM)) },
	{ "huge new length, may move",
	  { { A, PAGE, UINT64_C(1) << 57, MAYMOVE }, { ANON(A, 1, RW) } },
	  BY_AGE(O(ENOMEM), O(ENOMEM), O(ENOMEM), O(EINVAL)) },
	{ "growth to almost 2^64, which even no RLIMIT_AS is below",
	  { { A, PAGE, -PAGE, MAYMOVE }, { ANON(A, 1, RW) } },
	  BY_AGE(AS_LIMIT, AS_LIMIT, AS_LIMIT, O(EINVAL)) },
	{ "growth to less than half of 2^64",
	  { { A, PAGE, (UINT64_C(1) << 63) - PAGE, MAYMOVE },
	    { ANON(A, 1, RW) } },
	  BY_AGE(NO_SPACE, NO_SPACE, NO_SPACE, O(EINVAL)) },
	{ "dontunmap, raw lengths differ",
	  { { A, 1, PAGE, KEEP }, { ANON(A, 1, RW) } },
	  BY_AGE(O(EINVAL), O(EINVAL), O(EINVAL), O(0)) },
	{ "dontunmap, shared",
	  { { A, PAGE, PAGE, KEEP }, { SHMEM(A, 1) } },
	  { O(EINVAL), O(0), O(0), O(0), O(0), O(0), O(0), O(0), O(0) } },
	{ "fixed, two vmas",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RG_VMA_READ) } },
	  BY_AGE(O(EFAULT), O(EFAULT), O(EFAULT), O(0)) },
	{ "fixed, past the end, onto mappings",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 2, RW) } },
	  BY_AGE(O(EFAULT, DEST), O(EFAULT, DEST), O(EFAULT, DEST), O(0)) },
	{ "fixed, crosses the end, growing",
	  { { A, 2 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  BY_AGE(O(EFAULT, DEST), O(EFAULT, DEST), O(EFAULT, DEST),
		 O(EFAULT)) },
	{ "fixed, source unmapped",
	  { { A, PAGE, PAGE, TO, B }, { ANON(B, 1, RW) } },
	  BY_AGE(O(EFAULT, DEST), O(EFAULT), O(EFAULT), O(EFAULT)) },
	{ "fixed shrink, source unmapped but for its tail",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { ANON(A + PAGE, 1, RW), ANON(B, 1, RW) } },
	  BY_AGE(O(EFAULT, DEST | TAIL), O(EFAULT), O(EFAULT), O(EFAULT)) },
	{ "fixed, private duplicate",
	  { { A, 0, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  BY_AGE(O(EINVAL, DEST), O(EINVAL, DEST), O(EINVAL, DEST),
		 O(EINVAL)) },
	{ "fixed growth, RLIMIT_AS",
	  { { A, PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1000 * PAGE } } },
	  BY_AGE(O(ENOMEM, DEST), O(ENOMEM, DEST), O(ENOMEM, DEST),
		 O(ENOMEM)) },
	{ "fixed growth, RLIMIT_AS, the destination frees enough",
	  { { A, PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 3, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1000 * PAGE } } },
	  BY_AGE(O(0), O(0), O(0), O(ENOMEM)) },
	{ "fixed growth, RLIMIT_MEMLOCK, the destination frees enough",
	  { { A, PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW | RG_VMA_LOCKED), ANON(B, 2, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 4 * PAGE } } },
	  BY_AGE(O(0), O(0), O(0), O(EAGAIN)) },
	{ "fixed shrink, tail beyond the task size",
	  { { A, -2 * PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  ALL(EINVAL, DEST) },
	{ "fixed, low address without the capability",
	  { { A, PAGE, PAGE, TO, PAGE },
	    { ANON(PAGE, 1, RW), ANON(A, 1, RW) } },
	  ALL(EPERM, DEST) },
	{ "fixed, low address as root",
	  { { A, PAGE, PAGE, TO, PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_CAP_SYS_RAWIO, 1 } } },
	  ALL(0) },
	{ "fixed, onto a sealed destination",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW | RG_VMA_SEALED) } },
	  { O(0), O(0), O(0), O(EPERM), O(EPERM), O(EPERM), O(EPERM), O(EPERM),
	    O(EPERM) } },
	{ "sealed source, misaligned",
	  { { A, PAGE, PAGE, TO, B + 1 }, { ANON(A, 1, RW | RG_VMA_SEALED) } },
	  { O(EINVAL), O(EINVAL), O(EINVAL), O(EINVAL), O(EPERM), O(EINVAL),
	    O(EINVAL), O(EINVAL), O(EINVAL) } },
	{ "shrink, tail sealed in a second vma",
	  { { A, 3 * PAGE, PAGE },
	    { ANON(A, 2, RW), ANON(A + 2 * PAGE, 1, RW | RG_VMA_SEALED) } },
	  { O(0), O(0), O(0), O(EPERM), O(EPERM, SPLIT), O(EPERM, SPLIT),
	    O(EPERM, SPLIT), O(EPERM, SPLIT), O(EPERM, SPLIT) } },
	{ "no-op, sealed second vma",
	  { { A, 2 * PAGE, 2 * PAGE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RW | RG_VMA_SEALED) } },
	  { O(0), O(0), O(0), O(EPERM), O(0), O(0), O(0), O(0), O(0) } },
	{ "no-op of 1 GB on 8 KB",
	  { { A, 1 << 30, 1 << 30 }, { ANON(A, 2, RW) } },
	  ALL(0) },
	{ "old length -1, shared",
	  { { A, UINT64_MAX, PAGE, MAYMOVE }, { SHMEM(A, 1) } },
	  ALL(0) },
	{ "duplicate onto itself",
	  { { A, 0, PAGE, TO, A }, { SHMEM(A, 1) } },
	  ALL(EFAULT, DEST | SOURCE) },
	{ "an old length that wraps, onto itself",
	  { { A, -2 * PAGE, PAGE, TO, A }, { ANON(A, 2, RW) } },
	  BY_AGE(O(EINVAL, DEST | SOURCE), O(EINVAL, DEST | SOURCE),
		 O(EFAULT, DEST | SOURCE), O(EFAULT, DEST | SOURCE)) },
	{ "an old length that wraps, onto the page above",
	  { { A, -2 * PAGE, PAGE, TO, A + PAGE }, { ANON(A, 2, RW) } },
	  ALL(EINVAL, DEST) },
	{ "a tail whose end went with the destination",
	  { { -PAGE, B + 3 * PAGE, B + PAGE, TO, B + PAGE },
	    { ANON(B, 2, RW) } },
	  BY_AGE(O(EFAULT, DEST | TAIL), O(EFAULT), O(EFAULT), O(EFAULT)) },
	{ "a tail that cannot be cut, and went with the destination",
	  { { -PAGE, A + HUGE_PAGE + PAGE, A + HUGE_PAGE, TO,
	      A - HUGE_PAGE },
	    { HUGETLB(A, 1) } },
	  BY_AGE(O(EFAULT, DEST), O(EFAULT), O(EFAULT), O(EFAULT)) },
	{ "fixed shrink of 1 TB, charged again",
	  { { A, UINT64_C(1) << 40, PAGE, TO, B }, { ANON(A, 1 << 28, ACC) } },
	  { O(0), O(0), O(0), O(0), O(0), O(ENOMEM, TAIL), O(ENOMEM, TAIL),
	    O(ENOMEM, TAIL), O(0) } },
	{ "hugetlb, junk for a new address",
	  { { A, HUGE_PAGE, HUGE_PAGE, 0, 7 }, { HUGETLB(A, 1) } },
	  { O(0), O(0), O(EINVAL), O(EINVAL), O(EINVAL), O(EINVAL), O(EINVAL),
	    O(EINVAL), O(EINVAL) } },
	{ "hugetlb, fixed",
	  { { A, HUGE_PAGE, HUGE_PAGE, TO, B },
	    { HUGETLB(A, 1), ANON(B, 1, RW) } },
	  BY_AGE(O(EINVAL, DEST), O(0), O(0), O(0)) },
	{ "vdso grows",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { VDSO(A, 1) } },
	  ALL(EFAULT) },
	{ "part of the vdso, fixed",
	  { { A, PAGE, PAGE, TO, B }, { VDSO(A, 2), ANON(B, 1, RW) } },
	  ALL(EINVAL, DEST) },
	{ "tail of the vdso",
	  { { A, 2 * PAGE, PAGE }, { VDSO(A, 2) } },
	  { O(0), O(EINVAL), O(EINVAL), O(EINVAL), O(EINVAL), O(EINVAL),
	    O(EINVAL), O(EINVAL), O(EINVAL) } },
	{ "grow across the end",
	  { { A, 2 * PAGE, 3 * PAGE, MAYMOVE }, { ANON(A, 1, RW) } },
	  ALL(EFAULT) },
	{ "RLIMIT_MEMLOCK",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 4 * PAGE } } },
	  ALL(EAGAIN) },
	{ "RLIMIT_MEMLOCK, the sum of bytes wraps",
	  { { A, PAGE, -PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 4 * PAGE } } },
	  BY_AGE(O(ENOMEM), O(EAGAIN), O(EAGAIN), O(EINVAL)) },
	{ "special dontunmap, fixed",
	  { { A, PAGE, PAGE, KEEP | FIXED, B },
	    { VDSO(A, 1), ANON(B, 1, RW) } },
	  BY_AGE(O(EINVAL, DEST), O(EINVAL, DEST), O(EINVAL, DEST),
		 O(EINVAL)) },
	{ "dontunmap of a locked part, over the commit limit",
	  { { A, PAGE, PAGE, KEEP },
	    { ANON(A, 2, RW | RG_VMA_LOCKED | RG_VMA_ACCOUNT) },
	    { { RG_LIMIT_OVERCOMMIT, 2 },
	      { RG_LIMIT_COMMITTED_PAGES, 1 << 22 } } },
	  { O(0), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM),
	    O(ENOMEM), O(ENOMEM), O(ENOMEM, SPLIT) } },
	{ "dontunmap, RLIMIT_AS, fixed",
	  { { A, 2 * PAGE, 2 * PAGE, KEEP | FIXED, B },
	    { ANON(A, 2, RW), ANON(B, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1000 * PAGE } } },
	  ALL(ENOMEM, DEST) },
	{ "device pages, room behind them",
	  { { A, PAGE, 2 * PAGE, MAYMOVE },
	    { VMA(A, 1, SHM | RG_VMA_MIXEDMAP, RG_KIND_DRIVER) } },
	  { O(0), O(0), O(0), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM),
	    O(ENOMEM), O(ENOMEM) } },
	{ "no-op at the map limit",
	  { { A, PAGE, PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65527 } } },
	  { O(0), O(0), O(0), O(0), O(0), O(0), O(0), O(ENOMEM), O(ENOMEM) } },
	{ "no-op a map below it",
	  { { A, PAGE, PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65526 } } },
	  ALL(0) },
	{ "fixed with four maps left",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65526 } } },
	  { O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM),
	    O(ENOMEM), O(0), O(0) } },
	{ "dontunmap with four maps left",
	  { { A, PAGE, PAGE, KEEP },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65526 } } },
	  { O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM),
	    O(ENOMEM), O(0), O(ENOMEM) } },
	{ "dontunmap with five maps left",
	  { { A, PAGE, PAGE, KEEP },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65525 } } },
	  { O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM), O(ENOMEM),
	    O(ENOMEM), O(0), O(0) } },
};

START_TEST(outcomes)
{
	struct rg_kernel kernel;
	struct rg_plan plan;
	unsigned int lookups;

	for (int i = 0; i < NR_KERNELS; i++) {
		const struct outcome *want = &rows[_i].want[i];

		ck_assert(rg_kernel_from_release(releases[i], &kernel));
		plan = case_plan(&rows[_i].c, &kernel, &lookups);
		ck_assert_msg(plan.error == want->error &&
				      plan.damage == want->damage,
			      "%s, %s: got %d (%s) damage %x, want %d, %x",
			      rows[_i].name, releases[i], plan.error,
			      check_name(plan.check), plan.damage, want->error,
			      want->damage);
		ck_assert_msg(!want->check || plan.check == want->check,
			      "%s, %s: got %s, want %s", rows[_i].name,
			      releases[i], check_name(plan.check),
			      check_name(want->check));
		ck_assert_msg((plan.path == RG_PATH_REFUSE) == !!want->error,
			      "%s, %s: path %s", rows[_i].name, releases[i],
			      rg_path_name(plan.path));
	}
}
END_TEST

static const struct {
	const char *release;
	enum rg_generation generation; /* UNKNOWN: no release */
	uint32_t version;
} parsed[] = {
	{ "5.7", RG_GEN_G0, RG_KERNEL_VERSION(5, 7) },
	{ "5.10.0", RG_GEN_G0, RG_KERNEL_VERSION(5, 10) },
	{ "5.12.19", RG_GEN_G0, RG_KERNEL_VERSION(5, 12) },
	{ "5.13.0-rc1", RG_GEN_G1, RG_KERNEL_VERSION(5, 13) },
	{ "5.16.0", RG_GEN_G2, RG_KERNEL_VERSION(5, 16) },
	{ "6.1.0-56-cloud-amd64", RG_GEN_G2, RG_KERNEL_VERSION(6, 1) },
	{ "6.9-rc3", RG_GEN_G2, RG_KERNEL_VERSION(6, 9) },
	{ "6.10.4", RG_GEN_G3A, RG_KERNEL_VERSION(6, 10) },
	{ "6.14.11+", RG_GEN_G3B, RG_KERNEL_VERSION(6, 14) },
	{ "6.15.0", RG_GEN_G4, RG_KERNEL_VERSION(6, 15) },
	{ "6.18.44-fc-v769", RG_GEN_G5, RG_KERNEL_VERSION(6, 18) },
	{ "7.0+", RG_GEN_G5, RG_KERNEL_VERSION(7, 0) },
	{ "7.1.0", RG_GEN_G6, RG_KERNEL_VERSION(7, 1) },
	{ "9.99.1", RG_GEN_G6, RG_KERNEL_VERSION(9, 99) },
	{ "5.6.19" },
	{ "4.19.0" },
	{ "" },
	{ "6" },
	{ "6." },
	{ "6.x" },
	{ "6.18x" },
	{ " 6.18" },
	{ "-6.18" },
	{ "v6.18" },
	{ "99999999999.1" },
	{ "6.4294967302" },
	{ "FreeBSD 14.1" },
};

START_TEST(parses_release)
{
	struct rg_kernel got = { RG_NR_GENERATIONS, 0xad };
	bool known = rg_kernel_from_release(parsed[_i].release, &got);

	if (!parsed[_i].generation) {
		ck_assert_msg(!known && got.version == 0xad, "\"%s\" was taken",
			      parsed[_i].release);
		return;
	}
	ck_assert_msg(known && got.generation == parsed[_i].generation &&
			      got.version == parsed[_i].version,
		      "\"%s\": got %s, %x", parsed[_i].release,
		      rg_generation_name(got.generation), got.version);
}
END_TEST

START_TEST(no_release)
{
	struct rg_kernel got = { RG_NR_GENERATIONS, 0xad };

	ck_assert(!rg_kernel_from_release(NULL, &got));
	ck_assert_uint_eq(got.version, 0xad);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, outcomes, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, parses_release, 0, NR_ROWS(parsed));
	tcase_add_test(tc, no_release);
}
