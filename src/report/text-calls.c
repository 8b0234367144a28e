/* SPDX-License-Identifier: MIT */

#include "report/text-parts.h"

#include "report/callers.h"
#include "report/format.h"

#include <stdlib.h>
#include <string.h>

#define REASONS_SHOWN 10
#define CALLERS_SHOWN 3
#define TOP_CALLERS 10

/* Column of the sentences: count, errno. */
#define REASON_INDENT 20

void rg_text_few_callers(const struct rg_page *page,
			 const struct rg_callers *callers, int indent)
{
	size_t columns = rg_columns_left(indent + 8);
	struct rg_word word;

	for (size_t i = 0; i < callers->nr && i < CALLERS_SHOWN; i++) {
		const struct rg_caller_count *caller = &callers->list[i];

		/* the one stack-less caller of a trace without stacks */
		if (callers->nr == 1 && !caller->caller.has_stack)
			break;
		fprintf(page->out, "%*s%s", indent, "",
			rg_format_caller(&caller->caller, columns, &word));
		if (callers->nr > 1)
			fprintf(page->out, " (%s)",
				rg_format_count(caller->calls, &word));
		fputc('\n', page->out);
	}
	if (callers->nr > CALLERS_SHOWN)
		fprintf(page->out, "%*sand from %s\n", indent, "",
			rg_format_nouns(callers->nr - CALLERS_SHOWN,
					"other place", &word));
}

static void print_reason_callers(const struct rg_page *page,
				 const struct rg_reason *reason)
{
	struct rg_callers callers;

	rg_callers_failed(page->tally, page->names, reason, &callers);
	rg_text_few_callers(page, &callers, REASON_INDENT);
	rg_callers_deinit(&callers);
}

static void print_reason(const struct rg_page *page,
			 const struct rg_reason *reason)
{
	struct rg_word word;
	char buf[16];

	fprintf(page->out, "  %7s  %-7s  ",
		rg_format_count(reason->count, &word),
		rg_error_name(reason->error, buf));
	rg_print_wrapped(page->out, rg_reason_sentence(reason), REASON_INDENT);
	print_reason_callers(page, reason);
}

static void print_verdicts(const struct rg_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word word;

	if (totals->injected)
		fprintf(page->out,
			"  %7s  of them injected: the kernel was not asked\n",
			rg_format_count(totals->injected, &word));
	if (totals->denied)
		fprintf(page->out,
			"  %7s  of them denied by the policy: the kernel was "
			"not asked\n",
			rg_format_count(totals->denied, &word));
	if (totals->aborted)
		fprintf(page->out, "  %7s  of these ended the program\n",
			rg_format_count(totals->aborted, &word));
}

void rg_text_failures(const struct rg_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word word;
	struct rg_word heading;
	size_t nr;
	struct rg_reason *reasons;

	if (!totals->failed)
		return;
	snprintf(heading.text, sizeof(heading.text), "%.32s failed",
		 rg_format_count(totals->failed, &word));
	rg_text_alarm(page, heading.text);
	print_verdicts(page);
	reasons = rg_reasons_all(page->tally, &nr);
	for (size_t i = 0; i < nr && i < REASONS_SHOWN; i++)
		print_reason(page, &reasons[i]);
	if (nr > REASONS_SHOWN)
		fprintf(page->out, "           and for %s\n",
			rg_format_nouns(nr - REASONS_SHOWN, "other reason",
					&word));
	free(reasons);
}

/* ----------------------------------------------------------------- paths */

/* What people say for a path, most telling first. */
static const struct path_words {
	enum rg_path path;
	const char *words;
} path_words[] = {
	{ RG_PATH_MOVE, "moved to another address" },
	{ RG_PATH_MULTI_MOVE, "moved, several mappings in one call" },
	{ RG_PATH_DONTUNMAP, "moved, the old range kept mapped and empty" },
	{ RG_PATH_EXPAND_IN_PLACE, "grew in place" },
	{ RG_PATH_SHRINK, "shrank in place" },
	{ RG_PATH_NO_RESIZE, "kept their size and place" },
	{ RG_PATH_DUPLICATE, "mapped the same pages a second time" },
	{ RG_PATH_INVALID, "with an outcome that is not known" },
};

static void print_count(const struct rg_page *page, uint64_t count,
			const char *words)
{
	struct rg_word word;

	if (count)
		fprintf(page->out, "  %7s  %s\n", rg_format_count(count, &word),
			words);
}

static uint64_t succeeded(const struct rg_totals *totals)
{
	return totals->calls - totals->failed -
	       totals->judged[RG_JUDGED_UNSEEN];
}

/* Whatever became of them. */
static void print_delayed(const struct rg_page *page)
{
	print_count(page, page->tally->totals.delayed,
		    "of all calls were delayed on request");
}

void rg_text_paths(const struct rg_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word heading;
	struct rg_word count;
	struct rg_word bytes;

	if (totals->calls == totals->failed) {
		print_delayed(page);
		return;
	}
	snprintf(heading.text, sizeof(heading.text), "%.32s succeeded",
		 rg_format_count(succeeded(totals), &count));
	if (totals->bytes_moved)
		snprintf(heading.text, sizeof(heading.text),
			 "%.32s succeeded, moving %.32s",
			 rg_format_count(succeeded(totals), &count),
			 rg_format_bytes(totals->bytes_moved, &bytes));
	rg_text_heading(page, heading.text);
	for (size_t i = 0; i < sizeof(path_words) / sizeof(path_words[0]); i++)
		print_count(page, totals->paths[path_words[i].path],
			    path_words[i].words);
	print_count(page, totals->judged[RG_JUDGED_UNSEEN],
		    "more, whose results were never seen");
	print_delayed(page);
}

/* --------------------------------------------------------------- callers */

static void print_caller(const struct rg_page *page,
			 const struct rg_caller_count *caller)
{
	struct rg_word calls;
	struct rg_word failed = { "-" };
	struct rg_word bytes = { "-" };
	struct rg_word name;
	int column;

	if (caller->failed)
		rg_format_count(caller->failed, &failed);
	if (caller->bytes_moved)
		rg_format_bytes(caller->bytes_moved, &bytes);
	column = fprintf(page->out, "  %7s  %6s  %11s  ",
			 rg_format_count(caller->calls, &calls), failed.text,
			 bytes.text);
	fprintf(page->out, "%s\n",
		rg_format_caller(&caller->caller, rg_columns_left(column),
				 &name));
}

/* Without stacks the table would be the totals again. */
static bool has_stacks(const struct rg_callers *callers)
{
	return callers->nr > 1 ||
	       (callers->nr && callers->list[0].caller.has_stack);
}

void rg_text_callers(const struct rg_page *page)
{
	struct rg_callers callers;
	struct rg_word word;

	rg_callers_all(page->tally, page->names, &callers);
	if (has_stacks(&callers)) {
		rg_text_heading(page, "    calls  failed  bytes moved  from");
		for (size_t i = 0; i < callers.nr && i < TOP_CALLERS; i++)
			print_caller(page, &callers.list[i]);
		if (callers.nr > TOP_CALLERS)
			fprintf(page->out, "  %28s  and %s\n", "",
				rg_format_nouns(callers.nr - TOP_CALLERS,
						"other place", &word));
	}
	rg_callers_deinit(&callers);
}

/* ----------------------------------------------------------------- model */

void rg_text_model(const struct rg_page *page)
{
	const struct rg_totals *totals = &page->tally->totals;
	struct rg_word count;
	struct rg_word line;

	if (totals->mismatches) {
		snprintf(line.text, sizeof(line.text),
			 "%.40s between model and kernel",
			 rg_format_nouns(totals->mismatches, "disagreement",
					 &count));
		rg_text_alarm(page, line.text);
		fputs("  ", page->out);
		rg_print_wrapped(page->out,
				 "The kernel did not do what remapguard "
				 "expected of it: please report this.",
				 2);
	}
	if (totals->racy)
		fprintf(page->out, "\n%s may be another thread's doing.\n",
			rg_format_nouns(totals->racy, "disagreement", &count));
}
