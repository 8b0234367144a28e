/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_RENDER_H
#define RG_REPORT_RENDER_H

#include "report/gather.h"
#include "report/tally.h"

#include <stdio.h>

/* What the place a report goes to can show. */
struct rg_look {
	bool colour;
	bool utf8;
};

/*
 * Write the report. Errors of the stream are the caller's to notice, at
 * fclose() or with ferror().
 */
void rg_render_text(const struct rg_tally *tally, const struct rg_look *look,
		    FILE *out);
void rg_render_json(const struct rg_tally *tally, FILE *out);
/* The findings; sources below the directory base are relative to it. */
void rg_render_sarif(const struct rg_tally *tally, const char *base, FILE *out);

/* Is the page built in? Where not, nothing is written. */
bool rg_has_html(void);
/* One page; gather has watched the tally being made. */
void rg_render_html(const struct rg_tally *tally, struct rg_gather *gather,
		    FILE *out);

#endif
