/* SPDX-License-Identifier: MIT */

/* Built where there was no library for the charts. */

#include "report/render.h"

bool rg_has_html(void)
{
	return false;
}

void rg_render_html(const struct rg_tally *tally, struct rg_gather *gather,
		    FILE *out)
{
	(void)tally;
	(void)gather;
	(void)out;
}
