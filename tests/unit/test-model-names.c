/* SPDX-License-Identifier: MIT */

/* The tables: checks, generations, limits and what enum values are called. */

#include "unit.h"

#include "test-model-case.h"

#include <ctype.h>
#include <string.h>

START_TEST(check_is_described)
{
	enum rg_check check = (enum rg_check)_i;
	const struct rg_check_info *info = rg_check_info(check);
	size_t len;

	ck_assert_msg(info && info->id && info->name && info->sentence,
		      "check %d has a hole in its row", _i);
	len = strlen(info->sentence);
	ck_assert_msg(len > 10 && info->sentence[len - 1] != '.', "%s: \"%s\"",
		      info->id, info->sentence);
	ck_assert_msg(info->error > 0, "%s has no errno", info->id);
	ck_assert_msg(!strncmp(info->id, "RG_CHECK_", 9), "%s", info->id);
	for (size_t i = 0; info->id[9 + i]; i++)
		ck_assert_msg(info->name[i] ==
				      (info->id[9 + i] == '_'
					       ? '-'
					       : tolower(info->id[9 + i])),
			      "%s is called %s", info->id, info->name);
	ck_assert_int_eq(rg_check_from_name(info->name), check);
	ck_assert_int_eq(rg_check_from_name(info->id), check);
}
END_TEST

START_TEST(check_is_unique)
{
	for (int i = RG_CHECK_NONE + 1; i < _i; i++)
		ck_assert_msg(
			strcmp(rg_check_info((enum rg_check)i)->sentence,
			       rg_check_info((enum rg_check)_i)->sentence),
			"%s and another have one sentence",
			check_name((enum rg_check)i));
}
END_TEST

/* LIBC_FLAGS is libc's; OFFSET_WRAP cannot happen in 64 bits. */
START_TEST(check_is_some_kernels)
{
	enum rg_check check = (enum rg_check)_i;
	bool exempt =
		check == RG_CHECK_LIBC_FLAGS || check == RG_CHECK_OFFSET_WRAP;
	bool had = false;

	for (int i = RG_GEN_G0; i < RG_NR_GENERATIONS; i++)
		had |= rg_generation_has_check((enum rg_generation)i, check);
	ck_assert_msg(had != exempt, "%s", check_name(check));
}
END_TEST

static const struct {
	enum rg_check check;
	enum rg_generation first; /* that has it, and all later ones do */
	enum rg_generation last;
} spans[] = {
	{ RG_CHECK_FLAGS, RG_GEN_G0, RG_GEN_G6 },
	{ RG_CHECK_NEW_LEN_RANGE, RG_GEN_G5, RG_GEN_G6 },
	{ RG_CHECK_HUGETLB_MOVE, RG_GEN_G0, RG_GEN_G1 },
	{ RG_CHECK_HUGETLB_GROW, RG_GEN_G2, RG_GEN_G6 },
	{ RG_CHECK_DONTUNMAP_SHARED, RG_GEN_G0, RG_GEN_G0 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, RG_GEN_G1, RG_GEN_G6 },
	{ RG_CHECK_SOURCE_SEALED, RG_GEN_G3A, RG_GEN_G6 },
	{ RG_CHECK_DEST_SEALED, RG_GEN_G3A, RG_GEN_G6 },
	{ RG_CHECK_TAIL_SEALED, RG_GEN_G3A, RG_GEN_G6 },
	{ RG_CHECK_EXTEND_SPECIAL, RG_GEN_G2, RG_GEN_G6 },
	{ RG_CHECK_MULTI_GAP, RG_GEN_G5, RG_GEN_G6 },
	{ RG_CHECK_TAIL_RANGE, RG_GEN_G0, RG_GEN_G6 },
};

START_TEST(generation_has_check)
{
	for (int i = RG_GEN_UNKNOWN; i < RG_NR_GENERATIONS; i++) {
		bool want =
			i >= (int)spans[_i].first && i <= (int)spans[_i].last;

		ck_assert_msg(rg_generation_has_check((enum rg_generation)i,
						      spans[_i].check) == want,
			      "%s, generation %d", check_name(spans[_i].check),
			      i);
	}
}
END_TEST

START_TEST(outside_the_enums)
{
	ck_assert_ptr_null(rg_check_info(RG_CHECK_NONE));
	ck_assert_ptr_null(rg_check_info(RG_NR_CHECKS));
	ck_assert_int_eq(rg_check_from_name("overlaps"), RG_CHECK_NONE);
	ck_assert_int_eq(rg_check_from_name(""), RG_CHECK_NONE);
	ck_assert_int_eq(rg_check_from_name(NULL), RG_CHECK_NONE);
	ck_assert_ptr_null(rg_path_name(RG_NR_PATHS));
	ck_assert_ptr_null(rg_step_name(RG_NR_STEP_KINDS));
	ck_assert_ptr_null(rg_cost_name((enum rg_cost)(RG_COST_PUD + 1)));
	ck_assert_ptr_null(rg_damage_name((enum rg_damage)3));
	ck_assert_ptr_null(rg_unknown_name((enum rg_unknown)0));
	ck_assert_ptr_null(rg_limit_name(RG_NR_LIMITS));
	ck_assert_ptr_null(rg_generation_name(RG_GEN_UNKNOWN));
	ck_assert_ptr_null(rg_generation_summary(RG_NR_GENERATIONS));
	ck_assert_int_eq(rg_generation_from_name("G7"), RG_GEN_UNKNOWN);
	ck_assert_int_eq(rg_generation_from_name(NULL), RG_GEN_UNKNOWN);
	ck_assert(!rg_generation_has_check(RG_GEN_G5, RG_NR_CHECKS));
}
END_TEST

START_TEST(values_have_names)
{
	for (int i = 0; i < RG_NR_PATHS; i++)
		ck_assert_ptr_nonnull(rg_path_name((enum rg_path)i));
	for (int i = 0; i < RG_NR_STEP_KINDS; i++)
		ck_assert_ptr_nonnull(rg_step_name((enum rg_step_kind)i));
	for (int i = 0; i <= RG_COST_PUD; i++)
		ck_assert_ptr_nonnull(rg_cost_name((enum rg_cost)i));
	for (int i = 0; i < RG_NR_DAMAGES; i++)
		ck_assert_ptr_nonnull(rg_damage_name((enum rg_damage)(1 << i)));
	for (int i = 0; i < RG_NR_UNKNOWNS; i++)
		ck_assert_ptr_nonnull(
			rg_unknown_name((enum rg_unknown)(1 << i)));
	ck_assert_str_eq(rg_path_name(RG_PATH_MULTI_MOVE), "multi-move");
	ck_assert_str_eq(rg_damage_name(RG_DAMAGE_VMA_SPLIT), "vma-split");
	ck_assert_str_eq(rg_unknown_name(RG_UNKNOWN_GROWSDOWN), "growsdown");
}
END_TEST

START_TEST(generation_is_described)
{
	enum rg_generation generation = (enum rg_generation)_i;
	const char *name = rg_generation_name(generation);

	ck_assert_ptr_nonnull(name);
	ck_assert_int_eq(rg_generation_from_name(name), generation);
	ck_assert_ptr_nonnull(rg_generation_releases(generation));
	ck_assert_uint_gt(strlen(rg_generation_summary(generation)), 20);
}
END_TEST

START_TEST(limit_is_set)
{
	enum rg_limit limit = (enum rg_limit)_i;
	struct rg_limits limits = { 0 };

	ck_assert_ptr_nonnull(rg_limit_name(limit));
	ck_assert(rg_limits_set(&limits, limit, 0x5a5a));
	ck_assert_uint_eq(limits.known, 1u << limit);
	ck_assert_uint_eq((&limits.page_size)[limit], 0x5a5a);
	ck_assert(!rg_limits_set(&limits, RG_NR_LIMITS, 1));
	ck_assert_uint_eq(limits.known, 1u << limit);
}
END_TEST

START_TEST(ordinary_limits)
{
	const struct rg_limits limits = rg_limits_default(16384);

	ck_assert_uint_eq(limits.page_size, 16384);
	ck_assert_uint_eq(limits.known, 1u << RG_LIMIT_PAGE_SIZE |
						1u << RG_LIMIT_TASK_SIZE |
						1u << RG_LIMIT_UNTAG_MASK |
						1u << RG_LIMIT_MMAP_MIN_ADDR);
	ck_assert_str_eq(rg_limit_name(RG_LIMIT_CAP_SYS_ADMIN),
			 "cap_sys_admin");
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, check_is_described, 1, RG_NR_CHECKS);
	tcase_add_loop_test(tc, check_is_unique, 1, RG_NR_CHECKS);
	tcase_add_loop_test(tc, check_is_some_kernels, 1, RG_NR_CHECKS);
	tcase_add_loop_test(tc, generation_has_check, 0, NR_ROWS(spans));
	tcase_add_test(tc, outside_the_enums);
	tcase_add_test(tc, values_have_names);
	tcase_add_loop_test(tc, generation_is_described, RG_GEN_G0,
			    RG_NR_GENERATIONS);
	tcase_add_loop_test(tc, limit_is_set, 0, RG_NR_LIMITS);
	tcase_add_test(tc, ordinary_limits);
}
