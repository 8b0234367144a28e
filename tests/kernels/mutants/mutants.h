/* SPDX-License-Identifier: MIT */
#ifndef RG_MUTANTS_H
#define RG_MUTANTS_H

/*
 * Models that are broken in one place each. All are asked for a plan of each
 * call that the oracle makes; one whose plan is wrong has been caught.
 */

#include <remapguard/model.h>

typedef struct rg_plan plan_fn(const struct rg_request *req,
			       const struct rg_mm *mm,
			       const struct rg_kernel *kernel);

/* Broken in its source (mutate.py). */
struct source_mutant {
	const char *name;   /* "params.c:rg_ranges_overlap: > becomes >=" */
	const char *broken; /* the line as it is now */
	plan_fn *plan;
	int part; /* the function it is broken in; -1 for more than one */
};

/* The model itself, noting in parts_reached[] what it comes through. */
plan_fn traced_plan;

/* In a file that is written when they are built. */
extern const struct source_mutant source_mutants[];
extern const unsigned int nr_source_mutants;

#endif
