/* SPDX-License-Identifier: MIT */

#include "report/render.h"

#include "report/format.h"
#include "report/names.h"
#include "report/text-parts.h"

#include <string.h>

/*
 * What a person wants first comes first: how many calls, which failed and
 * why, what moved; then where from; then how complete all of that is. A part
 * with nothing to say is not there.
 */

#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define PLAIN "\033[0m"

static void print_heading(const struct rg_page *page, const char *text,
			  const char *colour)
{
	if (page->look->colour)
		fprintf(page->out, "\n%s%s%s\n", colour, text, PLAIN);
	else
		fprintf(page->out, "\n%s\n", text);
}

void rg_text_heading(const struct rg_page *page, const char *text)
{
	print_heading(page, text, BOLD);
}

void rg_text_alarm(const struct rg_page *page, const char *text)
{
	print_heading(page, text, RED);
}

void rg_text_number(const struct rg_page *page, uint64_t number,
		    const char *noun, const char *rest)
{
	struct rg_word words;
	struct rg_word line;

	if (!number)
		return;
	snprintf(line.text, sizeof(line.text), "%.40s %s.",
		 rg_format_nouns(number, noun, &words), rest);
	rg_print_wrapped(page->out, line.text, 0);
}

static const char *program_of(const struct rg_process *process)
{
	return *process->slot.exe ? rg_base_name(process->slot.exe)
				  : process->slot.comm;
}

/* The name of the first program, and whether there are others. */
static void format_program(const struct rg_processes *processes,
			   struct rg_word *word)
{
	const char *first = processes->nr ? program_of(processes->list) : "";
	bool others = false;
	struct rg_word name;

	for (size_t i = 1; i < processes->nr && !others; i++)
		others = strcmp(first, program_of(&processes->list[i])) != 0;
	rg_format_short(*first ? first : "no process", 24, &name);
	snprintf(word->text, sizeof(word->text), "%.100s%s", name.text,
		 others ? " and others" : "");
}

static void print_title(const struct rg_page *page)
{
	const struct rg_tally *tally = page->tally;
	const char *dot = page->look->utf8 ? "\u00b7" : "-";
	const char *bold = page->look->colour ? BOLD : "";
	const char *plain = page->look->colour ? PLAIN : "";
	struct rg_word program;
	struct rg_word calls;
	struct rg_word processes;
	struct rg_word kernel;

	format_program(&tally->processes, &program);
	fprintf(page->out, "%s%s%s  %s  %s", bold, program.text, plain, dot,
		rg_format_nouns(tally->totals.calls, "call", &calls));
	if (tally->processes.nr > 1)
		fprintf(page->out, " in %s",
			rg_format_nouns(tally->processes.nr, "process",
					&processes));
	fprintf(page->out, "  %s  kernel %s (%s)%s\n", dot,
		rg_format_short(tally->env.kernel, 24, &kernel),
		tally->env.generation, tally->mixed_env ? " and others" : "");
}

/* An empty report is an answer too, and says how far it goes. */
static void print_no_calls(const struct rg_page *page)
{
	const char *text =
		"No call of mremap was seen. Programs make none of their own as a "
		"rule: it comes with growing a block of memory of 128 KB or more "
		"with realloc, and with allocators and databases that resize "
		"their mappings.";

	if (rg_tally_lost(page->tally))
		return;
	fputc('\n', page->out);
	rg_print_wrapped(page->out, text, 0);
}

void rg_render_text(const struct rg_tally *tally, const struct rg_look *look,
		    FILE *out)
{
	struct rg_page page = {
		.tally = tally,
		.look = look,
		.names = rg_names_new(&tally->objects),
		.out = out,
	};

	print_title(&page);
	rg_text_lost(&page);
	if (tally->totals.calls)
		rg_text_failures(&page);
	rg_text_findings(&page);
	rg_text_stale(&page);
	if (tally->totals.calls) {
		rg_text_paths(&page);
		rg_text_callers(&page);
		rg_text_model(&page);
	} else if (!tally->totals.accesses) {
		print_no_calls(&page);
	}
	rg_text_processes(&page);
	rg_text_coverage(&page);
	rg_text_quarantine(&page);
	rg_text_placement(&page);
	rg_text_unjudged(&page);
	rg_text_cut(&page);
	rg_text_unnamed(&page);
	rg_names_free(page.names);
}
