/* SPDX-License-Identifier: MIT */

/*
 * rg_explain() against rg_plan_make(): what it tells of a call must be what
 * was planned, for every kernel; and rows on what it says where only a part
 * is known.
 */

#include "unit.h"

#include "test-model-case.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --------------------------------------------------- the same as the plan */

static const char *const releases[] = { "5.10", "5.15", "6.1",	"6.11",
					"6.12", "6.16", "6.18", "7.3" };

static uint64_t random_state;

static uint64_t pick(uint64_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1;
	return (random_state >> 33) % below;
}

static uint64_t some_length(void)
{
	static const uint64_t lengths[] = {
		0, 1, PAGE, 2 * PAGE, 3 * PAGE, 5 * PAGE, UINT64_MAX - PAGE,
	};

	return lengths[pick(NR_ROWS(lengths))];
}

static struct rg_request some_request(void)
{
	static const uint64_t flags[] = { 0,	MAYMOVE,   TO,	  TO,
					  KEEP, TO | KEEP, FIXED, 8 };
	static const uint64_t places[] = { B,	 B + 1, A + PAGE,	 A,
					   PAGE, C,	TASK_SIZE - PAGE };
	struct rg_request req = {
		.addr = A + pick(3) * PAGE + !pick(8),
		.old_len = some_length(),
		.flags = flags[pick(NR_ROWS(flags))],
		.new_addr = places[pick(NR_ROWS(places))],
	};

	req.new_len = pick(3) ? some_length() : req.old_len;
	return req;
}

static void some_vmas(struct rg_vma vmas[MAX_CASE_VMAS])
{
	static const struct rg_vma kinds[] = {
		ANON(0, 0, ACC),
		ANON(0, 0, ACC | RG_VMA_LOCKED),
		ANON(0, 0, ACC | RG_VMA_SEALED),
		ANON(0, 0, ACC | RG_VMA_UFFD),
		FILE_(0, 0, RG_VMA_READ),
		SHMEM(0, 0),
		VDSO(0, 0),
	};
	static const uint64_t places[] = { A, A + 2 * PAGE, A + 4 * PAGE, B };
	unsigned int nr = 0;

	memset(vmas, 0, MAX_CASE_VMAS * sizeof(*vmas));
	for (size_t i = 0; i < NR_ROWS(places); i++) {
		if (!pick(3))
			continue;
		vmas[nr] = kinds[pick(NR_ROWS(kinds))];
		vmas[nr].start = places[i];
		vmas[nr].end = places[i] + (1 + pick(2)) * PAGE;
		nr++;
	}
}

static void some_limits(struct limit_value limits[4])
{
	static const struct limit_value tight[] = {
		{ RG_LIMIT_MAP_COUNT, 65527 },
		{ RG_LIMIT_RLIMIT_AS, 1000 * PAGE },
		{ RG_LIMIT_RLIMIT_DATA, 500 * PAGE },
		{ RG_LIMIT_RLIMIT_MEMLOCK, 4 * PAGE },
		{ RG_LIMIT_MEMORY_PAGES, 1 },
	};

	memset(limits, 0, 4 * sizeof(*limits));
	if (!pick(4))
		limits[0] = tight[pick(NR_ROWS(tight))];
}

static bool holds(const struct rg_comparison *compared)
{
	uint64_t value = compared->value.value;
	uint64_t bound = compared->bound.value;

	switch (compared->relation) {
	case RG_EQUAL:
		return value == bound;
	case RG_ABOVE:
		return value > bound;
	case RG_AT_LEAST:
		return value >= bound;
	case RG_AT_MOST:
		return value <= bound;
	}
	return false;
}

static bool is_known(const struct rg_comparison *compared)
{
	return compared->unit != RG_UNIT_NONE && compared->value.known &&
	       compared->bound.known;
}

static void check_refusal(const char *name, const struct rg_plan *plan,
			  const struct rg_stop *stops, size_t nr)
{
	enum rg_check refused = RG_CHECK_NONE;

	for (size_t i = 0; i < nr; i++) {
		const struct rg_stop *stop = &stops[i];

		ck_assert_msg(!refused || stop->fate == RG_FATE_NOT_REACHED,
			      "%s: reached after a refusal", name);
		if (stop->fate != RG_FATE_REFUSED)
			continue;
		refused = stop->check;
		ck_assert_msg(stop->matters, "%s: %s does not matter", name,
			      check_name(refused));
		ck_assert_msg(
			!is_known(&stop->compared) || !holds(&stop->compared),
			"%s: %s refused and holds", name, check_name(refused));
	}
	ck_assert_msg(refused == plan->check, "%s: %s, and planned %s", name,
		      check_name(refused), check_name(plan->check));
}

/* Several vmas are one way told, and many steps made. */
static bool moves_several(const struct rg_plan *plan)
{
	return plan->nr_vmas > 1 || plan->damage & RG_DAMAGE_VMAS_MOVED;
}

static void check_steps(const char *name, const struct rg_plan *plan,
			const struct rg_stop *stops, size_t nr)
{
	uint32_t done = 0;

	if (moves_several(plan))
		return;
	for (size_t i = 0; i < nr; i++) {
		if (!stops[i].step || stops[i].fate != RG_FATE_PASSED)
			continue;
		ck_assert_msg(done < plan->nr_steps &&
				      plan->steps[done].kind == stops[i].step,
			      "%s: step %s", name, rg_step_name(stops[i].step));
		done++;
	}
	ck_assert_msg(done == plan->nr_steps, "%s: %u steps, planned %u", name,
		      done, plan->nr_steps);
}

/* Only arguments: later checks have exceptions that are not told. */
static void check_arguments(const char *name, const struct rg_stop *stops,
			    size_t nr)
{
	for (size_t i = 0; i < nr && stops[i].check <= RG_CHECK_OVERLAP; i++) {
		if (stops[i].fate == RG_FATE_PASSED && stops[i].matters &&
		    stops[i].check)
			ck_assert_msg(is_known(&stops[i].compared) &&
					      holds(&stops[i].compared),
				      "%s: %s passed and does not hold", name,
				      check_name(stops[i].check));
	}
}

static bool was_to_move(const struct rg_plan *plan)
{
	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++) {
		if (plan->steps[i].kind == RG_STEP_PICK)
			return true;
	}
	return false;
}

static void explain_one(const char *release)
{
	struct model_case c = { .req = some_request() };
	struct rg_stop stops[RG_MAX_STOPS];
	struct rg_account account;
	struct rg_limits limits;
	struct rg_kernel kernel;
	struct rg_plan plan;
	unsigned int lookups;
	char name[160];
	size_t nr;

	some_vmas(c.vmas);
	some_limits(c.limits);
	ck_assert(rg_kernel_from_release(release, &kernel));
	limits = case_limits(&c);
	plan = case_plan(&c, &kernel, &lookups);
	account = (struct rg_account){
		.req = &c.req,
		.kernel = &kernel,
		.limits = &limits,
		.source = plan.source,
		.path = plan.path,
		.check = plan.check,
		.error = plan.error,
		.moves = was_to_move(&plan),
	};
	snprintf(name, sizeof(name), "%s: %lx %lx %lx %lx %lx", release,
		 (unsigned long)c.req.addr, (unsigned long)c.req.old_len,
		 (unsigned long)c.req.new_len, (unsigned long)c.req.flags,
		 (unsigned long)c.req.new_addr);
	nr = rg_explain(&account, stops);
	check_refusal(name, &plan, stops, nr);
	check_steps(name, &plan, stops, nr);
	check_arguments(name, stops, nr);
}

START_TEST(explained_as_planned)
{
	random_state = (uint64_t)_i + 1;
	for (int i = 0; i < 20000 / unit_less(); i++)
		explain_one(releases[_i]);
}
END_TEST

/* -------------------------------------------------------- what is not known */

static const struct rg_request grows = { A, PAGE, 3 * PAGE, MAYMOVE, 0 };
static const struct rg_request moves = { A, PAGE, 3 * PAGE, TO, B };

/* On 6.18, with a page size and nothing else. */
static const struct row {
	const char *name;
	const struct rg_request *req;
	enum rg_path path;
	enum rg_check check;
	int error;
	uint64_t may_refuse;
	struct rg_vma source;
	/* what is wanted of one stop */
	enum rg_check at;
	enum rg_fate fate;
} rows[] = {
	{ "succeeded", &grows, .path = RG_PATH_MOVE,
	  .at = RG_CHECK_MOVE_MAP_COUNT, .fate = RG_FATE_PASSED },
	{ "refused", &grows, .path = RG_PATH_REFUSE,
	  .check = RG_CHECK_CROSSES_VMA, .at = RG_CHECK_CROSSES_VMA,
	  .fate = RG_FATE_REFUSED },
	{ "before it", &grows, .path = RG_PATH_REFUSE,
	  .check = RG_CHECK_CROSSES_VMA, .at = RG_CHECK_SOURCE_UNMAPPED,
	  .fate = RG_FATE_PASSED },
	{ "after it", &grows, .path = RG_PATH_REFUSE,
	  .check = RG_CHECK_CROSSES_VMA, .at = RG_CHECK_MLOCK_LIMIT,
	  .fate = RG_FATE_NOT_REACHED },
	{ "one errno, one check", &grows, .path = RG_PATH_REFUSE,
	  .error = EAGAIN, .at = RG_CHECK_MLOCK_LIMIT,
	  .fate = RG_FATE_REFUSED },
	{ "one errno, several checks", &grows, .path = RG_PATH_REFUSE,
	  .error = ENOMEM, .at = RG_CHECK_ADDRESS_SPACE_LIMIT,
	  .fate = RG_FATE_POSSIBLE },
	{ "before the first of them", &grows, .path = RG_PATH_REFUSE,
	  .error = ENOMEM, .at = RG_CHECK_GROW_SPECIAL,
	  .fate = RG_FATE_PASSED },
	{ "between them", &grows, .path = RG_PATH_REFUSE, .error = ENOMEM,
	  .at = RG_CHECK_UNSPLITTABLE, .fate = RG_FATE_UNKNOWN },
	{ "not one that cannot be", &grows, .path = RG_PATH_REFUSE,
	  .error = EINVAL, .source = ANON(A, 1, ACC),
	  .at = RG_CHECK_DUPLICATE_PRIVATE, .fate = RG_FATE_UNKNOWN },
	{ "an errno of no check", &grows, .path = RG_PATH_REFUSE,
	  .error = ENOSYS, .at = RG_CHECK_FLAGS, .fate = RG_FATE_UNKNOWN },
	{ "never learned", &grows, .path = RG_PATH_INVALID,
	  .at = RG_CHECK_FLAGS, .fate = RG_FATE_UNKNOWN },
	{ "planned, and may be refused", &grows, .path = RG_PATH_MOVE,
	  .may_refuse = UINT64_C(1) << RG_CHECK_MAP_COUNT |
			UINT64_C(1) << RG_CHECK_MOVE_MAP_COUNT,
	  .at = RG_CHECK_MOVE_MAP_COUNT, .fate = RG_FATE_POSSIBLE },
	{ "libc asks first", &moves, .path = RG_PATH_REFUSE,
	  .check = RG_CHECK_LIBC_FLAGS, .at = RG_CHECK_FLAGS,
	  .fate = RG_FATE_NOT_REACHED },
	{ "the mapping goes on: it can only move", &grows,
	  .path = RG_PATH_REFUSE, .check = RG_CHECK_COMMIT_LIMIT,
	  .source = ANON(A, 3, ACC), .at = RG_CHECK_NO_ROOM,
	  .fate = RG_FATE_PASSED },
};

static const struct rg_stop *find_stop(const struct rg_stop *stops, size_t nr,
				       enum rg_check check)
{
	for (size_t i = 0; i < nr; i++) {
		if (stops[i].check == check)
			return &stops[i];
	}
	return NULL;
}

static size_t explain_row(const struct row *row, struct rg_stop *stops)
{
	struct rg_limits limits = { .known = 1u << RG_LIMIT_PAGE_SIZE,
				    .page_size = PAGE };
	struct rg_kernel kernel = { RG_GEN_G5, RG_KERNEL_VERSION(6, 18) };
	struct rg_account account = {
		.req = row->req,
		.kernel = &kernel,
		.limits = &limits,
		.source = row->source,
		.path = row->path,
		.check = row->check,
		.error = row->error,
		.may_refuse = row->may_refuse,
	};

	return rg_explain(&account, stops);
}

START_TEST(fate)
{
	const struct row *row = &rows[_i];
	struct rg_stop stops[RG_MAX_STOPS];
	size_t nr = explain_row(row, stops);
	const struct rg_stop *stop = find_stop(stops, nr, row->at);

	ck_assert_msg(stop != NULL, "%s: not asked", row->name);
	ck_assert_msg(stop->fate == row->fate, "%s: %s", row->name,
		      rg_fate_name(stop->fate));
}
END_TEST

START_TEST(values)
{
	struct row row = { .req = &grows,
			   .path = RG_PATH_REFUSE,
			   .check = RG_CHECK_CROSSES_VMA,
			   .source = ANON(A, 1, ACC) };
	struct rg_stop stops[RG_MAX_STOPS];
	size_t nr = explain_row(&row, stops);
	const struct rg_comparison *compared;

	compared = &find_stop(stops, nr, RG_CHECK_CROSSES_VMA)->compared;
	ck_assert_uint_eq(compared->value.value, PAGE);
	ck_assert_uint_eq(compared->bound.value, PAGE);
	/* the kernel's own answer tells */
	compared = &find_stop(stops, nr, RG_CHECK_SOURCE_SEALED)->compared;
	ck_assert(compared->value.known && !compared->value.value);
	/* nobody said */
	compared = &find_stop(stops, nr, RG_CHECK_NEW_LEN_RANGE)->compared;
	ck_assert(compared->value.known && !compared->bound.known);
}
END_TEST

/* It seems of no importance until it refuses. */
START_TEST(what_refuses_matters)
{
	struct row row = { .req = &grows,
			   .path = RG_PATH_REFUSE,
			   .check = RG_CHECK_COMMIT_LIMIT,
			   .source = FILE_(A, 1, RG_VMA_READ) };
	struct rg_stop stops[RG_MAX_STOPS];
	size_t nr = explain_row(&row, stops);

	ck_assert(find_stop(stops, nr, RG_CHECK_COMMIT_LIMIT)->matters);
	row.check = RG_CHECK_NONE;
	row.path = RG_PATH_MOVE;
	nr = explain_row(&row, stops);
	ck_assert(!find_stop(stops, nr, RG_CHECK_COMMIT_LIMIT)->matters);
}
END_TEST

START_TEST(fates_are_named)
{
	for (int i = 0; i < RG_NR_FATES; i++)
		ck_assert(rg_fate_name((enum rg_fate)i) != NULL);
	ck_assert(rg_fate_name(RG_NR_FATES) == NULL);
}
END_TEST

START_TEST(no_rules)
{
	struct rg_kernel kernel = { 0 };
	struct rg_limits limits = rg_limits_default(PAGE);
	struct rg_account account = { .req = &grows,
				      .kernel = &kernel,
				      .limits = &limits };
	struct rg_stop stops[RG_MAX_STOPS];

	ck_assert_uint_eq(rg_explain(&account, stops), 0);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, explained_as_planned, 0, NR_ROWS(releases));
	tcase_add_loop_test(tc, fate, 0, NR_ROWS(rows));
	tcase_add_test(tc, values);
	tcase_add_test(tc, what_refuses_matters);
	tcase_add_test(tc, fates_are_named);
	tcase_add_test(tc, no_rules);
}
