/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_RENDER_HTML_H
#define RG_REPORT_RENDER_HTML_H

/*
 * The parts of the page: html/page.html says where each goes. What is only
 * text and tables is written here, for readers without scripts as well; the
 * charts are drawn by html/page.js from the data.
 */

#include "report/format.h"
#include "report/gather.h"
#include "report/names.h"

#include <jansson.h>

struct rg_html_page {
	const struct rg_tally *tally;
	const struct rg_gather *gather;
	struct rg_names *names;
	const struct rg_site **sites; /* those shown, most calls first */
	size_t nr_sites;
	FILE *out;
};

/* At most so many sites are shown; those with something to say come first. */
#define RG_HTML_SITES 1000

/* Paths in the order and the words of the page; the last is INVALID. */
struct rg_html_path {
	enum rg_path path; /* INVALID: the result was not seen */
	const char *key;   /* its name, in classes of the style too */
	const char *words;
};

extern const struct rg_html_path rg_html_paths_shown[RG_NR_PATHS];

/* "1.2 µs" */
const char *rg_html_duration(uint64_t ns, struct rg_word *word);

/* What was run; what came of it: render-html-top.c */
void rg_html_title(const struct rg_html_page *page);
void rg_html_facts(const struct rg_html_page *page);
void rg_html_verdict(const struct rg_html_page *page);
void rg_html_tiles(const struct rg_html_page *page);
void rg_html_paths(const struct rg_html_page *page);
void rg_html_failures(const struct rg_html_page *page);
void rg_html_fixes(const struct rg_html_page *page);

/* render-html-tables.c */
void rg_html_path_table(const struct rg_html_page *page);
void rg_html_findings(const struct rg_html_page *page);
/* Those that call most, for the first screen. */
void rg_html_callers(const struct rg_html_page *page);
void rg_html_sites(const struct rg_html_page *page);
void rg_html_shown_sites(const struct rg_html_page *page);
void rg_html_processes(const struct rg_html_page *page);
void rg_html_stale(const struct rg_html_page *page);
void rg_html_limits(const struct rg_html_page *page);

/* render-html-data.c: the data as JSON, and what of it was left out */
void rg_html_data(const struct rg_html_page *page);
void rg_html_shown_calls(const struct rg_html_page *page);

/* render-html-calls.c */
json_t *rg_html_calls(const struct rg_html_page *page);
/* One call, as `remapguard explain` tells it. */
void rg_html_told_call(const struct rg_html_page *page);

/* "<a class=event …>" to a call that is kept; nothing where it is not. */
void rg_html_event_link(const struct rg_html_page *page, uint64_t number);

#endif
