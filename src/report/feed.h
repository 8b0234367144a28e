/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_FEED_H
#define RG_REPORT_FEED_H

/*
 * Traces read once, one after the other, each event a row that is handed on at
 * once: what is kept grows with processes, objects and stacks, never with
 * calls.
 */

#include "report/row.h"

struct rg_feed {
	const char *const *dirs;
	size_t nr;
	/* of the first event of all, ns; UINT64_MAX: there is none */
	uint64_t first_monotonic; /* of several traces: of the first with any */
	uint64_t first_realtime;
};

/* One trace that has been read to its end. */
struct rg_fed {
	const char *dir;
	size_t number; /* which of them, from 0 */
	const struct rg_tally *tally;
	struct rg_names *names;
};

struct rg_feed_reader {
	/* Either may be NULL. Return: 0 to go on, 1 to stop. */
	int (*row)(void *ctx, const struct rg_row *row);
	int (*end)(void *ctx, const struct rg_fed *fed);
	void *ctx;
};

/*
 * Open and validate each, so that nothing is written of the first ones when
 * the last cannot be read.
 * Return: 0, or a negative errno with one line in *err.
 */
int rg_feed_check(const char *const *dirs, size_t nr, struct rg_feed *ret_feed,
		  struct rg_report_error *err);

int rg_feed_read(const struct rg_feed *feed,
		 const struct rg_feed_reader *reader,
		 struct rg_report_error *err);

/* Who is at a site, and the name of its stack. */
void rg_place_find(const struct rg_site *site, const struct rg_objects *objects,
		   struct rg_names *names, struct rg_place *ret_place);

#endif
