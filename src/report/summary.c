/* SPDX-License-Identifier: MIT */

#include "report/summary.h"

#include "report/callers.h"
#include "report/format.h"
#include "report/tally.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "remapguard: "

static void print_counts(const struct rg_tally *tally, FILE *out)
{
	const struct rg_totals *totals = &tally->totals;
	struct rg_word word;

	fprintf(out, PREFIX "%s",
		rg_format_nouns(totals->calls, "mremap call", &word));
	if (tally->processes.nr > 1)
		fprintf(out, " in %s",
			rg_format_nouns(tally->processes.nr, "process", &word));
	if (totals->calls)
		fprintf(out, ", %s failed",
			rg_format_count(totals->failed, &word));
	if (totals->judged[RG_JUDGED_UNSEEN])
		fprintf(out, ", of %s the result was not seen",
			rg_format_count(totals->judged[RG_JUDGED_UNSEEN],
					&word));
	if (totals->bytes_moved)
		fprintf(out, ", %s moved",
			rg_format_bytes(totals->bytes_moved, &word));
	fputc('\n', out);
}

static void print_first_reason(const struct rg_tally *tally, FILE *out)
{
	size_t nr;
	struct rg_reason *reasons = rg_reasons_all(tally, &nr);
	struct rg_word word;
	char buf[16];

	if (nr)
		fprintf(out, PREFIX "%s %s: %s\n",
			rg_format_count(reasons[0].count, &word),
			rg_error_name(reasons[0].error, buf),
			rg_reason_sentence(&reasons[0]));
	if (nr > 1)
		fprintf(out, PREFIX "and %s of failure\n",
			rg_format_nouns(nr - 1, "other reason", &word));
	free(reasons);
}

static void print_accesses(const struct rg_tally *tally, FILE *out)
{
	uint64_t accesses = rg_tally_met(tally, RG_FINDING_STALE_ACCESS);
	struct rg_word word;

	if (accesses)
		fprintf(out,
			PREFIX "%s of memory where it was before it moved\n",
			rg_format_nouns(accesses, "access", &word));
}

static void print_lost(const struct rg_tally *tally, FILE *out)
{
	uint64_t lost = rg_tally_lost(tally);
	struct rg_word word;

	if (lost)
		fprintf(out, PREFIX "%s not in the trace\n",
			rg_format_nouns(lost, "call", &word));
}

/* As a shell takes it: quoted where it is no plain word. */
static void print_how_to(const char *dir, FILE *out)
{
	const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			    "XYZ0123456789/._-+=:,@%";

	fputs(PREFIX "see: remapguard report ", out);
	if (*dir && *dir != '-' && !dir[strspn(dir, plain)]) {
		fprintf(out, "%s\n", dir);
		return;
	}
	fputs(*dir == '-' ? "./'" : "'", out);
	for (; *dir; dir++) {
		if (*dir == '\'')
			fputs("'\\'", out);
		fputc(*dir, out);
	}
	fputs("'\n", out);
}

int rg_report_summary(const char *dir, FILE *out)
{
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err;
	int ret = rg_tally_add(tally, dir, &err);

	if (ret) {
		fprintf(out, PREFIX "%s\n", err.text);
	} else {
		print_counts(tally, out);
		print_first_reason(tally, out);
		print_accesses(tally, out);
		print_lost(tally, out);
		print_how_to(dir, out);
	}
	rg_tally_free(tally);
	return ret;
}
