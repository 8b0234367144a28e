/* SPDX-License-Identifier: MIT */

#include "report/diff.h"

#include "report/alloc.h"
#include "report/format.h"

#include <stdlib.h>

/* Callers and sites that are shown; JSON has all. */
#define CALLERS_SHOWN 3
#define SITES_SHOWN 10

/* "      1,204        1,310  more" */
#define NUMBER_WIDTH 11
#define CALLER_INDENT 6

typedef const char *format_number(uint64_t number, struct rg_word *word);

static void print_numbers(const struct rg_pair *pair, format_number *format,
			  FILE *out)
{
	struct rg_word a;
	struct rg_word b;

	fprintf(out, "%*s %*s", NUMBER_WIDTH, format(pair->a, &a), NUMBER_WIDTH,
		format(pair->b, &b));
}

static void print_change(const struct rg_pair *pair, bool regression, FILE *out)
{
	fprintf(out, "  %s%s\n", rg_change_name(rg_change_of(pair)),
		regression ? ": REGRESSION" : "");
}

/* ------------------------------------------------------------------ totals */

static const struct {
	const char *label;
	format_number *format;
	bool always;
} rows[RG_NR_TOTALS] = {
	[RG_TOTAL_CALLS] = { "calls", rg_format_count, true },
	[RG_TOTAL_FAILED] = { "failed", rg_format_count, true },
	[RG_TOTAL_DENIED] = { "denied", rg_format_count, false },
	[RG_TOTAL_MOVES] = { "moves", rg_format_count, true },
	[RG_TOTAL_BYTES_MOVED] = { "moved", rg_format_bytes, true },
	[RG_TOTAL_NS] = { "time in mremap", rg_format_duration, true },
	[RG_TOTAL_ACCESSES] = { "stale accesses", rg_format_count, false },
	[RG_TOTAL_MISMATCHES] = { "mismatches", rg_format_count, false },
	[RG_TOTAL_LOST] = { "not in the trace", rg_format_count, false },
};

static void print_totals(const struct rg_diff *diff, FILE *out)
{
	for (int i = 0; i < RG_NR_TOTALS; i++) {
		const struct rg_pair *pair = &diff->totals[i];

		if (!rows[i].always && !pair->a && !pair->b)
			continue;
		fprintf(out, "%-18s", rows[i].label);
		print_numbers(pair, rows[i].format, out);
		print_change(pair,
			     i == RG_TOTAL_BYTES_MOVED && diff->more_moved,
			     out);
	}
}

/* ----------------------------------------------------------------- callers */

static void print_caller(const struct rg_caller *caller,
			 const struct rg_pair *pair, format_number *format,
			 FILE *out)
{
	const size_t columns = rg_columns_left(CALLER_INDENT + 30);
	struct rg_word word;

	rg_format_caller(caller, columns, &word);
	fprintf(out, "%*s%s%*s", CALLER_INDENT, "", word.text,
		(int)(columns - rg_columns(word.text)), "");
	print_numbers(pair, format, out);
	print_change(pair, false, out);
}

static void print_callers(const struct rg_diff_callers *callers, FILE *out)
{
	struct rg_word word;

	for (size_t i = 0; i < callers->nr && i < CALLERS_SHOWN; i++)
		print_caller(&callers->list[i].caller, &callers->list[i].count,
			     rg_format_count, out);
	if (callers->nr > CALLERS_SHOWN)
		fprintf(out, "%*sand %s\n", CALLER_INDENT, "",
			rg_format_nouns(callers->nr - CALLERS_SHOWN,
					"other caller", &word));
}

/* ---------------------------------------------------- findings and failures */

static void print_heading(const char *text, FILE *out)
{
	fprintf(out, "\n%s\n", text);
}

static void print_findings(const struct rg_diff *diff, FILE *out)
{
	if (diff->nr_findings)
		print_heading("Findings (remapguard explain RGnnn)", out);
	for (size_t i = 0; i < diff->nr_findings; i++) {
		const struct rg_diff_finding *finding = &diff->findings[i];
		const struct rg_finding_info *info =
			rg_finding_info(finding->finding);

		fprintf(out, "  %s %s (%s): ", info->id, info->name,
			rg_severity_name(info->severity));
		print_numbers(&finding->count, rg_format_count, out);
		print_change(&finding->count, finding->regression, out);
		if (rg_change_of(&finding->count) != RG_CHANGE_SAME ||
		    finding->regression)
			print_callers(&finding->callers, out);
	}
}

static void print_failures(const struct rg_diff *diff, FILE *out)
{
	char buf[16];

	if (diff->nr_failures)
		print_heading("Failures", out);
	for (size_t i = 0; i < diff->nr_failures; i++) {
		const struct rg_diff_failure *failure = &diff->failures[i];

		fprintf(out,
			"  %s: ", rg_error_name(failure->reason.error, buf));
		rg_print_wrapped(out, rg_reason_sentence(&failure->reason), 4);
		fprintf(out, "%*s", 18, "");
		print_numbers(&failure->count, rg_format_count, out);
		print_change(&failure->count, failure->regression, out);
		if (rg_change_of(&failure->count) != RG_CHANGE_SAME ||
		    failure->regression)
			print_callers(&failure->callers, out);
	}
}

/* ------------------------------------------------------------------- sites */

static void print_sites(const struct rg_diff *diff, FILE *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < diff->sites.nr && shown < SITES_SHOWN; i++) {
		const struct rg_diff_caller *site = &diff->sites.list[i];

		if (rg_change_of(&site->count) == RG_CHANGE_SAME)
			break;
		if (!shown++)
			print_heading("Callers whose calls changed most", out);
		print_caller(&site->caller, &site->count, rg_format_count, out);
	}
}

static double more_moved(const struct rg_diff_caller *site)
{
	return (double)site->bytes_moved.b - (double)site->bytes_moved.a;
}

static int compare_moved(const void *a, const void *b)
{
	double left = more_moved(*(const struct rg_diff_caller *const *)a);
	double right = more_moved(*(const struct rg_diff_caller *const *)b);

	return (left < right) - (left > right);
}

/* Who is to blame for more bytes moved need not make more calls. */
static void print_movers(const struct rg_diff *diff, FILE *out)
{
	const struct rg_diff_caller **movers =
		rg_alloc(diff->sites.nr * sizeof(*movers));
	size_t nr = 0;

	for (size_t i = 0; i < diff->sites.nr; i++) {
		if (more_moved(&diff->sites.list[i]) > 0)
			movers[nr++] = &diff->sites.list[i];
	}
	if (nr) {
		qsort(movers, nr, sizeof(*movers), compare_moved);
		print_heading("Callers that move more", out);
	}
	for (size_t i = 0; i < nr && i < SITES_SHOWN; i++)
		print_caller(&movers[i]->caller, &movers[i]->bytes_moved,
			     rg_format_bytes, out);
	free(movers);
}

/* ----------------------------------------------------------------- verdict */

static size_t count_regressions(const struct rg_diff *diff)
{
	size_t nr = diff->more_moved;

	for (size_t i = 0; i < diff->nr_findings; i++)
		nr += diff->findings[i].regression;
	for (size_t i = 0; i < diff->nr_failures; i++)
		nr += diff->failures[i].regression;
	return nr;
}

static void print_verdict(const struct rg_diff *diff, FILE *out)
{
	size_t nr = count_regressions(diff);
	struct rg_word word;

	if (nr)
		fprintf(out, "%s.\n", rg_format_nouns(nr, "regression", &word));
	else
		fputs("No regression.\n", out);
}

static void print_audit(const char *label, const struct rg_tally *tally,
			const char *dir, FILE *out)
{
	struct rg_word name;
	struct rg_word kernel;

	fprintf(out, "%s  %s, Linux %s\n", label,
		rg_format_short(dir, 40, &name),
		rg_format_short(tally->env.kernel, 20, &kernel));
}

void rg_render_diff_text(const struct rg_diff *diff,
			 const struct rg_diff_names *names, FILE *out)
{
	print_verdict(diff, out);
	fputc('\n', out);
	print_audit("a", diff->a, names->a, out);
	print_audit("b", diff->b, names->b, out);
	fprintf(out, "\n%-18s%*s %*s\n", "", NUMBER_WIDTH, "a", NUMBER_WIDTH,
		"b");
	print_totals(diff, out);
	print_findings(diff, out);
	print_failures(diff, out);
	print_sites(diff, out);
	print_movers(diff, out);
}
