/* SPDX-License-Identifier: MIT */

#include "report/diff.h"

#include "report/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const changes[RG_NR_CHANGES] = {
	[RG_CHANGE_NEW] = "new",   [RG_CHANGE_MORE] = "more",
	[RG_CHANGE_SAME] = "same", [RG_CHANGE_LESS] = "less",
	[RG_CHANGE_GONE] = "gone",
};

const char *rg_change_name(enum rg_change change)
{
	return change < RG_NR_CHANGES ? changes[change] : NULL;
}

enum rg_change rg_change_of(const struct rg_pair *pair)
{
	if (pair->a == pair->b)
		return RG_CHANGE_SAME;
	if (!pair->a)
		return RG_CHANGE_NEW;
	if (!pair->b)
		return RG_CHANGE_GONE;
	return pair->b > pair->a ? RG_CHANGE_MORE : RG_CHANGE_LESS;
}

static const char *const totals[RG_NR_TOTALS] = {
	[RG_TOTAL_CALLS] = "calls",
	[RG_TOTAL_FAILED] = "failed",
	[RG_TOTAL_DENIED] = "denied",
	[RG_TOTAL_MOVES] = "moves",
	[RG_TOTAL_BYTES_MOVED] = "bytes_moved",
	[RG_TOTAL_NS] = "ns_total",
	[RG_TOTAL_ACCESSES] = "accesses",
	[RG_TOTAL_MISMATCHES] = "mismatches",
	[RG_TOTAL_LOST] = "lost",
};

const char *rg_diff_total_name(enum rg_diff_total total)
{
	return total < RG_NR_TOTALS ? totals[total] : NULL;
}

/* ----------------------------------------------------------------- callers */

/* One of the two audits. */
struct side {
	const struct rg_tally *tally;
	struct rg_names *names;
	bool is_b;
};

static uint64_t *of_side(struct rg_pair *pair, const struct side *side)
{
	return side->is_b ? &pair->b : &pair->a;
}

/* What of a site is counted. */
struct counting {
	uint64_t (*at)(const struct rg_site *site, const void *ctx);
	const void *ctx;
};

struct gathering {
	struct rg_diff_callers callers;
	struct rg_table table;
};

/* Lines are not in it, nor is an offset where there is a name. */
static char *key_of(const struct rg_caller *caller)
{
	const struct rg_name *name = &caller->name;
	char offset[24] = "";
	char *key;

	if (!*name->function)
		snprintf(offset, sizeof(offset), "%" PRIx64, name->offset);
	if (asprintf(&key, "%s\n%s\n%s\n%s", name->function, offset,
		     rg_base_name(name->module), caller->inside) < 0)
		abort();
	return key;
}

static struct rg_diff_caller *intern(struct gathering *gathering,
				     const struct rg_caller *caller)
{
	struct rg_diff_callers *callers = &gathering->callers;
	char *key = key_of(caller);
	size_t at = rg_table_intern(&gathering->table, key, strlen(key),
				    callers->nr);

	free(key);
	if (at == callers->nr) {
		callers->list = rg_grow_by_one(callers->list, callers->nr,
					       &callers->capacity,
					       sizeof(*callers->list));
		callers->list[callers->nr++] = (struct rg_diff_caller){ 0 };
	}
	callers->list[at].caller = *caller;
	return &callers->list[at];
}

static void gather(struct gathering *gathering, const struct side *side,
		   const struct counting *counting)
{
	const struct rg_sites *sites = &side->tally->sites;

	for (size_t i = 0; i < sites->nr; i++) {
		const struct rg_site *site = &sites->list[i];
		uint64_t count = counting->at(site, counting->ctx);
		struct rg_diff_caller *into;
		struct rg_caller caller;

		if (!count)
			continue;
		caller = rg_caller_of(site, &side->tally->objects, side->names);
		into = intern(gathering, &caller);
		*of_side(&into->count, side) += count;
		*of_side(&into->failed, side) += site->failed;
		*of_side(&into->moves, side) += site->moves;
		*of_side(&into->bytes_moved, side) += site->bytes_moved;
		*of_side(&into->ns, side) += site->ns_total;
	}
}

static uint64_t difference(const struct rg_pair *pair)
{
	return pair->a > pair->b ? pair->a - pair->b : pair->b - pair->a;
}

/* 0 too for those that compare alike: then they stay as first met. */
static int compare_callers(const void *a, const void *b)
{
	const struct rg_diff_caller *left = a;
	const struct rg_diff_caller *right = b;
	uint64_t left_by = difference(&left->count);
	uint64_t right_by = difference(&right->count);

	if (left_by != right_by)
		return left_by < right_by ? 1 : -1;
	if (left->count.b != right->count.b)
		return left->count.b < right->count.b ? 1 : -1;
	return strcmp(left->caller.name.function, right->caller.name.function);
}

static void gather_both(const struct side sides[2],
			const struct counting *counting,
			struct rg_diff_callers *ret_callers)
{
	struct gathering gathering = { 0 };

	for (int i = 0; i < 2; i++)
		gather(&gathering, &sides[i], counting);
	rg_table_deinit(&gathering.table);
	if (gathering.callers.nr)
		qsort(gathering.callers.list, gathering.callers.nr,
		      sizeof(*gathering.callers.list), compare_callers);
	*ret_callers = gathering.callers;
}

static uint64_t calls_at(const struct rg_site *site, const void *ctx)
{
	(void)ctx;
	return site->calls;
}

/* ------------------------------------------------------------- regressions */

static bool is_worse(const struct rg_pair *pair, unsigned tolerance)
{
	return pair->b > pair->a &&
	       (double)(pair->b - pair->a) * 100 > (double)pair->a * tolerance;
}

/*
 * Few at a new place are lost among many elsewhere. A place without a name is
 * another with each build, and says nothing.
 */
static bool has_new_caller(const struct rg_diff_callers *callers)
{
	for (size_t i = 0; i < callers->nr; i++) {
		const struct rg_diff_caller *caller = &callers->list[i];

		if (rg_change_of(&caller->count) == RG_CHANGE_NEW &&
		    *caller->caller.name.function)
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------- findings */

static bool only_informs(enum rg_finding finding)
{
	return rg_finding_info(finding)->severity == RG_SEVERITY_INFO;
}

static int compare_findings(const void *a, const void *b)
{
	const struct rg_diff_finding *left = a;
	const struct rg_diff_finding *right = b;
	int order = rg_finding_urgency(left->finding) -
		    rg_finding_urgency(right->finding);

	return order ? order : (int)left->finding - (int)right->finding;
}

static void add_finding(struct rg_diff *diff, const struct side sides[2],
			enum rg_finding finding)
{
	struct rg_diff_finding *into = &diff->findings[diff->nr_findings];
	const struct counting counting = { rg_site_found, &finding };

	*into = (struct rg_diff_finding){
		.finding = finding,
		.count = { rg_tally_met(diff->a, finding),
			   rg_tally_met(diff->b, finding) },
	};
	if (!into->count.a && !into->count.b)
		return;
	gather_both(sides, &counting, &into->callers);
	into->regression = !only_informs(finding) &&
			   (is_worse(&into->count, diff->tolerance) ||
			    has_new_caller(&into->callers));
	diff->regression |= into->regression;
	diff->nr_findings++;
}

static void make_findings(struct rg_diff *diff, const struct side sides[2])
{
	diff->findings = rg_alloc(RG_NR_FINDINGS * sizeof(*diff->findings));
	for (int i = 0; i < RG_NR_FINDINGS; i++)
		add_finding(diff, sides, (enum rg_finding)i);
	if (diff->nr_findings)
		qsort(diff->findings, diff->nr_findings,
		      sizeof(*diff->findings), compare_findings);
}

/* ---------------------------------------------------------------- failures */

static struct rg_diff_failure *find_failure(struct rg_diff *diff,
					    const struct rg_reason *reason)
{
	for (size_t i = 0; i < diff->nr_failures; i++) {
		struct rg_diff_failure *failure = &diff->failures[i];

		if (failure->reason.error == reason->error &&
		    failure->reason.check == reason->check)
			return failure;
	}
	diff->failures = rg_grow(diff->failures, diff->nr_failures + 1,
				 sizeof(*diff->failures));
	diff->failures[diff->nr_failures] =
		(struct rg_diff_failure){ .reason = *reason };
	return &diff->failures[diff->nr_failures++];
}

static void add_failures(struct rg_diff *diff, const struct side *side)
{
	size_t nr;
	struct rg_reason *reasons = rg_reasons_all(side->tally, &nr);

	for (size_t i = 0; i < nr; i++)
		*of_side(&find_failure(diff, &reasons[i])->count, side) =
			reasons[i].count;
	free(reasons);
}

/* B's come first, and in their order. */
static void make_failures(struct rg_diff *diff, const struct side sides[2])
{
	add_failures(diff, &sides[1]);
	add_failures(diff, &sides[0]);
	for (size_t i = 0; i < diff->nr_failures; i++) {
		struct rg_diff_failure *failure = &diff->failures[i];
		const struct counting counting = { rg_site_failures,
						   &failure->reason };

		gather_both(sides, &counting, &failure->callers);
		failure->regression =
			is_worse(&failure->count, diff->tolerance) ||
			has_new_caller(&failure->callers);
		diff->regression |= failure->regression;
	}
}

/* ------------------------------------------------------------------- whole */

static void add_totals(struct rg_diff *diff, const struct side *side)
{
	const struct rg_tally *tally = side->tally;
	uint64_t moves = 0;
	uint64_t ns = 0;
	uint64_t values[RG_NR_TOTALS];

	for (size_t i = 0; i < tally->sites.nr; i++) {
		moves += tally->sites.list[i].moves;
		ns += tally->sites.list[i].ns_total;
	}
	values[RG_TOTAL_CALLS] = tally->totals.calls;
	values[RG_TOTAL_FAILED] = tally->totals.failed;
	values[RG_TOTAL_DENIED] = tally->totals.denied;
	values[RG_TOTAL_MOVES] = moves;
	values[RG_TOTAL_BYTES_MOVED] = tally->totals.bytes_moved;
	values[RG_TOTAL_NS] = ns;
	values[RG_TOTAL_ACCESSES] = rg_tally_quarantined(tally).accesses;
	values[RG_TOTAL_MISMATCHES] = tally->totals.mismatches;
	values[RG_TOTAL_LOST] = rg_tally_lost(tally);
	for (int i = 0; i < RG_NR_TOTALS; i++)
		*of_side(&diff->totals[i], side) = values[i];
}

void rg_diff_make(const struct rg_tally *a, const struct rg_tally *b,
		  unsigned tolerance, struct rg_diff *ret_diff)
{
	struct rg_diff diff = {
		.a = a,
		.b = b,
		.names_a = rg_names_new(&a->objects),
		.names_b = rg_names_new(&b->objects),
		.tolerance = tolerance,
	};
	const struct side sides[2] = {
		{ .tally = a, .names = diff.names_a },
		{ .tally = b, .names = diff.names_b, .is_b = true },
	};
	const struct counting calls = { calls_at, NULL };

	for (int i = 0; i < 2; i++)
		add_totals(&diff, &sides[i]);
	diff.more_moved =
		is_worse(&diff.totals[RG_TOTAL_BYTES_MOVED], tolerance);
	diff.regression = diff.more_moved;
	make_findings(&diff, sides);
	make_failures(&diff, sides);
	gather_both(sides, &calls, &diff.sites);
	*ret_diff = diff;
}

void rg_diff_deinit(struct rg_diff *diff)
{
	for (size_t i = 0; i < diff->nr_findings; i++)
		free(diff->findings[i].callers.list);
	for (size_t i = 0; i < diff->nr_failures; i++)
		free(diff->failures[i].callers.list);
	free(diff->findings);
	free(diff->failures);
	free(diff->sites.list);
	rg_names_free(diff->names_a);
	rg_names_free(diff->names_b);
	*diff = (struct rg_diff){ 0 };
}
