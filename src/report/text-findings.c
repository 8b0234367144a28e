/* SPDX-License-Identifier: MIT */

#include "report/text-parts.h"

#include "report/format.h"

#include <string.h>

/* Column of identifiers: count. */
#define FINDING_INDENT 11

static void format_verdict(const struct rg_finding_count *count,
			   struct rg_word *word)
{
	struct rg_word number;

	word->text[0] = '\0';
	if (count->denied == count->count)
		strcpy(word->text, ", denied");
	else if (count->denied)
		snprintf(word->text, sizeof(word->text), ", %.32s denied",
			 rg_format_count(count->denied, &number));
}

static void print_finding(const struct rg_page *page, enum rg_finding finding)
{
	const struct rg_finding_count *count = &page->tally->findings[finding];
	const struct rg_finding_info *info = rg_finding_info(finding);
	struct rg_callers callers;
	struct rg_word verdict;
	struct rg_word word;

	format_verdict(count, &verdict);
	fprintf(page->out, "  %7s  %s %s (%s%s)\n",
		rg_format_count(count->count, &word), info->id, info->name,
		rg_severity_name(info->severity), verdict.text);
	fprintf(page->out, "%*s", FINDING_INDENT, "");
	rg_print_wrapped(page->out, info->sentence, FINDING_INDENT);
	rg_callers_found(page->tally, page->names, finding, &callers);
	rg_text_few_callers(page, &callers, FINDING_INDENT);
	rg_callers_deinit(&callers);
}

static uint64_t nr_needing_vmas(void)
{
	uint64_t nr = 0;

	for (int i = 0; i < RG_NR_FINDINGS; i++)
		nr += rg_finding_info((enum rg_finding)i)->needs_vmas;
	return nr;
}

static void print_unknown(const struct rg_page *page)
{
	struct rg_word count;

	if (page->tally->unknown_findings)
		fprintf(page->out, "  %7s  that this version does not know\n",
			rg_format_count(page->tally->unknown_findings, &count));
}

static bool is_hazard(enum rg_finding finding)
{
	return rg_finding_info(finding)->severity == RG_SEVERITY_HAZARD;
}

void rg_text_findings(const struct rg_page *page)
{
	enum rg_finding met[RG_NR_FINDINGS];
	size_t nr = rg_findings_met(page->tally, met);
	struct rg_word heading;

	if (!nr && !page->tally->unknown_findings)
		return;
	rg_format_nouns(nr, "kind", &heading);
	strcat(heading.text, " of findings (remapguard explain RGnnn)");
	if (nr && is_hazard(met[0]))
		rg_text_alarm(page, heading.text);
	else
		rg_text_heading(page, heading.text);
	for (size_t i = 0; i < nr; i++)
		print_finding(page, met[i]);
	print_unknown(page);
}

/* Silence about a call that nobody looked at is no praise. */
void rg_text_unjudged(const struct rg_page *page)
{
	uint64_t unjudged = page->tally->totals.judged[RG_JUDGED_UNPLANNED];
	struct rg_word count;
	struct rg_word line;

	if (!unjudged)
		return;
	snprintf(line.text, sizeof(line.text),
		 "Not judged in full: %.40s, for which nobody looked at the "
		 "mappings. %u findings of %u need that; with predict=always "
		 "it is done before each call.",
		 rg_format_nouns(unjudged, "call", &count),
		 (unsigned)nr_needing_vmas(), (unsigned)RG_NR_FINDINGS);
	fputc('\n', page->out);
	rg_print_wrapped(page->out, line.text, 0);
}
