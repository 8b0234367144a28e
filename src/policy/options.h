/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_OPTIONS_H
#define RG_POLICY_OPTIONS_H

/*
 * The options string, REMAPGUARD_OPTIONS: key=value pairs with colons between
 * them; a colon or a backslash inside a value has a backslash before it.
 */

#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How stacks are captured. */
enum rg_stacks {
	RG_STACKS_LIBUNWIND,
	RG_STACKS_FP,
	RG_STACKS_NONE,
	RG_NR_STACKS
};

/* "libunwind", …; NULL outside the enum. */
const char *rg_stacks_name(enum rg_stacks stacks);

/* When mappings are looked at before a call. */
enum rg_predict {
	RG_PREDICT_AUTO, /* where a failure could destroy something */
	RG_PREDICT_ALWAYS,
	RG_PREDICT_NEVER,
};

#define RG_OPTIONS_PATH_MAX 1024

struct rg_options {
	char trace[RG_OPTIONS_PATH_MAX]; /* "" writes no trace */
	enum rg_stacks stacks;
	enum rg_predict predict;
	uint64_t max_trace;	 /* bytes of segments a process may make */
	struct rg_policy policy; /* what is done about findings */
	/* safe execution, see runtime/execute.c */
	bool preflight;	   /* refuse what would be refused too late */
	bool noreplace;	   /* MREMAP_FIXED replaces nothing */
	bool shrink_first; /* a FIXED move that shrinks does so first */
	bool follow;	   /* children are audited too */
	unsigned verbose;  /* 1: say on standard error what does not work */
	/* what the CLI found by probing; UNKNOWN: go by the release */
	enum rg_generation generation;
	bool break_plan; /* plan the opposite: a test of the comparison */
};

/* The defaults. */
struct rg_options rg_options_default(void);

/*
 * Read text over *options. A pair that is no option leaves *options as it is
 * and is told to complain, with the pair (not terminated) and why; the rest
 * still counts.
 */
void rg_options_parse(const char *text, struct rg_options *options,
		      void (*complain)(const char *pair, size_t len,
				       const char *why));

#endif
