/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TEXT_PARTS_H
#define RG_REPORT_TEXT_PARTS_H

/* The parts of the text report, each a paragraph or nothing at all. */

#include "report/callers.h"
#include "report/render.h"

struct rg_page {
	const struct rg_tally *tally;
	const struct rg_look *look;
	struct rg_names *names;
	FILE *out;
};

/* Who failed and why, what moved, where the calls come from. */
void rg_text_failures(const struct rg_page *page);
void rg_text_findings(const struct rg_page *page);
/* Each stale access, with both stacks: text-stale.c. */
void rg_text_stale(const struct rg_page *page);
void rg_text_paths(const struct rg_page *page);
void rg_text_callers(const struct rg_page *page);
void rg_text_model(const struct rg_page *page);

/* Who took part, and what this report cannot know: text-coverage.c. */
void rg_text_processes(const struct rg_page *page);
void rg_text_coverage(const struct rg_page *page);
void rg_text_quarantine(const struct rg_page *page);
/* What placement= and grow-ahead= have done: text-placement.c. */
void rg_text_placement(const struct rg_page *page);
void rg_text_lost(const struct rg_page *page);
void rg_text_unjudged(const struct rg_page *page);
void rg_text_cut(const struct rg_page *page);
void rg_text_unnamed(const struct rg_page *page);

/*
 * The first few of those who did it, a line each from column `indent` on; how
 * often each, where there are several.
 */
void rg_text_few_callers(const struct rg_page *page,
			 const struct rg_callers *callers, int indent);

/* A sentence, if there is a number to put into it. */
void rg_text_number(const struct rg_page *page, uint64_t number,
		    const char *noun, const char *rest);

/* A heading; bold or red where colours are shown. */
void rg_text_heading(const struct rg_page *page, const char *text);
void rg_text_alarm(const struct rg_page *page, const char *text);

#endif
