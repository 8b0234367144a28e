/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_DIFF_H
#define RG_REPORT_DIFF_H

/*
 * Two audits of a program, before and after: what is new, gone, more and less
 * by then.
 *
 * Callers are the same when function, module's name and libc's function are;
 * lines and offsets are not looked at, since a change moves them.
 *
 * A regression is more findings (but those that only inform), more failures or
 * more bytes moved, by more than the tolerance. More calls are none, as they
 * may be more work; nor is more time, which is the machine's too.
 */

#include "report/callers.h"

#include <stdbool.h>
#include <stdio.h>

/* What is counted: of A, of B. */
struct rg_pair {
	uint64_t a;
	uint64_t b;
};

enum rg_change {
	RG_CHANGE_NEW,
	RG_CHANGE_MORE,
	RG_CHANGE_SAME,
	RG_CHANGE_LESS,
	RG_CHANGE_GONE,
	RG_NR_CHANGES
};

/* "new", "more", …; NULL outside the enum. */
const char *rg_change_name(enum rg_change change);
enum rg_change rg_change_of(const struct rg_pair *pair);

/* Somebody who calls, in either audit. */
struct rg_diff_caller {
	struct rg_caller caller; /* as of B, where it is in both */
	struct rg_pair count;	 /* of what is looked at; calls of sites */
	struct rg_pair failed;
	struct rg_pair moves;
	struct rg_pair bytes_moved;
	struct rg_pair ns;
};

/* Those that changed most first. */
struct rg_diff_callers {
	struct rg_diff_caller *list;
	size_t nr;
	size_t capacity;
};

struct rg_diff_finding {
	enum rg_finding finding;
	struct rg_pair count;
	bool regression;
	struct rg_diff_callers callers;
};

struct rg_diff_failure {
	struct rg_reason reason; /* its count is not used */
	struct rg_pair count;
	bool regression;
	struct rg_diff_callers callers;
};

/* A number of the whole. */
enum rg_diff_total {
	RG_TOTAL_CALLS,
	RG_TOTAL_FAILED,
	RG_TOTAL_DENIED,
	RG_TOTAL_MOVES,
	RG_TOTAL_BYTES_MOVED,
	RG_TOTAL_NS,
	RG_TOTAL_ACCESSES,
	RG_TOTAL_MISMATCHES,
	RG_TOTAL_LOST,
	RG_NR_TOTALS
};

/* "calls", …: as reports call them; NULL outside the enum. */
const char *rg_diff_total_name(enum rg_diff_total total);

struct rg_diff {
	const struct rg_tally *a;
	const struct rg_tally *b;
	struct rg_names *names_a;
	struct rg_names *names_b;
	unsigned tolerance; /* per cent */
	bool regression;    /* any of those below */
	struct rg_pair totals[RG_NR_TOTALS];
	bool more_moved; /* a regression of RG_TOTAL_BYTES_MOVED */
	struct rg_diff_finding *findings; /* in either; hazards first */
	size_t nr_findings;
	struct rg_diff_failure *failures; /* in either; most in B first */
	size_t nr_failures;
	struct rg_diff_callers sites; /* all calls */
};

/* Both tallies must outlive it. */
void rg_diff_make(const struct rg_tally *a, const struct rg_tally *b,
		  unsigned tolerance, struct rg_diff *ret_diff);
void rg_diff_deinit(struct rg_diff *diff);

/* name_a, name_b: the directories, as given. */
struct rg_diff_names {
	const char *a;
	const char *b;
};

void rg_render_diff_text(const struct rg_diff *diff,
			 const struct rg_diff_names *names, FILE *out);
void rg_render_diff_json(const struct rg_diff *diff,
			 const struct rg_diff_names *names, FILE *out);

#endif
