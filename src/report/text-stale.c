/* SPDX-License-Identifier: MIT */

#include "report/text-parts.h"

#include "report/format.h"
#include "report/text-access.h"

#include <inttypes.h>

#define STALE_SHOWN 10
#define PLACES_SHOWN 3

/* Column behind the count, and of the places. */
#define WHAT_INDENT 11
#define PLACE_INDENT 19

/* Of one name in a stack: libc's function is told of the innermost alone. */
static void print_place(const struct rg_page *page, const char *label,
			const struct rg_caller *caller)
{
	struct rg_word word;

	fprintf(page->out, "%*s%-*s%s\n", WHAT_INDENT, "",
		PLACE_INDENT - WHAT_INDENT, label,
		rg_format_caller(caller, 80 - PLACE_INDENT, &word));
}

/* The caller, and those outside libc that called it. */
static void print_stack(const struct rg_page *page, const char *label,
			size_t number)
{
	const struct rg_objects *objects = &page->tally->objects;
	const struct rg_site *site = &page->tally->sites.list[number];
	struct rg_caller caller = rg_caller_of(site, objects, page->names);
	uint8_t first = rg_caller_frame(site, objects);
	size_t shown = 0;

	if (!site->nr_frames)
		print_place(page, label, &caller);
	for (uint8_t at = first; at < site->nr_frames; at++) {
		const struct rg_frame *frame = &site->frames[at];
		struct rg_name_list list = rg_names_find(page->names, frame);

		if (at > first && !rg_frame_is_outside(objects, frame))
			continue;
		for (size_t i = 0; i < list.nr && shown < PLACES_SHOWN; i++) {
			caller.name = list.list[i];
			print_place(page, shown++ ? "" : label, &caller);
			caller.inside = "";
		}
	}
}

static void print_stale(const struct rg_page *page,
			const struct rg_stale *stale)
{
	const struct rg_access *access = &stale->access;
	struct rg_word count;
	struct rg_word what;
	struct rg_word len;
	struct rg_word age;
	struct rg_word offset = { "" };
	struct rg_word line;

	if (rg_access_has_offset(access))
		snprintf(offset.text, sizeof(offset.text),
			 " at offset %" PRIu64,
			 access->addr - access->move.from);
	snprintf(line.text, sizeof(line.text),
		 "%.60s%.40s, %.20s after %.20s moved (event %" PRIu64 ")",
		 rg_access_words(access, page->tally->env.machine, &what),
		 offset.text, rg_format_duration(rg_access_age(access), &age),
		 rg_format_bytes(access->move.len, &len), stale->first_event);
	fprintf(page->out, "  %7s  ", rg_format_count(stale->count, &count));
	rg_print_wrapped(page->out, line.text, WHAT_INDENT);
	print_stack(page, "by", stale->site);
	print_stack(page, "moved", stale->move_site);
}

/* ---------------------------------------------------------- what was not seen
 */

/* Recorded accesses are told of above. */
void rg_text_quarantine(const struct rg_page *page)
{
	struct rg_quarantined all = rg_tally_quarantined(page->tally);
	uint64_t missing = all.accesses - page->tally->totals.accesses;
	uint64_t lost =
		all.accesses_lost < missing ? all.accesses_lost : missing;

	if (!all.held && !all.not_held && !missing)
		return;
	fputc('\n', page->out);
	rg_text_number(page, all.held, "old range",
		       "of moves held in quarantine");
	rg_text_number(
		page, all.given_up, "old range",
		"given up for later ones, for the program or at a limit: "
		"uses of them after that are not seen");
	rg_text_number(page, all.not_held, "old range",
		       "not held, too long, at a limit or taken by others at "
		       "once: uses of them are not seen");
	rg_text_number(page, lost, "stale access",
		       "not in the trace: no room in its file, or too little "
		       "on a stack");
	rg_text_number(page, missing - lost, "stale access",
		       "like others that are recorded, and only counted");
}

void rg_text_stale(const struct rg_page *page)
{
	const struct rg_stales *stales = &page->tally->stales;
	struct rg_word word;
	struct rg_word heading;

	if (!stales->nr)
		return;
	snprintf(heading.text, sizeof(heading.text),
		 "memory used where it was before it moved (remapguard explain "
		 "DIR --event=N)");
	rg_text_alarm(page, heading.text);
	for (size_t i = 0; i < stales->nr && i < STALE_SHOWN; i++)
		print_stale(page, &stales->list[i]);
	if (stales->nr > STALE_SHOWN)
		fprintf(page->out, "%*sand %s\n", WHAT_INDENT, "",
			rg_format_nouns(stales->nr - STALE_SHOWN, "other pair",
					&word));
}
