/* SPDX-License-Identifier: MIT */

#include "top-lines.h"

#include "report/alloc.h"
#include "report/callers.h"
#include "report/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const order_names[RG_NR_TOP] = {
	[RG_TOP_CALLS] = "calls",
	[RG_TOP_FAILED] = "failed",
	[RG_TOP_BYTES] = "bytes",
};

const char *rg_top_order_name(enum rg_top_order order)
{
	return (unsigned)order < RG_NR_TOP ? order_names[order] : NULL;
}

double rg_top_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void rg_top_remember(const struct rg_live *live, struct rg_top_before *before)
{
	free(before->sites);
	*before = (struct rg_top_before){
		.calls = live->calls,
		.failed = live->counted.failed,
		.denied = live->counted.denied,
		.bytes_moved = live->counted.bytes_moved,
		.sites = rg_copy(live->sites,
				 live->nr_sites * sizeof(*live->sites)),
		.nr_sites = live->nr_sites,
	};
	memcpy(before->paths, live->counted.paths, sizeof(before->paths));
}

void rg_top_forget(struct rg_top_before *before)
{
	free(before->sites);
	*before = (struct rg_top_before){ 0 };
}

/* A counter of another machine's making may fall. */
static uint64_t rate(const struct rg_top_look *look, uint64_t now,
		     uint64_t before)
{
	return now > before
		       ? (uint64_t)((double)(now - before) / look->seconds +
				    0.5)
		       : 0;
}

/* ------------------------------------------------------------- all of them */

static uint64_t sum_of_lost(const struct rg_live *live)
{
	uint64_t sum = 0;

	for (int i = 0; i < RG_NR_LOST; i++)
		sum += live->counted.lost[i];
	return sum;
}

static void print_totals(const struct rg_top_look *look, FILE *out)
{
	const struct rg_live *live = look->live;
	struct rg_word all, running, calls, bytes, lost;

	fprintf(out,
		"%s, %s running; %s calls, %s failed, %s denied, %s moved, %s "
		"lost\n",
		rg_format_nouns(live->processes.nr, "process", &all),
		rg_format_count(live->running, &running),
		rg_format_count(live->calls, &calls),
		rg_format_count(live->counted.failed, &(struct rg_word){ 0 }),
		rg_format_count(live->counted.denied, &(struct rg_word){ 0 }),
		rg_format_bytes(live->counted.bytes_moved, &bytes),
		rg_format_count(sum_of_lost(live), &lost));
}

static void print_rates(const struct rg_top_look *look, FILE *out)
{
	const struct rg_live *live = look->live;
	const struct rg_top_before *before = look->before;
	struct rg_word word;

	fprintf(out, "a second: %s calls,",
		rg_format_count(rate(look, live->calls, before->calls), &word));
	fprintf(out, " %s failed,",
		rg_format_count(
			rate(look, live->counted.failed, before->failed),
			&word));
	fprintf(out, " %s denied,",
		rg_format_count(
			rate(look, live->counted.denied, before->denied),
			&word));
	fprintf(out, " %s moved\n",
		rg_format_bytes(rate(look, live->counted.bytes_moved,
				     before->bytes_moved),
				&word));
}

static void print_paths(const struct rg_top_look *look, FILE *out)
{
	struct rg_word word;

	fputs("paths a second:", out);
	for (int path = RG_PATH_INVALID + 1; path < RG_NR_PATHS; path++) {
		uint64_t now = look->live->counted.paths[path];

		if (!now)
			continue;
		fprintf(out, "  %s %s", rg_path_name((enum rg_path)path),
			rg_format_count(
				rate(look, now, look->before->paths[path]),
				&word));
	}
	fputc('\n', out);
}

/* ---------------------------------------------------------------- failures */

#define REASONS_SHOWN 5

static int most_refused(const struct rg_live *live, uint64_t shown)
{
	int most = -1;

	for (int check = 0; check < RG_NR_CHECKS; check++) {
		if (shown >> check & 1 || !live->refused[check])
			continue;
		if (most < 0 || live->refused[check] > live->refused[most])
			most = check;
	}
	return most;
}

static void print_refused(const struct rg_top_look *look, FILE *out)
{
	const struct rg_live *live = look->live;
	uint64_t shown = 0;

	for (int i = 0; i < REASONS_SHOWN; i++) {
		int check = most_refused(live, shown);
		struct rg_word word;

		if (check < 0)
			break;
		shown |= UINT64_C(1) << check;
		fprintf(out, "%10s  %s\n",
			rg_format_count(live->refused[check], &word),
			check == RG_CHECK_NONE
				? "failed, by no check that is known"
				: rg_check_info((enum rg_check)check)
					  ->sentence);
	}
}

/* ------------------------------------------------------------------- sites */

static uint64_t weight(const struct rg_top_look *look,
		       const struct rg_live_site *site, size_t at)
{
	const struct rg_live_site none = { 0 };
	const struct rg_live_site *before =
		at < look->before->nr_sites ? &look->before->sites[at] : &none;

	switch (look->order) {
	case RG_TOP_FAILED:
		return site->failed - before->failed;
	case RG_TOP_BYTES:
		return site->bytes_moved - before->bytes_moved;
	case RG_TOP_CALLS:
	case RG_NR_TOP:
		break;
	}
	return site->calls - before->calls;
}

struct ranked {
	const struct rg_live_site *site;
	uint64_t weight; /* between the looks */
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	if (x->site->calls != y->site->calls)
		return x->site->calls < y->site->calls ? 1 : -1;
	return (x->site > y->site) - (x->site < y->site);
}

static void print_site(const struct rg_top_look *look,
		       const struct ranked *ranked, FILE *out)
{
	const struct rg_live_site *site = ranked->site;
	struct rg_name_list names = rg_names_find(look->names, &site->frame);
	struct rg_caller caller = { .name = names.list[0],
				    .inside = "",
				    .has_stack = true };
	uint64_t first = rate(look, ranked->weight, 0);
	struct rg_word word, failed, bytes, time, where;

	fprintf(out, "%10s %8s %10s %9s  %s\n",
		look->order == RG_TOP_BYTES ? rg_format_bytes(first, &word)
					    : rg_format_count(first, &word),
		rg_format_count(site->failed, &failed),
		rg_format_bytes(site->bytes_moved, &bytes),
		rg_format_duration(site->calls ? site->ns / site->calls : 0,
				   &time),
		rg_format_caller(&caller,
				 look->columns > 60 ? look->columns - 42 : 18,
				 &where));
}

static void print_sites(const struct rg_top_look *look, FILE *out)
{
	const struct rg_live *live = look->live;
	struct ranked *ranked =
		rg_alloc((live->nr_sites + 1) * sizeof(*ranked));

	for (size_t i = 0; i < live->nr_sites; i++)
		ranked[i] = (struct ranked){ &live->sites[i],
					     weight(look, &live->sites[i], i) };
	qsort(ranked, live->nr_sites, sizeof(*ranked), compare_ranked);
	fprintf(out, "%9s/s %8s %10s %9s  %s\n", rg_top_order_name(look->order),
		"failed", "moved", "a call", "from");
	for (size_t i = 0; i < live->nr_sites && i < look->sites; i++)
		print_site(look, &ranked[i], out);
	free(ranked);
}

void rg_top_lines(const struct rg_top_look *look, FILE *out)
{
	print_totals(look, out);
	print_rates(look, out);
	print_paths(look, out);
	print_refused(look, out);
	print_sites(look, out);
}
