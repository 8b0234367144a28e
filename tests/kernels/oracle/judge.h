/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_JUDGE_H
#define RG_ORACLE_JUDGE_H

/* One call: what the model says, what the kernel did, and whether they agree.
 */

#include "layout.h"

/* A call that was made, and what a plan for it is made from. */
struct call {
	struct rg_request req;
	struct rg_mm seen;   /* the address space before it */
	struct rg_mm hidden; /* the same, with some of its inputs hidden */
	int64_t result;	     /* an address, or -errno */
	bool changed;	     /* whether anything may be mapped otherwise now */
};

struct verdict {
	struct rg_request req;
	struct rg_plan plan;
	int64_t result; /* an address, or -errno */
	/* what differs, for people; NULL when nothing does */
	const char *wrong;
};

/* Look at the address space that the next call of a case is made in. */
void judge_start(const struct layout *layout, uint64_t seed);

/* As it is now; valid until the next call. */
const struct snapshot *judge_now(void);
/* The same; before the call that was last, if there was one. */
const struct rg_limits *judge_limits(void);

/* Plan, call, compare. */
struct verdict judge_call(const struct layout *layout,
			  const struct rg_request *req);

/* What is wrong with a plan for the last call, for people, or NULL. */
const char *judge_plan(const struct call *call, const struct rg_plan *plan);
/* The same of a plan that was made with inputs hidden. */
const char *judge_hidden_plan(const struct call *call,
			      const struct rg_plan *plan);

/*
 * After the last call: is each mapping what it was taken for?
 * Return: what is not, for people, or NULL.
 */
const char *judge_end(void);

/* Everything about the last call that helps to see why. */
void judge_print(const struct layout *layout, const struct verdict *verdict);

#endif
