/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_RENDER_ROWS_H
#define RG_REPORT_RENDER_ROWS_H

/*
 * Output that is written while traces are read. Return: 0, or a negative errno
 * with one line in *err where a trace cannot be read. Errors of the stream are
 * the caller's to notice; no more is read then.
 */

#include "report/feed.h"

#include <stdio.h>

int rg_render_csv(const struct rg_feed *feed, FILE *out,
		  struct rg_report_error *err);

/*
 * Chrome's trace events, for Perfetto: calls on the tracks of their threads,
 * findings as instants.
 */
int rg_render_perfetto(const struct rg_feed *feed, FILE *out,
		       struct rg_report_error *err);

/* What JSON lines are of: a set of bits. */
enum rg_rows {
	RG_ROWS_EVENTS = 1 << 0,
	RG_ROWS_SITES = 1 << 1,
	RG_ROWS_PROCESSES = 1 << 2,
};

int rg_render_jsonl(const struct rg_feed *feed, unsigned rows, FILE *out,
		    struct rg_report_error *err);

#endif
