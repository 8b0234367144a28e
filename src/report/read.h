/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_READ_H
#define RG_REPORT_READ_H

#include "report/decode.h"
#include "report/trace.h"

/* Who wants the events: calls, and stale accesses. */
struct rg_reader {
	/* Return: 0 to go on, 1 to stop. */
	int (*event)(void *ctx, const struct rg_source *source,
		     const struct rg_event *event);
	int (*access)(void *ctx, const struct rg_source *source,
		      const struct rg_access *access);
	void *ctx;
};

/*
 * Hand over the events of all processes, in order of time. Memory does not
 * grow with their number.
 */
int rg_trace_read(const struct rg_trace *trace, const struct rg_reader *reader,
		  struct rg_report_error *err);

#endif
