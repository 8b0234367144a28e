/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_TOP_LINES_H
#define RG_TOOLS_TOP_LINES_H

/* What `remapguard top' says of the time between two looks, line by line. */

#include "report/live.h"

#include <stdio.h>

enum rg_top_order { RG_TOP_CALLS, RG_TOP_FAILED, RG_TOP_BYTES, RG_NR_TOP };

/* "calls", …; NULL outside the enum. */
const char *rg_top_order_name(enum rg_top_order order);

/* What was counted when it was last looked at. */
struct rg_top_before {
	uint64_t calls;
	uint64_t failed;
	uint64_t denied;
	uint64_t bytes_moved;
	uint64_t paths[RG_NR_PATHS];
	struct rg_live_site *sites;
	size_t nr_sites;
};

void rg_top_remember(const struct rg_live *live, struct rg_top_before *before);
void rg_top_forget(struct rg_top_before *before);

/* Seconds, of a clock that nobody sets. */
double rg_top_now(void);

struct rg_top_look {
	const struct rg_live *live;
	const struct rg_top_before *before;
	struct rg_names *names;
	double seconds; /* since then */
	enum rg_top_order order;
	size_t sites; /* as many as are shown */
	size_t columns;
};

void rg_top_lines(const struct rg_top_look *look, FILE *out);

#endif
