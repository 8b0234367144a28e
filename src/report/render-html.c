/* SPDX-License-Identifier: MIT */

#include "report/render-html.h"

#include "report/alloc.h"
#include "report/html-print.h"
#include "report/html/page-parts.h"
#include "report/render.h"

#include <stdlib.h>
#include <string.h>

const struct rg_html_path rg_html_paths_shown[RG_NR_PATHS] = {
	{ RG_PATH_MOVE, "move", "moved" },
	{ RG_PATH_MULTI_MOVE, "multi-move", "moved, several mappings" },
	{ RG_PATH_DONTUNMAP, "dontunmap", "moved, old range kept" },
	{ RG_PATH_EXPAND_IN_PLACE, "expand-in-place", "grew in place" },
	{ RG_PATH_SHRINK, "shrink", "shrank in place" },
	{ RG_PATH_NO_RESIZE, "no-resize", "unchanged" },
	{ RG_PATH_DUPLICATE, "duplicate", "mapped a second time" },
	{ RG_PATH_REFUSE, "refuse", "failed" },
	{ RG_PATH_INVALID, "unseen", "result not seen" },
};

const char *rg_html_duration(uint64_t ns, struct rg_word *word)
{
	char *micro;

	rg_format_duration(ns, word);
	micro = strstr(word->text, " us");
	if (micro)
		strcpy(micro, " µs");
	return word->text;
}

/* ----------------------------------------------------- what is ready made */

static void put_version(const struct rg_html_page *page)
{
	rg_html(page->out, "%s", page->tally->env.version);
}

static void put_style(const struct rg_html_page *page)
{
	fputs(rg_page_style, page->out);
}

static void put_style_hash(const struct rg_html_page *page)
{
	fputs(rg_page_style_hash, page->out);
}

static void put_script(const struct rg_html_page *page)
{
	fputs(rg_page_script, page->out);
}

static void put_script_hash(const struct rg_html_page *page)
{
	fputs(rg_page_script_hash, page->out);
}

static void put_licences(const struct rg_html_page *page)
{
	rg_html(page->out, "<pre>%s</pre>", rg_page_licences);
}

/* ----------------------------------------------------------- the template */

static const struct part {
	const char *name;
	void (*put)(const struct rg_html_page *page);
} parts[] = {
	{ "version", put_version },
	{ "style", put_style },
	{ "style-hash", put_style_hash },
	{ "script", put_script },
	{ "script-hash", put_script_hash },
	{ "licences", put_licences },
	{ "title", rg_html_title },
	{ "facts", rg_html_facts },
	{ "verdict", rg_html_verdict },
	{ "tiles", rg_html_tiles },
	{ "paths", rg_html_paths },
	{ "failures", rg_html_failures },
	{ "fixes", rg_html_fixes },
	{ "callers", rg_html_callers },
	{ "path-table", rg_html_path_table },
	{ "findings", rg_html_findings },
	{ "sites", rg_html_sites },
	{ "shown-sites", rg_html_shown_sites },
	{ "processes", rg_html_processes },
	{ "stale", rg_html_stale },
	{ "limits", rg_html_limits },
	{ "shown-calls", rg_html_shown_calls },
	{ "told-call", rg_html_told_call },
	{ "data", rg_html_data },
};

/* A template that asks for something else is not ours. */
static void put_part(const struct rg_html_page *page, const char *name,
		     size_t len)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strlen(parts[i].name) == len &&
		    !memcmp(parts[i].name, name, len)) {
			parts[i].put(page);
			return;
		}
	}
	abort();
}

static void fill_in(const struct rg_html_page *page)
{
	const char *at = rg_page_template;

	while (*at) {
		size_t len = strcspn(at, "@");

		fwrite(at, 1, len, page->out);
		at += len;
		if (!*at)
			return;
		len = strcspn(at + 1, "@");
		put_part(page, at + 1, len);
		at += len + 2;
	}
}

/* ------------------------------------------------------------- which sites */

static bool has_hazard(const struct rg_site *site)
{
	for (size_t i = 0; i < site->nr_findings; i++) {
		if (rg_finding_info(site->findings[i].finding)->severity ==
		    RG_SEVERITY_HAZARD)
			return true;
	}
	return false;
}

static bool has_much_to_say(const struct rg_site *site)
{
	return site->failed || has_hazard(site);
}

static int compare_worth(const void *a, const void *b)
{
	bool left = has_much_to_say(*(const struct rg_site *const *)a);
	bool right = has_much_to_say(*(const struct rg_site *const *)b);

	return left == right ? rg_site_compare(a, b) : right - left;
}

static void choose_sites(struct rg_html_page *page)
{
	const struct rg_sites *sites = &page->tally->sites;

	page->sites = rg_alloc(sites->nr * sizeof(*page->sites));
	for (size_t i = 0; i < sites->nr; i++) {
		if (sites->list[i].calls)
			page->sites[page->nr_sites++] = &sites->list[i];
	}
	qsort(page->sites, page->nr_sites, sizeof(*page->sites), compare_worth);
	if (page->nr_sites > RG_HTML_SITES)
		page->nr_sites = RG_HTML_SITES;
	qsort(page->sites, page->nr_sites, sizeof(*page->sites), rg_site_compare);
}

bool rg_has_html(void)
{
	return true;
}

void rg_render_html(const struct rg_tally *tally, struct rg_gather *gather,
		    FILE *out)
{
	struct rg_html_page page = {
		.tally = tally,
		.gather = gather,
		.names = rg_names_new(&tally->objects),
		.out = out,
	};

	rg_gather_finish(gather);
	choose_sites(&page);
	fill_in(&page);
	free(page.sites);
	rg_names_free(page.names);
}
