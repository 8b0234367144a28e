/* SPDX-License-Identifier: MIT */

#include "report/format.h"
#include "report/text-parts.h"
#include "report/text-rows.h"

#include <stdio.h>

static void print_number(const struct rg_page *page, uint64_t number,
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

void rg_text_placement(const struct rg_page *page)
{
	struct rg_placements all = rg_tally_placements(page->tally);

	if (!all.placed && !all.misplaced)
		return;
	fputc('\n', page->out);
	print_number(page, all.placed - all.rooms, "growth",
		     "moved to where page tables move whole");
	print_number(page, all.rooms, "growth",
		     "moved to where there is room for the next");
	print_number(page, all.rooms_used, "growth",
		     "of those in place afterwards");
	print_number(page, all.misplaced, "growth",
		     "left to the kernel's choice: no such place, or a limit");
}
