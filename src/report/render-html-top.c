/* SPDX-License-Identifier: MIT */

/* The first screen: what was run, what failed and why, what to fix. */

#include "report/render-html.h"

#include "report/callers.h"
#include "report/format.h"
#include "report/html-print.h"
#include "report/pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many fit on the first screen. */
#define REASONS_SHOWN 4
#define FIXES_SHOWN 4

void rg_html_event_link(const struct rg_html_page *page, uint64_t number)
{
	struct rg_word word;

	if (rg_gather_has(page->gather, number))
		fprintf(page->out,
			" <a class=\"event scripted\" "
			"href=\"#call-%" PRIu64 "\">call %s</a>",
			number, rg_format_count(number, &word));
}

static void print_percent(FILE *out, uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (part && percent < 0.1)
		rg_html(out, "under 0.1 %%");
	else
		fprintf(out, "%.*f %%", percent < 10 ? 1 : 0, percent);
}

/* ---------------------------------------------------------- what was run */

static const char *exe_of(const struct rg_slot *slot)
{
	if (*slot->exe)
		return rg_base_name(slot->exe);
	return *slot->comm ? slot->comm : "a program";
}

/* The process with the most calls, and how many other programs there are. */
static const struct rg_slot *busiest(const struct rg_processes *processes)
{
	const struct rg_process *best = NULL;

	for (size_t i = 0; i < processes->nr; i++) {
		if (!best || best->events < processes->list[i].events)
			best = &processes->list[i];
	}
	return best ? &best->slot : NULL;
}

static bool is_new_program(const struct rg_processes *processes, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (!strcmp(exe_of(&processes->list[i].slot),
			    exe_of(&processes->list[at].slot)))
			return false;
	}
	return true;
}

static size_t count_programs(const struct rg_processes *processes)
{
	size_t nr = 0;

	for (size_t i = 0; i < processes->nr; i++)
		nr += is_new_program(processes, i);
	return nr;
}

void rg_html_title(const struct rg_html_page *page)
{
	const struct rg_processes *processes = &page->tally->processes;
	const struct rg_slot *slot = busiest(processes);
	size_t programs = count_programs(processes);
	struct rg_word word;

	rg_html(page->out, "%s", slot ? exe_of(slot) : "no process");
	if (programs > 1)
		rg_html(page->out, " and %s",
			rg_format_nouns(programs - 1, "other program", &word));
}

static uint64_t started_ns(const struct rg_tally *tally)
{
	uint64_t first = 0;

	for (size_t i = 0; i < tally->processes.nr; i++) {
		uint64_t start = tally->processes.list[i].slot.start_ns;

		if (start && (!first || start < first))
			first = start;
	}
	return first;
}

/* What the calls of one trace took from the first to the last. */
static void print_when(const struct rg_html_page *page)
{
	uint64_t start = started_ns(page->tally);
	time_t seconds = (time_t)((start + page->tally->env.clock_offset_ns) /
				  1000000000);
	struct rg_word word;
	char text[40];
	struct tm tm;

	if (start && gmtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm))
		rg_html(page->out, "<li><time>%s</time></li>", text);
	if (page->tally->nr_traces > 1)
		rg_html(page->out, "<li>%s</li>",
			rg_format_nouns(page->tally->nr_traces, "trace",
					&word));
	rg_html(page->out, "<li>%s from first call to last</li>",
		rg_html_duration(page->gather->until_ns, &word));
}

void rg_html_facts(const struct rg_html_page *page)
{
	const struct rg_trace_env *env = &page->tally->env;
	struct rg_word word;

	rg_html(page->out, "<li>Linux %s%s (rules of %s)</li><li>%s</li>",
		env->kernel, page->tally->mixed_env ? " and others" : "",
		env->generation, env->machine);
	print_when(page);
	rg_html(page->out, "<li>%s</li>",
		rg_format_nouns(page->tally->processes.nr, "process", &word));
}

/* ------------------------------------------------------------- one sentence
 */

static uint64_t count_severity(const struct rg_tally *tally,
			       enum rg_severity severity)
{
	uint64_t count = 0;

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (rg_finding_info((enum rg_finding)i)->severity == severity)
			count += rg_tally_met(tally, (enum rg_finding)i);
	}
	return count;
}

static void print_failed(const struct rg_html_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word failed;
	struct rg_word calls;
	size_t nr;
	struct rg_reason *reasons;

	if (!totals->failed) {
		rg_html(page->out,
			totals->calls ? "No call failed" : "No call was seen");
		return;
	}
	reasons = rg_reasons_all(page->tally, &nr);
	rg_html(page->out, "<strong>%s of %s failed</strong>, %s because %s",
		rg_format_count(totals->failed, &failed),
		rg_format_nouns(totals->calls, "call", &calls),
		nr > 1 ? "most often" : "all of them",
		rg_reason_sentence(&reasons[0]));
	free(reasons);
}

void rg_html_verdict(const struct rg_html_page *page)
{
	uint64_t hazards = count_severity(page->tally, RG_SEVERITY_HAZARD);
	uint64_t lost = rg_tally_lost(page->tally);
	struct rg_word word;

	print_failed(page);
	if (hazards)
		rg_html(page->out,
			"; <strong>%s</strong>: the kernel accepts it, and it "
			"is almost surely a mistake",
			rg_format_nouns(hazards, "hazard", &word));
	else if (page->tally->totals.calls)
		rg_html(page->out, "; no hazard was found");
	rg_html(page->out, ".");
	if (lost)
		rg_html(page->out,
			" <strong class=\"alarm\">%s not in the trace:</strong>"
			" <a href=\"#limits\">why</a>.",
			rg_format_nouns(lost, "more call", &word));
}

/* ------------------------------------------------------------------- tiles */

static void begin_tile(FILE *out, const char *class, const char *name,
		       const char *value)
{
	rg_html(out,
		"<div class=\"tile %s\"><dt>%s</dt><dd>%s</dd><dd "
		"class=\"sub\">",
		class, name, value);
}

static void end_tile(FILE *out)
{
	rg_html(out, "</dd></div>\n");
}

static void print_findings_tile(const struct rg_html_page *page)
{
	const char *before = "";
	uint64_t all = 0;
	struct rg_word word;

	for (int i = 0; i < RG_NR_SEVERITIES; i++)
		all += count_severity(page->tally, (enum rg_severity)i);
	begin_tile(page->out, "findings", "Findings",
		   rg_format_count(all, &word));
	for (size_t i = 0; i < RG_NR_SEVERITIES; i++) {
		static const enum rg_severity order[RG_NR_SEVERITIES] = {
			RG_SEVERITY_HAZARD,
			RG_SEVERITY_ERROR,
			RG_SEVERITY_COST,
			RG_SEVERITY_INFO,
		};
		uint64_t count = count_severity(page->tally, order[i]);

		if (!count)
			continue;
		/* "info" is more than one already */
		rg_html(page->out, "%s%s%s", before,
			order[i] == RG_SEVERITY_INFO
				? rg_format_count(count, &word)
				: rg_format_nouns(count,
						  rg_severity_name(order[i]),
						  &word),
			order[i] == RG_SEVERITY_INFO ? " info" : "");
		before = " · ";
	}
	if (!all)
		rg_html(page->out, "nothing to fix");
	end_tile(page->out);
}

static void print_time_tile(const struct rg_html_page *page)
{
	uint64_t ns = 0;
	struct rg_word word;

	for (int i = 0; i < RG_NR_PATHS; i++)
		ns += page->gather->ns[i];
	begin_tile(page->out, "time", "Time in mremap",
		   rg_html_duration(ns, &word));
	if (page->tally->totals.calls)
		rg_html(page->out, "%s a call on average",
			rg_html_duration(ns / page->tally->totals.calls,
					 &word));
	end_tile(page->out);
}

static uint64_t count_moves(const struct rg_totals *totals)
{
	uint64_t moves = 0;

	for (int i = 0; i < RG_NR_PATHS; i++)
		moves += rg_path_moves((enum rg_path)i) ? totals->paths[i] : 0;
	return moves;
}

void rg_html_tiles(const struct rg_html_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word word;
	size_t nr;

	free(rg_reasons_all(page->tally, &nr));
	begin_tile(page->out, "calls", "Calls",
		   rg_format_count(totals->calls, &word));
	rg_html(page->out, "from %s",
		rg_format_nouns(page->tally->sites.nr, "call site", &word));
	end_tile(page->out);
	begin_tile(page->out, totals->failed ? "failed some" : "failed",
		   "Failed", rg_format_count(totals->failed, &word));
	print_percent(page->out, totals->failed, totals->calls);
	rg_html(page->out, " of calls");
	if (nr)
		rg_html(page->out, ", for %s",
			rg_format_nouns(nr, "reason", &word));
	end_tile(page->out);
	print_findings_tile(page);
	begin_tile(page->out, "moved", "Bytes moved",
		   rg_format_bytes(totals->bytes_moved, &word));
	rg_html(page->out, "in %s",
		rg_format_nouns(count_moves(totals), "move", &word));
	end_tile(page->out);
	print_time_tile(page);
}

/* ------------------------------------------------- what became of the calls */

static uint64_t count_path(const struct rg_totals *totals, enum rg_path path)
{
	return path == RG_PATH_INVALID ? totals->judged[RG_JUDGED_UNSEEN]
				       : totals->paths[path];
}

/* A bar 1000 wide; what there is at all is seen. */
static void print_bar(const struct rg_html_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	double at = 0;

	rg_html(page->out, "<svg class=\"bar\" viewBox=\"0 0 1000 10\" "
			   "preserveAspectRatio=\"none\" "
			   "aria-hidden=\"true\">");
	for (size_t i = 0; i < RG_NR_PATHS && totals->calls; i++) {
		const struct rg_html_path *path = &rg_html_paths_shown[i];
		double width = 1000.0 * (double)count_path(totals, path->path) /
			       (double)totals->calls;

		if (width > 0)
			fprintf(page->out,
				"<rect class=\"path-%s\" x=\"%.2f\" "
				"width=\"%.2f\" height=\"10\"/>",
				path->key, at, width < 2 ? 2 : width);
		at += width;
	}
	rg_html(page->out, "</svg>\n");
}

void rg_html_paths(const struct rg_html_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word word;

	print_bar(page);
	rg_html(page->out, "<ul class=\"legend\" id=\"paths\">");
	for (size_t i = 0; i < RG_NR_PATHS; i++) {
		const struct rg_html_path *path = &rg_html_paths_shown[i];
		uint64_t count = count_path(totals, path->path);

		if (!count)
			continue;
		rg_html(page->out,
			"<li><svg class=\"key\" viewBox=\"0 0 12 12\" "
			"aria-hidden=\"true\"><rect class=\"path-%s\" "
			"width=\"12\" height=\"12\" rx=\"2\"/></svg>"
			"%s <b>%s</b></li>",
			path->key, path->words, rg_format_count(count, &word));
	}
	rg_html(page->out, "</ul>\n");
}

/* --------------------------------------------------- what failed, and why */

static void print_first_caller(const struct rg_html_page *page,
			       struct rg_callers *callers)
{
	struct rg_word word;

	if (callers->nr && callers->list[0].caller.has_stack) {
		rg_html(page->out, "<span class=\"from\">%s</span>",
			rg_format_caller(&callers->list[0].caller, 64, &word));
		if (callers->nr > 1)
			rg_html(page->out, "<span>and %s</span>",
				rg_format_nouns(callers->nr - 1, "other place",
						&word));
	}
	rg_callers_deinit(callers);
}

static void print_reason(const struct rg_html_page *page,
			 const struct rg_reason *reason)
{
	const struct rg_check_info *info = rg_check_info(reason->check);
	struct rg_callers callers;
	struct rg_word word;
	char buf[16];

	rg_html(page->out,
		"<li><b class=\"count\">%s</b><div><p><code class=\"errno\">%s"
		"</code> %s</p><p class=\"meta\">",
		rg_format_count(reason->count, &word),
		rg_error_name(reason->error, buf), rg_reason_sentence(reason));
	if (info)
		rg_html(page->out, "<span>check <code>%s</code></span> ",
			info->name);
	rg_callers_failed(page->tally, page->names, reason, &callers);
	print_first_caller(page, &callers);
	rg_html_event_link(page, rg_gather_first_failed(page->gather, reason));
	rg_html(page->out, "</p></div></li>\n");
}

void rg_html_failures(const struct rg_html_page *page)
{
	size_t nr;
	struct rg_reason *reasons = rg_reasons_all(page->tally, &nr);
	struct rg_word word;

	if (!nr)
		rg_html(page->out, "<p class=\"nothing\">No call failed.</p>");
	else
		rg_html(page->out, "<ol class=\"answers\">\n");
	for (size_t i = 0; i < nr && i < REASONS_SHOWN; i++)
		print_reason(page, &reasons[i]);
	if (nr)
		rg_html(page->out, "</ol>\n");
	if (nr > REASONS_SHOWN) {
		rg_html(page->out,
			"<details class=\"more\"><summary>%s"
			"</summary><ol class=\"answers\">\n",
			rg_format_nouns(nr - REASONS_SHOWN, "more reason",
					&word));
		for (size_t i = REASONS_SHOWN; i < nr; i++)
			print_reason(page, &reasons[i]);
		rg_html(page->out, "</ol></details>\n");
	}
	free(reasons);
}

/* --------------------------------------------------------------- what to fix
 */

static void print_fix(const struct rg_html_page *page, enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	char *fix = rg_plain_markdown(rg_page_part(rg_page_of(finding), "Fix"));
	const char *severity = rg_severity_name(info->severity);
	struct rg_callers callers;
	struct rg_word word;

	rg_html(page->out,
		"<li><b class=\"count\">%s</b><div><p><span class=\"severity "
		"%s\">%s</span> <a href=\"#%s\">%s %s</a>",
		rg_format_count(rg_tally_met(page->tally, finding), &word),
		severity, severity, info->id, info->id, info->name);
	/* an error is among what failed, and why it did is said there */
	if (info->severity != RG_SEVERITY_ERROR)
		rg_html(page->out, "<span class=\"what\">: %s</span>",
			info->sentence);
	rg_html(page->out, "</p><p class=\"fix\">%s</p><p class=\"meta\">",
		fix);
	rg_callers_found(page->tally, page->names, finding, &callers);
	print_first_caller(page, &callers);
	rg_html_event_link(page, page->tally->findings[finding].first_event);
	rg_html(page->out, "</p></div></li>\n");
	free(fix);
}

void rg_html_fixes(const struct rg_html_page *page)
{
	enum rg_finding met[RG_NR_FINDINGS];
	size_t nr = rg_findings_met(page->tally, met);
	struct rg_word word;

	if (!nr) {
		rg_html(page->out,
			"<p class=\"nothing\">Nothing to fix was found. "
			"<a href=\"#limits\">What was not looked at</a></p>");
		return;
	}
	rg_html(page->out, "<ol class=\"answers\">\n");
	for (size_t i = 0; i < nr && i < FIXES_SHOWN; i++)
		print_fix(page, met[i]);
	rg_html(page->out, "</ol>\n");
	if (nr > FIXES_SHOWN)
		rg_html(page->out,
			"<p class=\"more\"><a href=\"#findings\">%s</a></p>",
			rg_format_nouns(nr - FIXES_SHOWN, "more finding",
					&word));
}
