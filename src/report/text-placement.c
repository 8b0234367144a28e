/* SPDX-License-Identifier: MIT */

#include "report/text-parts.h"

#include <stdio.h>

void rg_text_placement(const struct rg_page *page)
{
	struct rg_placements all = rg_tally_placements(page->tally);

	if (!all.placed && !all.misplaced)
		return;
	fputc('\n', page->out);
	rg_text_number(page, all.placed - all.rooms, "growth",
		       "moved to where page tables move whole");
	rg_text_number(page, all.rooms, "growth",
		       "moved to where there is room for the next");
	rg_text_number(page, all.rooms_used, "growth",
		       "of those in place afterwards");
	rg_text_number(
		page, all.misplaced, "growth",
		"left to the kernel's choice: no such place, or a limit");
}
