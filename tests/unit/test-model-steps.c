/* SPDX-License-Identifier: MIT */

/* What a plan says beside its path: the steps in order, cost and placement. */

#include "unit.h"

#include "test-model-case.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)
#define NR_STEPS 6

static const struct {
	const char *name;
	struct model_case c;
	struct rg_step steps[NR_STEPS]; /* ends at RG_STEP_NONE */
	uint32_t nr_vmas;
	uint64_t moved_len;
} rows[] = {
	{ "no-op", { { A, PAGE, PAGE }, { ANON(A, 1, RW) } }, { { 0 } }, 1 },
	{ "shrink",
	  { { A, 3 * PAGE, PAGE }, { ANON(A, 3, RW) } },
	  { { RG_STEP_UNMAP_TAIL, A + PAGE, 2 * PAGE } },
	  1 },
	{ "grow in place",
	  { { A, PAGE, 3 * PAGE }, { ANON(A, 1, RW) } },
	  { { RG_STEP_EXPAND, A + PAGE, 2 * PAGE } },
	  1 },
	{ "grow elsewhere",
	  { { A, PAGE, 3 * PAGE, MAYMOVE }, { ANON(A, 2, RW) } },
	  { { RG_STEP_PICK, 0, 3 * PAGE },
	    { RG_STEP_MOVE, A, PAGE },
	    { RG_STEP_UNMAP_SOURCE, A, PAGE } },
	  1,
	  PAGE },
	{ "fixed shrink",
	  { { A, 3 * PAGE, PAGE, TO, B }, { ANON(A, 3, RW) } },
	  { { RG_STEP_UNMAP_DEST, B, PAGE },
	    { RG_STEP_UNMAP_TAIL, A + PAGE, 2 * PAGE },
	    { RG_STEP_MOVE, A, PAGE, B },
	    { RG_STEP_UNMAP_SOURCE, A, PAGE } },
	  1,
	  PAGE },
	{ "duplicate",
	  { { A, 0, 2 * PAGE, TO, B }, { SHMEM(A, 2) } },
	  { { RG_STEP_UNMAP_DEST, B, 2 * PAGE },
	    { RG_STEP_COPY, A, 2 * PAGE, B } },
	  1 },
	{ "dontunmap",
	  { { A, PAGE, PAGE, KEEP }, { ANON(A, 1, RW) } },
	  { { RG_STEP_PICK, 0, PAGE },
	    { RG_STEP_MOVE, A, PAGE },
	    { RG_STEP_KEEP_SOURCE, A, PAGE } },
	  1,
	  PAGE },
	{ "two vmas and a gap keep their distance",
	  { { A, 4 * PAGE, 4 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + 3 * PAGE, 9, RW) } },
	  { { RG_STEP_UNMAP_DEST, B, PAGE },
	    { RG_STEP_MOVE, A, PAGE, B },
	    { RG_STEP_UNMAP_SOURCE, A, PAGE },
	    { RG_STEP_UNMAP_DEST, B + 3 * PAGE, PAGE },
	    { RG_STEP_MOVE, A + 3 * PAGE, PAGE, B + 3 * PAGE },
	    { RG_STEP_UNMAP_SOURCE, A + 3 * PAGE, PAGE } },
	  2,
	  2 * PAGE },
	{ "hugetlb lengths are rounded up",
	  { { A, PAGE, PAGE, TO, B }, { HUGETLB(A, 1) } },
	  { { RG_STEP_UNMAP_DEST, B, HUGE_PAGE },
	    { RG_STEP_MOVE, A, HUGE_PAGE, B },
	    { RG_STEP_UNMAP_SOURCE, A, HUGE_PAGE } },
	  1,
	  HUGE_PAGE },
	{ "refused, the destination gone",
	  { { A, -2 * PAGE, PAGE, TO, B }, { ANON(A, 1, RW) } },
	  { { RG_STEP_UNMAP_DEST, B, PAGE } } },
};

static const struct rg_kernel g5 = { RG_GEN_G5, RG_KERNEL_VERSION(6, 18) };

static bool same_step(const struct rg_step *a, const struct rg_step *b)
{
	return a->kind == b->kind && a->start == b->start && a->len == b->len &&
	       a->to == b->to;
}

START_TEST(steps)
{
	unsigned int lookups;
	struct rg_plan plan = case_plan(&rows[_i].c, &g5, &lookups);
	uint32_t nr = 0;

	while (nr < NR_STEPS && rows[_i].steps[nr].kind)
		nr++;
	ck_assert_msg(plan.nr_steps == nr, "%s: %u steps", rows[_i].name,
		      plan.nr_steps);
	for (uint32_t i = 0; i < nr; i++)
		ck_assert_msg(same_step(&plan.steps[i], &rows[_i].steps[i]),
			      "%s: step %u is %s", rows[_i].name, i,
			      rg_step_name(plan.steps[i].kind));
	ck_assert_msg(plan.nr_vmas == rows[_i].nr_vmas, "%s: %u vmas",
		      rows[_i].name, plan.nr_vmas);
	ck_assert_msg(plan.moved_len == rows[_i].moved_len, "%s: moved %lx",
		      rows[_i].name, (unsigned long)plan.moved_len);
}
END_TEST

/* More vmas than fit: the steps are counted, and the first ones listed. */
START_TEST(more_steps_than_fit)
{
	const struct model_case c = { { A, 4 * PAGE, 4 * PAGE, TO, B },
				      { ANON(A, 1, RW),
					ANON(A + PAGE, 1, RG_VMA_READ),
					ANON(A + 2 * PAGE, 1, RW),
					ANON(A + 3 * PAGE, 1, RG_VMA_READ) } };
	unsigned int lookups;
	struct rg_plan plan = case_plan(&c, &g5, &lookups);

	ck_assert_uint_eq(plan.nr_steps, 12);
	ck_assert_uint_eq(plan.nr_vmas, 4);
	ck_assert_int_eq(plan.steps[RG_PLAN_MAX_STEPS - 1].kind, RG_STEP_MOVE);
	ck_assert_uint_eq(plan.steps[RG_PLAN_MAX_STEPS - 1].start,
			  A + 2 * PAGE);
}
END_TEST

static const struct {
	const char *name;
	uint64_t addr;
	uint64_t old_len;
	uint64_t new_len;
	uint64_t new_addr; /* 0: any */
	uint32_t version;
	enum rg_cost cost;
	uint64_t align;
} costs[] = {
	{ "a page", A, PAGE, PAGE, B, RG_KERNEL_VERSION(6, 18), RG_COST_PTE },
	{ "2 MB alike", A, 2 * MIB, 2 * MIB, B, RG_KERNEL_VERSION(6, 18),
	  RG_COST_PMD },
	{ "4 MB alike, not aligned", A + PAGE, 4 * MIB, 4 * MIB, B + PAGE,
	  RG_KERNEL_VERSION(6, 18), RG_COST_PMD },
	{ "2 MB alike, nowhere whole", A + PAGE, 2 * MIB, 2 * MIB, B + PAGE,
	  RG_KERNEL_VERSION(6, 18), RG_COST_PTE },
	{ "a page off", A, 8 * MIB, 8 * MIB, B + PAGE, RG_KERNEL_VERSION(6, 18),
	  RG_COST_PTE },
	{ "1 GB alike", A, GIB, GIB, B, RG_KERNEL_VERSION(6, 18), RG_COST_PUD },
	{ "1 GB alike, 5.10", A, GIB, GIB, B, RG_KERNEL_VERSION(5, 10),
	  RG_COST_PMD },
	{ "1 GB, alike in 2 MB", A, GIB, GIB, B + 2 * MIB,
	  RG_KERNEL_VERSION(6, 18), RG_COST_PMD },
	{ "grown to a multiple of 2 MB", A, 2 * MIB, 4 * MIB, 0,
	  RG_KERNEL_VERSION(6, 18), RG_COST_PMD, 2 * MIB },
	{ "grown to 4 MB and a page", A, 2 * MIB, 4 * MIB + PAGE, 0,
	  RG_KERNEL_VERSION(6, 18), RG_COST_PTE, PAGE },
	{ "grown to 4 MB and a page, 6.8", A, 2 * MIB, 4 * MIB + PAGE, 0,
	  RG_KERNEL_VERSION(6, 8), RG_COST_PMD, 2 * MIB },
	{ "grown to a multiple of 2 MB, 6.1", A, 2 * MIB, 4 * MIB, 0,
	  RG_KERNEL_VERSION(6, 1), RG_COST_PTE, PAGE },
};

START_TEST(cost)
{
	const struct model_case c = {
		{ costs[_i].addr, costs[_i].old_len, costs[_i].new_len,
		  costs[_i].new_addr ? TO : MAYMOVE, costs[_i].new_addr },
		{ ANON(A, 4 * GIB / PAGE, RW) },
	};
	const struct rg_kernel kernel = { RG_GEN_G5, costs[_i].version };
	unsigned int lookups;
	struct rg_plan plan = case_plan(&c, &kernel, &lookups);

	ck_assert_msg(plan.path == RG_PATH_MOVE, "%s: %s", costs[_i].name,
		      check_name(plan.check));
	ck_assert_msg(plan.cost == costs[_i].cost, "%s: %s", costs[_i].name,
		      rg_cost_name(plan.cost));
	ck_assert_msg(plan.result_align == costs[_i].align, "%s: %lx",
		      costs[_i].name, (unsigned long)plan.result_align);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, steps, 0, NR_ROWS(rows));
	tcase_add_test(tc, more_steps_than_fit);
	tcase_add_loop_test(tc, cost, 0, NR_ROWS(costs));
}
