/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TALLY_H
#define RG_REPORT_TALLY_H

/*
 * What a report counts. Its size depends on how many processes, objects and
 * different stacks there are, never on how many calls.
 *
 * Events are calls and stale accesses, and numbered together; what is said of
 * calls is said of calls alone.
 *
 * A call whose result was never learned (unseen) counts among calls, tiers and
 * sites, but not among failures, paths, moves or mismatches.
 */

#include "report/moves.h"
#include "report/processes.h"
#include "report/sites.h"
#include "report/stale.h"
#include "report/trace.h"

#define RG_NR_ERRORS 256

struct rg_totals {
	uint64_t calls;	   /* read from the trace */
	uint64_t accesses; /* stale ones */
	uint64_t failed;
	uint64_t denied;   /* the kernel was not asked */
	uint64_t aborted;  /* those of them that ended their process */
	uint64_t injected; /* failed on request: nor was it asked for these */
	uint64_t delayed;  /* made later, on request */
	uint64_t fixed;	   /* asked for MREMAP_FIXED */
	uint64_t bytes_moved;
	uint64_t judged[RG_NR_JUDGED];
	uint64_t mismatches;
	uint64_t racy;	  /* mismatches that another thread may explain */
	uint64_t unknown; /* judged without all inputs */
	uint64_t paths[RG_NR_PATHS];
	uint64_t tiers[RG_NR_TIERS];
	uint64_t errors[RG_NR_ERRORS];
	uint64_t checks[RG_NR_CHECKS];
	uint64_t stacks_cut; /* left short: there were too many different ones */
};

/* Different stacks that are kept whole; twice as many are kept at all. */
#define RG_SITES_MAX 65536

/* One event, kept while all are counted. */
struct rg_pick {
	/*
	 * Which, from 1 on, in the order of time; 0 asks for the first that
	 * failed or has a hazard, and becomes its number.
	 */
	uint64_t number;
	bool found;
	bool is_access;
	struct rg_event event;	 /* if not */
	struct rg_access access; /* if so */
	struct rg_process process;
	size_t site; /* of tally.sites */
	/* of an access: */
	size_t move_site;
	uint64_t move_event; /* 0: not known */
};

/* A call or a stale access, as it has just been counted. */
struct rg_seen {
	const struct rg_event *event; /* NULL: it is an access */
	const struct rg_stale *stale; /* NULL: it is a call */
	const struct rg_trace *of;    /* the trace, while it is read */
	const struct rg_process *process;
	uint64_t number; /* as of struct rg_pick */
	size_t trace;	 /* which of several, from 0 */
	size_t at;	 /* of tally.processes, once the trace is added */
	size_t site;	 /* of tally.sites */
};

struct rg_tally;

/* Who wants to see every call, and every access where access is not NULL. */
struct rg_watch {
	void (*call)(void *ctx, const struct rg_tally *tally,
		     const struct rg_seen *seen);
	void (*access)(void *ctx, const struct rg_tally *tally,
		       const struct rg_seen *seen);
	void *ctx;
	bool stop; /* set by them: they have seen enough */
};

struct rg_tally {
	struct rg_pick *pick;	      /* NULL: none is asked for */
	const struct rg_watch *watch; /* NULL: nobody */
	struct rg_totals totals;
	struct rg_finding_count findings[RG_NR_FINDINGS];
	uint64_t unknown_findings; /* numbers that no finding of ours has */
	struct rg_processes processes;
	struct rg_objects objects;
	struct rg_sites sites; /* those of accesses have no calls */
	struct rg_stales stales;
	struct rg_moves moves;	 /* the last ones of the trace being added */
	struct rg_trace_env env; /* of the first trace */
	bool mixed_env;		 /* another one is from another kernel */
	size_t nr_traces;
};

struct rg_tally *rg_tally_new(void);
void rg_tally_free(struct rg_tally *tally);

/*
 * Add all of a trace directory. On failure the tally is of no further use but
 * to be freed.
 */
int rg_tally_add(struct rg_tally *tally, const char *dir,
		 struct rg_report_error *err);

/* All events. */
uint64_t rg_tally_events(const struct rg_tally *tally);

/* Calls of which this finding could not be told: nobody looked. */
uint64_t rg_tally_unjudged(const struct rg_tally *tally,
			   enum rg_finding finding);

/* Calls counted by the processes that are not among the events. */
uint64_t rg_tally_lost(const struct rg_tally *tally);
/* Of those, known to be lost for this reason. */
uint64_t rg_tally_lost_for(const struct rg_tally *tally, enum rg_lost reason);

/* What the processes counted of their quarantines. */
struct rg_quarantined {
	uint64_t held;	   /* old ranges */
	uint64_t given_up; /* of those */
	uint64_t not_held;
	uint64_t accesses;	/* stale ones, at least those that were read */
	uint64_t accesses_lost; /* of those */
};

struct rg_quarantined rg_tally_quarantined(const struct rg_tally *tally);

/* What they counted of mappings that grew and were moved to our choice. */
struct rg_placements {
	uint64_t placed;
	uint64_t misplaced;  /* left to the kernel, as something failed */
	uint64_t rooms;	     /* of those placed: with room to grow into */
	uint64_t rooms_used; /* growths in place afterwards */
};

struct rg_placements rg_tally_placements(const struct rg_tally *tally);
/* How often a finding was met; of RG115 also what is not in the trace. */
uint64_t rg_tally_met(const struct rg_tally *tally, enum rg_finding finding);

#endif
