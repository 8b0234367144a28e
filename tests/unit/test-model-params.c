/* SPDX-License-Identifier: MIT */

/* rg_params_check(): every argument check, and which comes first where. */

#include "remapguard/model.h"

#include "unit.h"

#define PAGE 4096
#define A 0x10000000
#define B 0x20000000
#define TASK_SIZE 0x7ffffffff000
#define MAYMOVE RG_MREMAP_MAYMOVE
#define FIXED RG_MREMAP_FIXED
#define DONTUNMAP RG_MREMAP_DONTUNMAP
#define TO (MAYMOVE | FIXED)
#define KEEP (MAYMOVE | DONTUNMAP)
#define TOP UINT64_C(0xfffffffffffff000)

/* The generations whose argument checks differ, by their oldest members. */
enum { OLD, G2, G4, G5, NR_COLUMNS };

static const enum rg_generation columns[NR_COLUMNS][4] = {
	[OLD] = { RG_GEN_G0, RG_GEN_G1 },
	[G2] = { RG_GEN_G2, RG_GEN_G3A, RG_GEN_G3B },
	[G4] = { RG_GEN_G4 },
	[G5] = { RG_GEN_G5, RG_GEN_G6 },
};

#define ALL(check)                                                             \
	{                                                                      \
		check, check, check, check                                     \
	}

static const struct {
	const char *name;
	struct rg_request req;
	enum rg_check want[NR_COLUMNS];
} rows[] = {
	{ "no-op", { A, PAGE, PAGE, 0, 0 }, ALL(RG_CHECK_NONE) },
	{ "grow", { A, PAGE, 2 * PAGE, MAYMOVE, 0 }, ALL(RG_CHECK_NONE) },
	{ "lengths that are not aligned pass",
	  { A, 1, PAGE + 1, MAYMOVE, 0 },
	  ALL(RG_CHECK_NONE) },
	{ "new address is not read without a flag for it",
	  { A, PAGE, PAGE, MAYMOVE, 77 },
	  ALL(RG_CHECK_NONE) },
	{ "flag 8", { A, PAGE, PAGE, 8, 0 }, ALL(RG_CHECK_FLAGS) },
	{ "flag in the upper half",
	  { A, PAGE, PAGE, UINT64_C(1) << 32 | MAYMOVE, 0 },
	  ALL(RG_CHECK_FLAGS) },
	{ "flags come before the address",
	  { A + 1, PAGE, 0, 8, 0 },
	  ALL(RG_CHECK_FLAGS) },
	{ "address not aligned",
	  { A + 1, PAGE, PAGE, 0, 0 },
	  ALL(RG_CHECK_ADDR_ALIGN) },
	{ "address comes before new length",
	  { A + 1, PAGE, 0, 0, 0 },
	  ALL(RG_CHECK_ADDR_ALIGN) },
	{ "address and FIXED alone",
	  { A + 1, PAGE, PAGE, FIXED, B },
	  { RG_CHECK_FIXED_MAYMOVE, RG_CHECK_FIXED_MAYMOVE, RG_CHECK_ADDR_ALIGN,
	    RG_CHECK_ADDR_ALIGN } },
	{ "new length 0", { A, PAGE, 0, 0, 0 }, ALL(RG_CHECK_NEW_LEN_ZERO) },
	{ "new length -1 wraps to 0",
	  { A, PAGE, UINT64_MAX, MAYMOVE, 0 },
	  ALL(RG_CHECK_NEW_LEN_ZERO) },
	{ "old length -1 is a duplicate",
	  { A, UINT64_MAX, PAGE, MAYMOVE, 0 },
	  ALL(RG_CHECK_NONE) },
	{ "new length of the task size",
	  { A, PAGE, TASK_SIZE, MAYMOVE, 0 },
	  ALL(RG_CHECK_NONE) },
	{ "new length a page over the task size",
	  { A, PAGE, TASK_SIZE + PAGE, MAYMOVE, 0 },
	  { RG_CHECK_NONE, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_NEW_LEN_RANGE } },
	{ "new length over the task size, FIXED",
	  { A, PAGE, TASK_SIZE + PAGE, TO, B },
	  { RG_CHECK_NEW_ADDR_RANGE, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_NEW_LEN_RANGE } },
	{ "FIXED, the last page",
	  { A, PAGE, PAGE, TO, TASK_SIZE - PAGE },
	  ALL(RG_CHECK_NONE) },
	{ "FIXED, behind the last page",
	  { A, PAGE, PAGE, TO, TASK_SIZE },
	  { RG_CHECK_NEW_ADDR_RANGE, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_NEW_ADDR_RANGE } },
	{ "FIXED, wrapping around",
	  { A, PAGE, 2 * PAGE, TO, TOP },
	  { RG_CHECK_NEW_ADDR_RANGE, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_NEW_ADDR_RANGE } },
	{ "FIXED, new address not aligned",
	  { A, PAGE, PAGE, TO, B + 1 },
	  { RG_CHECK_NEW_ADDR_ALIGN, RG_CHECK_NONE, RG_CHECK_NEW_ADDR_ALIGN,
	    RG_CHECK_NEW_ADDR_ALIGN } },
	{ "FIXED, not aligned and too high",
	  { A, PAGE, PAGE, TO, TOP + 1 },
	  { RG_CHECK_NEW_ADDR_ALIGN, RG_CHECK_NONE, RG_CHECK_NEW_ADDR_ALIGN,
	    RG_CHECK_NEW_ADDR_RANGE } },
	{ "FIXED without MAYMOVE",
	  { A, PAGE, PAGE, FIXED, B },
	  ALL(RG_CHECK_FIXED_MAYMOVE) },
	{ "FIXED without MAYMOVE, new address not aligned",
	  { A, PAGE, PAGE, FIXED, B + 1 },
	  { RG_CHECK_FIXED_MAYMOVE, RG_CHECK_FIXED_MAYMOVE,
	    RG_CHECK_NEW_ADDR_ALIGN, RG_CHECK_NEW_ADDR_ALIGN } },
	{ "DONTUNMAP without MAYMOVE",
	  { A, PAGE, PAGE, DONTUNMAP, 0 },
	  ALL(RG_CHECK_DONTUNMAP_MAYMOVE) },
	{ "DONTUNMAP", { A, PAGE, PAGE, KEEP, 0 }, ALL(RG_CHECK_NONE) },
	{ "DONTUNMAP, new address not aligned",
	  { A, PAGE, PAGE, KEEP, 1 },
	  { RG_CHECK_NEW_ADDR_ALIGN, RG_CHECK_NONE, RG_CHECK_NEW_ADDR_ALIGN,
	    RG_CHECK_NEW_ADDR_ALIGN } },
	{ "DONTUNMAP resizes",
	  { A, PAGE, 2 * PAGE, KEEP, 0 },
	  ALL(RG_CHECK_DONTUNMAP_RESIZE) },
	{ "DONTUNMAP, lengths alike once rounded",
	  { A, 1, PAGE, KEEP, 0 },
	  { RG_CHECK_DONTUNMAP_RESIZE, RG_CHECK_DONTUNMAP_RESIZE,
	    RG_CHECK_DONTUNMAP_RESIZE, RG_CHECK_NONE } },
	{ "DONTUNMAP of nothing",
	  { A, 0, PAGE, KEEP, 0 },
	  ALL(RG_CHECK_DONTUNMAP_RESIZE) },
	{ "overlap by a page from below",
	  { A, 2 * PAGE, 2 * PAGE, TO, A - PAGE },
	  { RG_CHECK_OVERLAP, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_OVERLAP } },
	{ "overlap by a page from above",
	  { A, 2 * PAGE, PAGE, TO, A + PAGE },
	  { RG_CHECK_OVERLAP, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_OVERLAP } },
	{ "onto itself",
	  { A, PAGE, PAGE, TO, A },
	  { RG_CHECK_OVERLAP, RG_CHECK_NONE, RG_CHECK_NONE,
	    RG_CHECK_OVERLAP } },
	{ "a duplicate onto itself does not overlap",
	  { A, 0, PAGE, TO, A },
	  ALL(RG_CHECK_NONE) },
	{ "side by side", { A, PAGE, PAGE, TO, A + PAGE }, ALL(RG_CHECK_NONE) },
	{ "an old length that wraps overlaps nothing",
	  { A, TOP, PAGE, TO, A },
	  ALL(RG_CHECK_NONE) },
};

static struct rg_limits limits(void)
{
	struct rg_limits limits = rg_limits_default(PAGE);

	rg_limits_set(&limits, RG_LIMIT_TASK_SIZE, TASK_SIZE);
	rg_limits_set(&limits, RG_LIMIT_UNTAG_MASK, UINT64_MAX);
	return limits;
}

static const char *id(enum rg_check check)
{
	const struct rg_check_info *info = rg_check_info(check);

	return info ? info->id : "none";
}

static void check_column(int row, int column)
{
	const struct rg_limits lim = limits();

	for (int i = 0; i < 4 && columns[column][i]; i++) {
		const struct rg_kernel kernel = { columns[column][i], 0 };
		enum rg_check got =
			rg_params_check(&rows[row].req, &lim, &kernel);
		enum rg_check want = rows[row].want[column];

		ck_assert_msg(got == want, "%s, %s: got %s, want %s",
			      rows[row].name,
			      rg_generation_name(kernel.generation), id(got),
			      id(want));
	}
}

START_TEST(params)
{
	for (int column = 0; column < NR_COLUMNS; column++)
		check_column(_i, column);
}
END_TEST

START_TEST(unknown_generation)
{
	const struct rg_kernel kernel = { RG_GEN_UNKNOWN, 0 };
	const struct rg_request req = { A, PAGE, 0, 8, 0 };
	const struct rg_limits lim = limits();

	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel), RG_CHECK_NONE);
}
END_TEST

/* Only the old address loses its tag. */
START_TEST(untagged)
{
	const struct rg_kernel kernel = { RG_GEN_G5, 0 };
	const uint64_t tag = UINT64_C(0x5a) << 56;
	struct rg_request req = { A | tag, PAGE, PAGE, TO, A };
	struct rg_limits lim = limits();

	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel), RG_CHECK_NONE);
	rg_limits_set(&lim, RG_LIMIT_UNTAG_MASK, UINT64_MAX >> 8);
	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel),
			 RG_CHECK_OVERLAP);
	req.new_addr = B | tag;
	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel),
			 RG_CHECK_NEW_ADDR_RANGE);
}
END_TEST

START_TEST(large_pages)
{
	const struct rg_kernel kernel = { RG_GEN_G5, 0 };
	const struct rg_request req = { A + PAGE, PAGE, PAGE, 0, 0 };
	struct rg_limits lim = limits();

	rg_limits_set(&lim, RG_LIMIT_PAGE_SIZE, 65536);
	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel),
			 RG_CHECK_ADDR_ALIGN);
}
END_TEST

/* Without a task size only what no architecture has is out of range. */
START_TEST(unknown_task_size)
{
	const struct rg_kernel kernel = { RG_GEN_G5, 0 };
	struct rg_request req = { A, PAGE, TASK_SIZE + PAGE, MAYMOVE, 0 };
	struct rg_limits lim = limits();

	lim.known &= ~(1u << RG_LIMIT_TASK_SIZE);
	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel), RG_CHECK_NONE);
	req.new_len = UINT64_C(1) << 60;
	ck_assert_int_eq(rg_params_check(&req, &lim, &kernel),
			 RG_CHECK_NEW_LEN_RANGE);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, params, 0, NR_ROWS(rows));
	tcase_add_test(tc, unknown_generation);
	tcase_add_test(tc, untagged);
	tcase_add_test(tc, large_pages);
	tcase_add_test(tc, unknown_task_size);
}
