/* SPDX-License-Identifier: MIT */

/*
 * The catalogue of findings as a table: what users and old traces rely on,
 * written down a second time.
 */

#include "unit.h"

#include "test-model-case.h"

#include <errno.h>
#include <string.h>

enum { I = RG_ACTION_IGNORE, N = RG_ACTION_NOTE, D = RG_ACTION_DENY };

/* audit, strict, hardened, debug, fast */
#define NOTED                                                                  \
	{                                                                      \
		N, N, N, N, I                                                  \
	}
#define DENIED                                                                 \
	{                                                                      \
		N, D, D, D, I                                                  \
	}
#define HARDENED                                                               \
	{                                                                      \
		N, N, D, N, I                                                  \
	}
#define ON_REQUEST                                                             \
	{                                                                      \
		I, N, N, N, I                                                  \
	}
#define IN_DEBUG                                                               \
	{                                                                      \
		I, I, I, N, I                                                  \
	}

static const struct {
	enum rg_finding finding;
	unsigned int number;
	const char *id;
	const char *name;
	enum rg_severity severity;
	uint8_t actions[RG_NR_PROFILES];
	int error; /* of a deny in a profile; 0: the kernel's */
} catalogue[] = {
#define ROW(finding, number, id, name, severity, ...)                          \
	{                                                                      \
		RG_FINDING_##finding, number, id, name,                        \
			RG_SEVERITY_##severity, __VA_ARGS__                    \
	}
	ROW(UNKNOWN_FLAGS, 1, "RG001", "unknown-flags", ERROR, NOTED),
	ROW(UNALIGNED_ADDR, 2, "RG002", "unaligned-addr", ERROR, NOTED),
	ROW(ZERO_NEW_LEN, 3, "RG003", "zero-new-len", ERROR, NOTED),
	ROW(HUGE_NEW_LEN, 4, "RG004", "huge-new-len", ERROR, NOTED),
	ROW(UNALIGNED_NEW_ADDR, 5, "RG005", "unaligned-new-addr", ERROR, NOTED),
	ROW(FIXED_WITHOUT_MAYMOVE, 6, "RG006", "fixed-without-maymove", ERROR,
	    NOTED),
	ROW(DONTUNMAP_RESIZE, 7, "RG007", "dontunmap-resize", ERROR, NOTED),
	ROW(OVERLAP, 8, "RG008", "overlap", ERROR, NOTED),
	ROW(MAP_COUNT, 9, "RG009", "map-count", ERROR, NOTED),
	ROW(UNMAPPED_SOURCE, 20, "RG020", "unmapped-source", ERROR, NOTED),
	ROW(SEALED, 21, "RG021", "sealed", ERROR, NOTED),
	ROW(HUGETLB_RULES, 22, "RG022", "hugetlb-rules", ERROR, NOTED),
	ROW(DUPLICATE_PRIVATE, 23, "RG023", "duplicate-private", ERROR, NOTED),
	ROW(SPECIAL_DONTUNMAP, 24, "RG024", "special-dontunmap", ERROR, NOTED),
	ROW(CROSSES_VMA, 25, "RG025", "crosses-vma", ERROR, NOTED),
	ROW(SPECIAL_GROW, 26, "RG026", "special-grow", ERROR, NOTED),
	ROW(MLOCK_LIMIT, 27, "RG027", "mlock-limit", ERROR, NOTED),
	ROW(MEMORY_LIMIT, 28, "RG028", "memory-limit", ERROR, NOTED),
	ROW(COMMIT_LIMIT, 29, "RG029", "commit-limit", ERROR, NOTED),
	ROW(NO_ROOM, 30, "RG030", "no-room", ERROR, NOTED),
	ROW(LOW_ADDRESS, 31, "RG031", "low-address", ERROR, NOTED),
	ROW(UNSPLITTABLE, 32, "RG032", "unsplittable", ERROR, NOTED),
	ROW(GAP_IN_SOURCE, 33, "RG033", "gap-in-source", ERROR, NOTED),
	ROW(TAIL_RANGE, 34, "RG034", "tail-range", ERROR, NOTED),
	ROW(NO_SPACE, 35, "RG035", "no-space", ERROR, NOTED),
	ROW(CLOBBER, 101, "RG101", "clobber", HAZARD, DENIED, EEXIST),
	ROW(DESTRUCTIVE_REFUSAL, 102, "RG102", "destructive-refusal", HAZARD,
	    DENIED, 0),
	ROW(UNALIGNED_LENGTH, 103, "RG103", "unaligned-length", INFO,
	    ON_REQUEST),
	ROW(SHRINK_PAST_VMA, 104, "RG104", "shrink-past-vma", HAZARD, DENIED,
	    EFAULT),
	ROW(UNCHECKED_EXTENT, 105, "RG105", "unchecked-extent", HAZARD, DENIED,
	    EFAULT),
	ROW(TORN_MAPPING, 106, "RG106", "torn-mapping", HAZARD, NOTED),
	ROW(WRAPPED_OLD_LEN, 107, "RG107", "wrapped-old-len", HAZARD, DENIED,
	    EINVAL),
	ROW(DUPLICATE_ONTO_SELF, 108, "RG108", "duplicate-onto-self", HAZARD,
	    DENIED, EINVAL),
	ROW(EXECUTABLE_MOVE, 109, "RG109", "executable-move", HAZARD, HARDENED,
	    EPERM),
	ROW(LOADER_MAPPING, 110, "RG110", "loader-mapping", HAZARD, HARDENED,
	    EPERM),
	ROW(HEAP_OR_STACK, 111, "RG111", "heap-or-stack", HAZARD, HARDENED,
	    EPERM),
	ROW(BEYOND_OBJECT, 112, "RG112", "beyond-object", HAZARD, NOTED),
	ROW(OVERLAPPING_CALL, 113, "RG113", "overlapping-call", HAZARD, NOTED),
	ROW(STALE_RANGE, 114, "RG114", "stale-range", HAZARD, NOTED),
	ROW(STALE_ACCESS, 115, "RG115", "stale-access", HAZARD, NOTED),
	ROW(SPECIAL_MAPPING, 116, "RG116", "special-mapping", HAZARD, HARDENED,
	    EPERM),
	ROW(UFFD_LOST, 117, "RG117", "uffd-lost", HAZARD, IN_DEBUG),
	ROW(PAGE_SIZE_ASSUMPTION, 118, "RG118", "page-size-assumption", HAZARD,
	    IN_DEBUG),
	ROW(COMMIT_LEAK, 119, "RG119", "commit-leak", HAZARD, NOTED),
	ROW(PARTIAL_MULTI_MOVE, 120, "RG120", "partial-multi-move", HAZARD,
	    NOTED),
	ROW(SLOW_MOVE, 201, "RG201", "slow-move", COST, NOTED),
	ROW(CREEPING_GROWTH, 202, "RG202", "creeping-growth", COST, NOTED),
	ROW(MAP_COUNT_HIGH, 203, "RG203", "map-count-high", INFO, NOTED),
	ROW(BENIGN_PROBE, 204, "RG204", "benign-probe", INFO, NOTED),
	ROW(MISMATCH, 205, "RG205", "mismatch", INFO, NOTED),
};

START_TEST(finding_is_as_ever)
{
	enum rg_finding finding = catalogue[_i].finding;
	const struct rg_finding_info *info = rg_finding_info(finding);
	const char *id = catalogue[_i].id;

	ck_assert_msg(info, "%s is gone", id);
	ck_assert_msg(info->number == catalogue[_i].number, "%s: number %u", id,
		      info->number);
	ck_assert_str_eq(info->id, id);
	ck_assert_str_eq(info->name, catalogue[_i].name);
	ck_assert_msg(info->severity == catalogue[_i].severity, "%s: %s", id,
		      rg_severity_name(info->severity));
	for (int i = 0; i < RG_NR_SEVERITIES; i++)
		ck_assert_msg(
			!(rg_findings_of_severity((enum rg_severity)i) &
			  RG_FINDING_BIT(finding)) ==
				(i != (int)catalogue[_i].severity),
			"%s: among those of %s", id,
			rg_severity_name((enum rg_severity)i));
	for (int i = 0; i < RG_NR_PROFILES; i++)
		ck_assert_msg(info->actions[i] == catalogue[_i].actions[i],
			      "%s: %s has %s", id,
			      rg_profile_name((enum rg_profile)i),
			      rg_action_name((enum rg_action)info->actions[i]));
	if (catalogue[_i].actions[RG_PROFILE_HARDENED] == D)
		ck_assert_msg(info->error == catalogue[_i].error,
			      "%s: denied with errno %d", id, info->error);
}
END_TEST

START_TEST(every_finding_is_listed)
{
	uint64_t listed = 0;

	ck_assert_uint_eq(NR_ROWS(catalogue), RG_NR_FINDINGS);
	for (size_t i = 0; i < NR_ROWS(catalogue); i++) {
		ck_assert_msg(!(listed >> catalogue[i].finding & 1),
			      "%s is listed twice", catalogue[i].id);
		listed |= RG_FINDING_BIT(catalogue[i].finding);
	}
	ck_assert_ptr_null(rg_finding_info(RG_NR_FINDINGS));
}
END_TEST

START_TEST(finding_is_unlike_others)
{
	const struct rg_finding_info *info =
		rg_finding_info((enum rg_finding)_i);

	for (int i = 0; i < _i; i++) {
		const struct rg_finding_info *other =
			rg_finding_info((enum rg_finding)i);

		ck_assert_msg(info->number != other->number &&
				      strcmp(info->name, other->name) &&
				      strcmp(info->sentence, other->sentence),
			      "%s and %s are alike", info->id, other->id);
	}
}
END_TEST

START_TEST(finding_is_described)
{
	enum rg_finding finding = (enum rg_finding)_i;
	const struct rg_finding_info *info = rg_finding_info(finding);
	size_t len = strlen(info->sentence);

	ck_assert_msg(len > 10 && info->sentence[len - 1] != '.', "%s: \"%s\"",
		      info->id, info->sentence);
	ck_assert_int_eq(rg_finding_from_name(info->id), finding);
	ck_assert_int_eq(rg_finding_from_name(info->name), finding);
	ck_assert_int_eq(rg_finding_from_number(info->number), finding);
}
END_TEST

START_TEST(what_is_none_is_not_found)
{
	ck_assert_int_eq(rg_finding_from_name("RG000"), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_name("RG1"), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_name("rg101"), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_name("clobbe"), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_name("clobbers"), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_name(""), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_name(NULL), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_number(0), RG_NR_FINDINGS);
	ck_assert_int_eq(rg_finding_from_number(121), RG_NR_FINDINGS);
	/* 1 and 256 are not the same */
	ck_assert_int_eq(rg_finding_from_number(257), RG_NR_FINDINGS);
}
END_TEST

START_TEST(values_have_names)
{
	static const char *const severities[] = { "error", "hazard", "cost",
						  "info", NULL };
	static const char *const actions[] = { "ignore", "note", "deny",
					       "abort", NULL };
	static const char *const profiles[] = { "audit", "strict", "hardened",
						"debug", "fast",   NULL };

	for (int i = 0; i < RG_NR_SEVERITIES; i++)
		ck_assert_str_eq(rg_severity_name((enum rg_severity)i),
				 severities[i]);
	for (int i = 0; i < RG_NR_ACTIONS; i++)
		ck_assert_str_eq(rg_action_name((enum rg_action)i), actions[i]);
	for (int i = 0; i < RG_NR_PROFILES; i++)
		ck_assert_str_eq(rg_profile_name((enum rg_profile)i),
				 profiles[i]);
	ck_assert_ptr_null(rg_severity_name(RG_NR_SEVERITIES));
	ck_assert_ptr_null(rg_action_name(RG_NR_ACTIONS));
	ck_assert_ptr_null(rg_profile_name(RG_NR_PROFILES));
}
END_TEST

/* ---------------------------------------------------------------- checks */

static const struct {
	enum rg_check check;
	unsigned int number; /* 0: no finding */
} of_checks[] = {
	{ RG_CHECK_NONE, 0 },
	{ RG_CHECK_LIBC_FLAGS, 1 },
	{ RG_CHECK_FLAGS, 1 },
	{ RG_CHECK_ADDR_ALIGN, 2 },
	{ RG_CHECK_NEW_LEN_ZERO, 3 },
	{ RG_CHECK_NEW_LEN_RANGE, 4 },
	{ RG_CHECK_NEW_ADDR_RANGE, 4 },
	{ RG_CHECK_NEW_ADDR_ALIGN, 5 },
	{ RG_CHECK_FIXED_MAYMOVE, 6 },
	{ RG_CHECK_DONTUNMAP_MAYMOVE, 6 },
	{ RG_CHECK_DONTUNMAP_RESIZE, 7 },
	{ RG_CHECK_OVERLAP, 8 },
	{ RG_CHECK_MAP_COUNT, 9 },
	{ RG_CHECK_MOVE_MAP_COUNT, 9 },
	{ RG_CHECK_SOURCE_UNMAPPED, 20 },
	{ RG_CHECK_SOURCE_SEALED, 21 },
	{ RG_CHECK_HUGETLB_MOVE, 22 },
	{ RG_CHECK_HUGETLB_ADDR_ALIGN, 22 },
	{ RG_CHECK_HUGETLB_NEW_ADDR_ALIGN, 22 },
	{ RG_CHECK_HUGETLB_GROW, 22 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 23 },
	{ RG_CHECK_DONTUNMAP_SHARED, 24 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, 24 },
	{ RG_CHECK_CROSSES_VMA, 25 },
	{ RG_CHECK_OFFSET_WRAP, 4 },
	{ RG_CHECK_GROW_SPECIAL, 26 },
	{ RG_CHECK_MLOCK_LIMIT, 27 },
	{ RG_CHECK_ADDRESS_SPACE_LIMIT, 28 },
	{ RG_CHECK_DATA_LIMIT, 28 },
	{ RG_CHECK_COMMIT_LIMIT, 29 },
	{ RG_CHECK_NO_ROOM, 30 },
	{ RG_CHECK_EXTEND_SPECIAL, 26 },
	{ RG_CHECK_DEST_SEALED, 21 },
	{ RG_CHECK_DEST_UNSPLITTABLE, 32 },
	{ RG_CHECK_DEST_MAP_COUNT, 9 },
	{ RG_CHECK_TAIL_RANGE, 34 },
	{ RG_CHECK_TAIL_SEALED, 21 },
	{ RG_CHECK_TAIL_UNSPLITTABLE, 32 },
	{ RG_CHECK_TAIL_MAP_COUNT, 9 },
	{ RG_CHECK_SOURCE_GONE, 102 },
	{ RG_CHECK_NO_SPACE, 35 },
	{ RG_CHECK_LOW_ADDRESS, 31 },
	{ RG_CHECK_DRIVER_ADDRESS, 116 },
	{ RG_CHECK_UNSPLITTABLE, 32 },
	{ RG_CHECK_KSM, 0 },
	{ RG_CHECK_DRIVER_MOVE, 116 },
	{ RG_CHECK_MULTI_GAP, 33 },
	{ RG_CHECK_MULTI_UNFIT, 33 },
	{ RG_CHECK_HUGETLB_MISCOUNT, 22 },
};

START_TEST(check_has_its_finding)
{
	enum rg_check check = of_checks[_i].check;
	enum rg_finding finding = rg_finding_of_check(check);
	const struct rg_finding_info *info = rg_finding_info(finding);

	ck_assert_int_eq(check, _i);
	ck_assert_msg((info ? info->number : 0) == of_checks[_i].number,
		      "%s: %s", check_name(check), info ? info->id : "none");
}
END_TEST

START_TEST(every_check_is_listed)
{
	ck_assert_uint_eq(NR_ROWS(of_checks), RG_NR_CHECKS);
	ck_assert_int_eq(rg_finding_of_check(RG_NR_CHECKS), RG_NR_FINDINGS);
}
END_TEST

/* A refusal is somebody's: no check has it, no finding that is one lacks it. */
START_TEST(every_refusal_has_a_check)
{
	uint64_t refusals = 0;

	for (int i = 0; i < RG_NR_CHECKS; i++) {
		enum rg_finding finding = rg_finding_of_check((enum rg_check)i);

		if (finding < RG_NR_FINDINGS)
			refusals |= RG_FINDING_BIT(finding);
	}
	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)i);

		if (info->severity == RG_SEVERITY_ERROR)
			ck_assert_msg(refusals >> i & 1, "%s", info->id);
	}
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, finding_is_as_ever, 0, NR_ROWS(catalogue));
	tcase_add_test(tc, every_finding_is_listed);
	tcase_add_loop_test(tc, finding_is_unlike_others, 0, RG_NR_FINDINGS);
	tcase_add_loop_test(tc, finding_is_described, 0, RG_NR_FINDINGS);
	tcase_add_test(tc, what_is_none_is_not_found);
	tcase_add_test(tc, values_have_names);
	tcase_add_loop_test(tc, check_has_its_finding, 0, NR_ROWS(of_checks));
	tcase_add_test(tc, every_check_is_listed);
	tcase_add_test(tc, every_refusal_has_a_check);
}
