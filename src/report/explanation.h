/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_EXPLANATION_H
#define RG_REPORT_EXPLANATION_H

/*
 * One recorded call, or stale access, and all that the trace knows of it. What
 * it does not know stays unknown.
 */

#include "report/names.h"
#include "report/tally.h"

#include <stdio.h>

struct rg_explanation {
	const struct rg_tally *tally; /* of the whole trace */
	struct rg_tally *owned;	      /* the same, if it is to be freed */
	struct rg_names *names;
	struct rg_pick pick;
	struct rg_kernel kernel;
	uint64_t page_size;
	bool page_size_assumed; /* the machine has several */
	struct rg_stop stops[RG_MAX_STOPS];
	size_t nr_stops; /* 0: no rules for that kernel, or no call */
	/* what it has, hazards first; of a refusal at least its own */
	enum rg_finding findings[RG_EVENT_MAX_FINDINGS];
	size_t nr_findings;
};

/*
 * Explain an event of the trace in dir, by number; 0: the first that failed
 * or has a hazard.
 * Return: 0; -ENOENT where there is no such event, or another negative errno;
 * with one line in *err.
 */
int rg_explanation_make(const char *dir, uint64_t number,
			struct rg_explanation *ret_explanation,
			struct rg_report_error *err);
void rg_explanation_deinit(struct rg_explanation *explanation);

/*
 * The same for an event that was kept while a tally was made; tally and names
 * stay the caller's, and there is nothing to deinit.
 */
void rg_explanation_of(const struct rg_tally *tally, struct rg_names *names,
		       const struct rg_pick *pick,
		       struct rg_explanation *ret_explanation);

/* The kernel did not see it: the policy or an injection came first. */
bool rg_explanation_stopped(const struct rg_explanation *explanation);
/* Who called or accessed: valid as long as the explanation. */
const struct rg_site *
rg_explanation_site(const struct rg_explanation *explanation);
/* Who had moved what was accessed. */
const struct rg_site *
rg_explanation_move_site(const struct rg_explanation *explanation);

/* "sealed", … of 1 << bit of enum rg_vma_flag. */
const char *rg_vma_flag_name(int bit);
#define RG_NR_VMA_FLAGS 21

/* Errors of the stream are the caller's to notice. */
void rg_render_explanation_text(const struct rg_explanation *explanation,
				FILE *out);
void rg_render_explanation_json(const struct rg_explanation *explanation,
				FILE *out);

#endif
