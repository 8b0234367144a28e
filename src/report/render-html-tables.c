/* SPDX-License-Identifier: MIT */

/* The tables: all of them to be read without scripts, and sorted with them. */

#include "report/render-html.h"

#include "report/alloc.h"
#include "report/callers.h"
#include "report/format.h"
#include "report/html-print.h"
#include "report/pages.h"
#include "report/text-access.h"
#include "report/text-parts.h"
#include "report/text-rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CALLERS_SHOWN 5
#define TOP_CALLERS_SHOWN 3

/* A number as people read it, and as it is sorted by. */
static void print_number(FILE *out, uint64_t value, const char *text)
{
	fprintf(out, "<td class=\"number\" data-value=\"%" PRIu64 "\">", value);
	rg_html(out, "%s</td>", value ? text : "–");
}

static void print_count(FILE *out, uint64_t count)
{
	struct rg_word word;

	print_number(out, count, rg_format_count(count, &word));
}

static void print_bytes(FILE *out, uint64_t bytes)
{
	struct rg_word word;

	print_number(out, bytes, rg_format_bytes(bytes, &word));
}

static void print_time(FILE *out, uint64_t ns)
{
	struct rg_word word;

	print_number(out, ns, rg_html_duration(ns, &word));
}

/* ----------------------------------------------------------------- by path */

static void print_path(const struct rg_html_page *page,
		       const struct rg_html_path *path)
{
	const struct rg_spread *times = &page->gather->durations[path->path];
	const struct rg_spread *sizes = &page->gather->sizes[path->path];

	rg_html(page->out,
		"<tr><th scope=\"row\"><svg class=\"key\" viewBox=\"0 0 12 12\""
		" aria-hidden=\"true\"><rect class=\"path-%s\" width=\"12\" "
		"height=\"12\" rx=\"2\"/></svg>%s</th>",
		path->key, path->words);
	print_count(page->out, sizes->nr);
	print_time(page->out, rg_spread_percentile(times, 50));
	print_time(page->out, rg_spread_percentile(times, 90));
	print_time(page->out, rg_spread_percentile(times, 99));
	print_time(page->out, times->max);
	print_time(page->out, page->gather->ns[path->path]);
	print_bytes(page->out, rg_spread_percentile(sizes, 50));
	print_bytes(page->out, sizes->max);
	print_bytes(page->out, page->gather->bytes_moved[path->path]);
	rg_html(page->out, "</tr>\n");
}

void rg_html_path_table(const struct rg_html_page *page)
{
	for (size_t i = 0; i < RG_NR_PATHS; i++) {
		const struct rg_html_path *path = &rg_html_paths_shown[i];

		if (page->gather->sizes[path->path].nr)
			print_path(page, path);
	}
}

/* ---------------------------------------------------------------- findings */

static void print_part(FILE *out, struct rg_text page, const char *label,
		       const char *name)
{
	char *plain = rg_plain_markdown(rg_page_part(page, name));

	if (*plain)
		rg_html(out, "<dt>%s</dt><dd>%s</dd>", label, plain);
	free(plain);
}

static void print_explanation(FILE *out, enum rg_finding finding)
{
	static const char *const parts[][2] = {
		{ "What is asked", "Asked" },
		{ "What the kernel does", "The kernel" },
		{ "Why it matters", "Why it matters" },
	};
	struct rg_text page = rg_page_of(finding);
	char *kernels = rg_plain_markdown(rg_page_fact(page, "Kernels"));

	rg_html(out, "<details><summary>Explain</summary><dl>");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		print_part(out, page, parts[i][0], parts[i][1]);
	if (*kernels)
		rg_html(out, "<dt>Kernels</dt><dd>%s</dd>", kernels);
	rg_html(out, "</dl></details>");
	free(kernels);
}

static void print_callers(const struct rg_html_page *page,
			  enum rg_finding finding)
{
	struct rg_callers callers;
	struct rg_word word;

	rg_callers_found(page->tally, page->names, finding, &callers);
	rg_html(page->out, "<ul class=\"plain\">");
	for (size_t i = 0; i < callers.nr && i < CALLERS_SHOWN; i++) {
		rg_html(page->out, "<li class=\"from\">%s",
			rg_format_caller(&callers.list[i].caller, 100, &word));
		if (callers.nr > 1)
			rg_html(page->out, " <small>%s</small>",
				rg_format_count(callers.list[i].calls, &word));
		rg_html(page->out, "</li>");
	}
	if (callers.nr > CALLERS_SHOWN)
		rg_html(page->out, "<li>and %s</li>",
			rg_format_nouns(callers.nr - CALLERS_SHOWN,
					"other place", &word));
	rg_html(page->out, "</ul>");
	rg_callers_deinit(&callers);
}

static void print_finding(const struct rg_html_page *page,
			  enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	const struct rg_finding_count *count = &page->tally->findings[finding];
	const char *severity = rg_severity_name(info->severity);
	char *fix = rg_plain_markdown(rg_page_part(rg_page_of(finding), "Fix"));
	struct rg_word word;

	rg_html(page->out,
		"<tr id=\"%s\"><td data-value=\"%s\"><span class=\"severity "
		"%s\">%s</span></td><th scope=\"row\">%s %s<p>%s.</p>",
		info->id,
		(const char[]){ (char)('0' + rg_finding_urgency(finding)), 0 },
		severity, severity, info->id, info->name, info->sentence);
	print_explanation(page->out, finding);
	rg_html(page->out, "</th>");
	print_count(page->out, rg_tally_met(page->tally, finding));
	rg_html(page->out, "<td>");
	print_callers(page, finding);
	rg_html_event_link(page, count->first_event);
	rg_html(page->out, "</td><td>%s", fix);
	if (count->denied)
		rg_html(page->out, "<p class=\"meta\">%s denied</p>",
			rg_format_count(count->denied, &word));
	rg_html(page->out, "</td></tr>\n");
	free(fix);
}

void rg_html_findings(const struct rg_html_page *page)
{
	enum rg_finding met[RG_NR_FINDINGS];
	size_t nr = rg_findings_met(page->tally, met);

	for (size_t i = 0; i < nr; i++)
		print_finding(page, met[i]);
	if (!nr)
		rg_html(page->out,
			"<tr><td colspan=\"5\">None was met.</td></tr>");
}

/* ----------------------------------------------------------------- callers */

static void print_caller(const struct rg_html_page *page,
			 const struct rg_caller_count *count)
{
	struct rg_word word;
	struct rg_word from;

	rg_html(page->out,
		"<li><b class=\"count\">%s</b><div><p class=\"meta\">"
		"<span class=\"from\">%s</span>",
		rg_format_count(count->calls, &word),
		count->caller.has_stack
			? rg_format_caller(&count->caller, 64, &from)
			: "no stack was recorded");
	if (count->bytes_moved)
		rg_html(page->out, " <span>%s moved</span>",
			rg_format_bytes(count->bytes_moved, &word));
	if (count->failed)
		rg_html(page->out, " <span>%s failed</span>",
			rg_format_count(count->failed, &word));
	rg_html(page->out, "</p></div></li>\n");
}

void rg_html_callers(const struct rg_html_page *page)
{
	struct rg_callers callers;
	struct rg_word word;

	rg_callers_all(page->tally, page->names, &callers);
	rg_html(page->out, "<ol class=\"answers callers\">\n");
	for (size_t i = 0; i < callers.nr && i < TOP_CALLERS_SHOWN; i++)
		print_caller(page, &callers.list[i]);
	rg_html(page->out, "</ol>\n");
	if (callers.nr > TOP_CALLERS_SHOWN)
		rg_html(page->out,
			"<p class=\"more\"><a href=\"#site-table\">%s</a></p>\n",
			rg_format_nouns(callers.nr - TOP_CALLERS_SHOWN,
					"more caller", &word));
	if (!callers.nr)
		rg_html(page->out, "<p class=\"nothing\">Nobody.</p>\n");
	rg_callers_deinit(&callers);
}

/* ------------------------------------------------------------------- sites */

static void print_frame(const struct rg_html_page *page,
			const struct rg_frame *frame)
{
	struct rg_name_list list = rg_names_find(page->names, frame);
	struct rg_word word;

	for (size_t i = 0; i < list.nr; i++) {
		struct rg_caller caller = { .name = list.list[i],
					    .inside = "",
					    .has_stack = true };

		rg_html(page->out, "<li>%s</li>",
			rg_format_caller(&caller, 160, &word));
	}
}

static void print_stack(const struct rg_html_page *page,
			const struct rg_site *site)
{
	rg_html(page->out, "<ol class=\"stack\">");
	for (uint8_t i = 0; i < site->nr_frames; i++)
		print_frame(page, &site->frames[i]);
	rg_html(page->out, "</ol>");
}

static void print_site_findings(const struct rg_html_page *page,
				const struct rg_site *site)
{
	rg_html(page->out, "<td>");
	for (size_t i = 0; i < site->nr_findings; i++) {
		const struct rg_finding_info *info =
			rg_finding_info(site->findings[i].finding);

		rg_html(page->out,
			"<a class=\"severity %s\" href=\"#%s\" "
			"title=\"%s\">%s</a> ",
			rg_severity_name(info->severity), info->id, info->name,
			info->id);
	}
	rg_html(page->out, "</td>");
}

static void print_site(const struct rg_html_page *page,
		       const struct rg_site *site)
{
	struct rg_caller caller =
		rg_caller_of(site, &page->tally->objects, page->names);
	struct rg_word word;

	rg_html(page->out, "<tr>");
	print_count(page->out, site->calls);
	print_count(page->out, site->failed);
	print_count(page->out, site->moves);
	print_bytes(page->out, site->bytes_moved);
	print_time(page->out, site->ns_total);
	rg_html(page->out, "<td><details><summary class=\"from\">%s</summary>",
		caller.has_stack ? rg_format_caller(&caller, 120, &word)
				 : "no stack was recorded");
	print_stack(page, site);
	rg_html_event_link(page, site->first_event);
	rg_html(page->out, "</details></td>");
	print_site_findings(page, site);
	rg_html(page->out, "</tr>\n");
}

void rg_html_sites(const struct rg_html_page *page)
{
	for (size_t i = 0; i < page->nr_sites; i++)
		print_site(page, page->sites[i]);
}

void rg_html_shown_sites(const struct rg_html_page *page)
{
	const struct rg_sites *sites = &page->tally->sites;
	struct rg_word shown;
	struct rg_word all;
	size_t nr = 0;

	for (size_t i = 0; i < sites->nr; i++)
		nr += sites->list[i].calls != 0;
	if (nr == page->nr_sites)
		rg_html(page->out, "All %s.",
			rg_format_nouns(nr, "call site", &all));
	else
		rg_html(page->out,
			"%s of %s: those with failures or hazards first, then "
			"those with the most calls.",
			rg_format_count(page->nr_sites, &shown),
			rg_format_nouns(nr, "call site", &all));
}

/* --------------------------------------------------------------- processes */

#define PROCESSES_SHOWN 500

static const char *ended_words(const struct rg_slot *slot)
{
	const char *name = sigabbrev_np(slot->signal);

	switch ((enum rg_ended)slot->ended) {
	case RG_ENDED_EXIT:
		return "exit";
	case RG_ENDED_SIGNAL:
		return name ? name : "signal";
	case RG_ENDED_UNKNOWN:
		break;
	}
	return "not known";
}

static void print_process(const struct rg_html_page *page,
			  const struct rg_process *process)
{
	const struct rg_slot *slot = &process->slot;

	fprintf(page->out, "<tr><td class=\"number\" data-value=\"%u\">%u</td>",
		slot->pid, slot->pid);
	rg_html(page->out, "<td>%s</td>", *slot->exe ? slot->exe : slot->comm);
	print_count(page->out, process->events);
	print_count(page->out, rg_process_lost(process));
	rg_html(page->out, "<td>%s%s</td></tr>\n", ended_words(slot),
		rg_slot_ended_in_plugin(slot) ? ", in a plugin" : "");
}

static int compare_processes(const void *a, const void *b)
{
	const struct rg_process *left = *(const struct rg_process *const *)a;
	const struct rg_process *right = *(const struct rg_process *const *)b;

	if (left->events != right->events)
		return left->events < right->events ? 1 : -1;
	return (left->slot.start_ns > right->slot.start_ns) -
	       (left->slot.start_ns < right->slot.start_ns);
}

void rg_html_processes(const struct rg_html_page *page)
{
	const struct rg_processes *processes = &page->tally->processes;
	const struct rg_process **order =
		rg_alloc(processes->nr * sizeof(*order));
	struct rg_word word;

	for (size_t i = 0; i < processes->nr; i++)
		order[i] = &processes->list[i];
	qsort(order, processes->nr, sizeof(*order), compare_processes);
	for (size_t i = 0; i < processes->nr && i < PROCESSES_SHOWN; i++)
		print_process(page, order[i]);
	if (processes->nr > PROCESSES_SHOWN)
		rg_html(page->out, "<tr><td colspan=\"5\">and %s</td></tr>",
			rg_format_nouns(processes->nr - PROCESSES_SHOWN,
					"other process", &word));
	free(order);
}

/* ---------------------------------------------------------- stale accesses */

static void print_stale(const struct rg_html_page *page,
			const struct rg_stale *stale)
{
	const struct rg_site *sites = page->tally->sites.list;
	struct rg_word word;

	rg_html(page->out, "<tr>");
	print_count(page->out, stale->count);
	rg_html(page->out, "<td>%s</td><td>",
		rg_access_words(&stale->access, page->tally->env.machine,
				&word));
	print_stack(page, &sites[stale->site]);
	rg_html(page->out, "</td><td>");
	print_stack(page, &sites[stale->move_site]);
	rg_html_event_link(page, stale->move_event);
	rg_html(page->out, "</td></tr>\n");
}

void rg_html_stale(const struct rg_html_page *page)
{
	const struct rg_stales *stales = &page->tally->stales;

	if (!stales->nr)
		return;
	rg_html(page->out,
		"<section id=\"stale\"><h2>Memory used where it was before it "
		"moved</h2><div class=\"wide\"><table><thead><tr>"
		"<th scope=\"col\">Times</th><th scope=\"col\">Access</th>"
		"<th scope=\"col\">Accessed from</th>"
		"<th scope=\"col\">Moved from</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < stales->nr; i++)
		print_stale(page, &stales->list[i]);
	rg_html(page->out, "</tbody></table></div></section>\n");
}

/* ------------------------------------------------ what the page cannot know */

/* The paragraphs of the text report, each with its lines joined. */
static void print_paragraphs(FILE *out, char *text)
{
	char *next;

	for (char *at = text; at; at = next) {
		next = strstr(at, "\n\n");
		if (next) {
			*next = '\0';
			next += 2;
		}
		for (char *c = at; *c; c++)
			*c = *c == '\n' ? ' ' : *c;
		if (strspn(at, " ") != strlen(at))
			rg_html(out, "<p>%s</p>\n", at);
	}
}

void rg_html_limits(const struct rg_html_page *page)
{
	static void (*const parts[])(const struct rg_page *page) = {
		rg_text_lost,	    rg_text_coverage, rg_text_unjudged,
		rg_text_quarantine, rg_text_model,    rg_text_unnamed,
	};
	struct rg_look look = { .utf8 = true };
	char *text = NULL;
	size_t len;
	struct rg_page as_text = {
		.tally = page->tally,
		.look = &look,
		.names = page->names,
		.out = open_memstream(&text, &len),
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		parts[i](&as_text);
		fputc('\n', as_text.out);
	}
	fclose(as_text.out);
	print_paragraphs(page->out, text);
	free(text);
}
