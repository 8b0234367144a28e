/* SPDX-License-Identifier: MIT */

#include "report/text-parts.h"

#include "report/alloc.h"
#include "report/format.h"
#include "report/names.h"

#include <stdlib.h>
#include <string.h>

#define PROCESSES_SHOWN 10

/* ------------------------------------------------------------- processes */

static const char *process_name(const struct rg_slot *slot)
{
	if (*slot->exe)
		return slot->exe;
	return *slot->comm ? slot->comm : "(not known)";
}

static const char *ended_words(const struct rg_slot *slot, struct rg_word *word)
{
	const char *abbreviation = sigabbrev_np(slot->signal);

	switch ((enum rg_ended)slot->ended) {
	case RG_ENDED_EXIT:
		return "exit";
	case RG_ENDED_SIGNAL:
		if (!abbreviation)
			return "signal";
		snprintf(word->text, sizeof(word->text), "SIG%s", abbreviation);
		return word->text;
	case RG_ENDED_UNKNOWN:
		break;
	}
	return "-";
}

static void print_process(const struct rg_page *page,
			  const struct rg_process *process)
{
	struct rg_word calls;
	struct rg_word lost = { "-" };
	struct rg_word ended;
	struct rg_word name;
	int column;

	if (rg_process_lost(process))
		rg_format_count(rg_process_lost(process), &lost);
	column =
		fprintf(page->out, "  %7s  %6s  %9u  %-8s  ",
			rg_format_count(process->events, &calls), lost.text,
			process->slot.pid, ended_words(&process->slot, &ended));
	if (rg_slot_ended_in_plugin(&process->slot))
		column += fprintf(page->out, "in a plugin: ");
	fprintf(page->out, "%s\n",
		rg_format_short(process_name(&process->slot),
				rg_columns_left(column), &name));
}

static int compare_processes(const void *a, const void *b)
{
	const struct rg_process *left = *(const struct rg_process *const *)a;
	const struct rg_process *right = *(const struct rg_process *const *)b;
	uint64_t left_calls = rg_slot_calls(&left->slot);
	uint64_t right_calls = rg_slot_calls(&right->slot);

	if (left_calls != right_calls)
		return left_calls < right_calls ? 1 : -1;
	return (left->number > right->number) - (left->number < right->number);
}

static const struct rg_process **
sorted_processes(const struct rg_processes *processes)
{
	const struct rg_process **order =
		rg_alloc(processes->nr * sizeof(*order));

	for (size_t i = 0; i < processes->nr; i++)
		order[i] = &processes->list[i];
	qsort(order, processes->nr, sizeof(*order), compare_processes);
	return order;
}

/* One process that ended by itself has all its numbers above. */
static bool worth_a_table(const struct rg_processes *processes)
{
	return processes->nr > 1 ||
	       (processes->nr &&
		(processes->list[0].slot.ended != RG_ENDED_EXIT ||
		 rg_process_lost(&processes->list[0])));
}

void rg_text_processes(const struct rg_page *page)
{
	const struct rg_processes *processes = &page->tally->processes;
	const struct rg_process **order;
	struct rg_word word;

	if (!worth_a_table(processes))
		return;
	order = sorted_processes(processes);
	rg_text_heading(page,
			"    calls    lost        pid  ended     process");
	for (size_t i = 0; i < processes->nr && i < PROCESSES_SHOWN; i++)
		print_process(page, order[i]);
	if (processes->nr > PROCESSES_SHOWN)
		fprintf(page->out, "  %38s  and %s\n", "",
			rg_format_nouns(processes->nr - PROCESSES_SHOWN,
					"other process", &word));
	free(order);
}

/* -------------------------------------------------------------- coverage */

/* Which calls nobody sees where a tier does not work. */
static const char *const tier_sees[RG_NR_TIERS] = {
	[RG_TIER_SYMBOL] = "calls of mremap() by name",
	[RG_TIER_LIBC] = "calls inside libc (realloc of large blocks, stdio)",
	[RG_TIER_SYSCALL] = "calls by syscall(SYS_mremap)",
	[RG_TIER_SUPERVISOR] = "inline system calls, and static programs",
};

/*
 * The supervisor sees whatever reaches the kernel, and so what another tier
 * misses.
 */
static bool is_out(const struct rg_slot *slot, int tier)
{
	return slot->tiers[tier] != RG_TIER_WORKS &&
	       slot->tiers[RG_TIER_SUPERVISOR] != RG_TIER_WORKS;
}

struct outages {
	size_t nr;		  /* processes where the tier does not work */
	enum rg_tier_state state; /* why, in the first of them */
};

static struct outages count_outages(const struct rg_processes *processes,
				    int tier)
{
	struct outages outages = { 0 };

	for (size_t i = 0; i < processes->nr; i++) {
		const struct rg_slot *slot = &processes->list[i].slot;

		if (!is_out(slot, tier))
			continue;
		if (!outages.nr++)
			outages.state = (enum rg_tier_state)slot->tiers[tier];
	}
	return outages;
}

static void print_outage(const struct rg_page *page, int tier,
			 const struct outages *outages)
{
	size_t nr = page->tally->processes.nr;
	struct rg_word line;
	struct rg_word where = { "" };

	if (outages->nr < nr)
		snprintf(where.text, sizeof(where.text),
			 " in %zu of %zu processes", outages->nr, nr);
	snprintf(line.text, sizeof(line.text),
		 "Not seen%.60s: %s (tier %s: %s).", where.text,
		 tier_sees[tier], rg_tier_name((enum rg_tier)tier),
		 rg_tier_state_sentence(outages->state));
	rg_print_wrapped(page->out, line.text, 0);
}

void rg_text_coverage(const struct rg_page *page)
{
	const struct rg_processes *processes = &page->tally->processes;
	bool any = false;

	for (int tier = 0; tier < RG_NR_TIERS; tier++) {
		struct outages outages = count_outages(processes, tier);

		if (!outages.nr)
			continue;
		if (!any)
			fputc('\n', page->out);
		any = true;
		print_outage(page, tier, &outages);
	}
}

void rg_text_lost(const struct rg_page *page)
{
	uint64_t lost = rg_tally_lost(page->tally);
	uint64_t unexplained = lost;
	struct rg_word count;
	struct rg_word heading;

	if (!lost)
		return;
	snprintf(heading.text, sizeof(heading.text), "%.40s not in the trace",
		 rg_format_nouns(lost, "call", &count));
	rg_text_alarm(page, heading.text);
	for (int reason = 0; reason < RG_NR_LOST; reason++) {
		uint64_t known =
			rg_tally_lost_for(page->tally, (enum rg_lost)reason);

		if (!known)
			continue;
		unexplained -= known < unexplained ? known : unexplained;
		fprintf(page->out, "  %7s  %s\n",
			rg_format_count(known, &count),
			rg_lost_sentence((enum rg_lost)reason));
	}
	if (unexplained)
		fprintf(page->out,
			"  %7s  under way when their process ended\n",
			rg_format_count(unexplained, &count));
}

/* --------------------------------------------------------- what is cut off */

static void print_cut(const struct rg_page *page, uint64_t number,
		      const char *noun, const char *what)
{
	struct rg_word count;
	struct rg_word line;

	if (!number)
		return;
	snprintf(line.text, sizeof(line.text), "%.40s %s.",
		 rg_format_nouns(number, noun, &count), what);
	fputc('\n', page->out);
	rg_print_wrapped(page->out, line.text, 0);
}

void rg_text_cut(const struct rg_page *page)
{
	print_cut(page, page->tally->totals.stacks_cut, "event",
		  "whose stacks are kept only as far as the caller: there are "
		  "too many different ones");
	print_cut(page, page->tally->stales.unlisted, "stale access",
		  "with yet other stacks, counted and not listed");
}

/* ----------------------------------------------------------------- names */

static const char *unnamed_sentence(enum rg_object_state state)
{
	return state == RG_OBJECT_CHANGED
		       ? "has changed since: offsets instead of names"
		       : "cannot be read: offsets instead of names";
}

void rg_text_unnamed(const struct rg_page *page)
{
	const struct rg_objects *objects = &page->tally->objects;
	bool any = false;

	for (uint32_t i = 0; i < objects->nr; i++) {
		enum rg_object_state state = rg_names_state(page->names, i);
		struct rg_word path;

		if (state != RG_OBJECT_CHANGED && state != RG_OBJECT_MISSING)
			continue;
		if (!any)
			fputc('\n', page->out);
		any = true;
		fprintf(page->out, "%s %s\n",
			rg_format_short(objects->list[i].path, 34, &path),
			unnamed_sentence(state));
	}
}
