/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_GATHER_H
#define RG_REPORT_GATHER_H

/*
 * What a page shows of single calls, gathered while a tally is made, in memory
 * that does not grow with their number:
 *
 *  - of all calls, how many there were at each time, of each size and path;
 *    and how their durations and sizes are distributed;
 *  - some calls as a whole, to be drawn one by one and explained.
 *
 * Kept as a whole are the first call of each site, of each reason to fail
 * there and of each finding there; the slowest; and, drawn by lot, some of
 * those that failed, of those with a finding, and of the others. The lot is
 * the same in every run.
 */

#include "report/spread.h"
#include "report/tally.h"

/* Columns of time. Their width doubles when the trace outgrows them. */
#define RG_DENSITY_COLUMNS 512
/* Rows of size: two to a doubling, one for 0. */
#define RG_DENSITY_ROWS (1 + 64 * 2)

struct rg_density {
	uint64_t column_ns;
	uint32_t counts[RG_NR_PATHS][RG_DENSITY_COLUMNS][RG_DENSITY_ROWS];
};

/* A call that is kept. */
struct rg_kept {
	struct rg_event event;
	uint64_t number;
	uint64_t at_ns; /* when it returned, from the trace's first call on */
	size_t trace;
	size_t process; /* of tally.processes */
	size_t site;	/* of tally.sites */
};

/* Why calls are kept, and how many for each reason at most. */
enum rg_keep {
	RG_KEEP_FIRST,
	RG_KEEP_SLOW,
	RG_KEEP_FAILED,
	RG_KEEP_FOUND,
	RG_KEEP_OTHER,
	RG_NR_KEEPS
};

struct rg_lot {
	struct rg_kept *list;
	size_t nr;
	uint64_t met; /* that could have been kept */
};

struct rg_gather {
	struct rg_density density;
	struct rg_spread durations[RG_NR_PATHS]; /* INVALID: result not seen */
	struct rg_spread sizes[RG_NR_PATHS];	 /* the new length */
	uint64_t ns[RG_NR_PATHS];		 /* in all */
	uint64_t bytes_moved[RG_NR_PATHS];
	uint64_t until_ns; /* the last call of all, as at_ns */
	uint64_t first_ns; /* CLOCK_MONOTONIC, of the trace being added */
	uint64_t nr_of_trace;
	uint64_t random;
	struct rg_lot lots[RG_NR_KEEPS];
	struct rg_kept *kept; /* all of them by number, once gathered */
	size_t nr_kept;
	struct rg_watch watch; /* for the tally */
};

struct rg_gather *rg_gather_new(void);
void rg_gather_free(struct rg_gather *gather);

/* When all traces are added: join the lots. */
void rg_gather_finish(struct rg_gather *gather);

/* Calls of that kind that are drawn one by one, of how many. */
uint64_t rg_gather_nr_kept(const struct rg_gather *gather, bool failed);

/* The first kept call that failed so; 0: none. */
uint64_t rg_gather_first_failed(const struct rg_gather *gather,
				const struct rg_reason *reason);
bool rg_gather_has(const struct rg_gather *gather, uint64_t number);

#endif
