/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_OPTIONS_H
#define RG_POLICY_OPTIONS_H

/*
 * The options string, REMAPGUARD_OPTIONS: key=value pairs with colons or
 * newlines between them; in a value each of these, a backslash and, in a rule,
 * a comma has a backslash before it. A finding is a key too, its action the
 * value, and every `rule' and every `inject' is one more (policy/rule.h,
 * policy/inject.h).
 *
 * A profile sets what is not given otherwise, wherever it stands. Of two
 * values the later counts; of two rules or injections that fit, the first in
 * the text, and of two texts those of the one parsed later.
 */

#include "policy/fault.h"
#include "policy/inject.h"
#include "policy/out.h"
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

/* "auto", …; NULL outside the enum. */
const char *rg_predict_name(enum rg_predict predict);

/* Where a mapping that grows goes, if it may move. */
enum rg_move {
	RG_MOVE_KERNEL, /* where the kernel has it */
	RG_MOVE_ALWAYS, /* elsewhere, also where it could grow in place */
	RG_MOVE_NEVER,	/* nowhere: it grows in place or not at all */
};

/* "kernel", …; NULL outside the enum. */
const char *rg_move_name(enum rg_move move);

/* The place for a mapping that grows and moves. */
enum rg_placement {
	RG_PLACEMENT_KERNEL,	/* the kernel's choice */
	RG_PLACEMENT_CONGRUENT, /* one to which page tables move whole */
};

/* "kernel", …; NULL outside the enum. */
const char *rg_placement_name(enum rg_placement placement);

#define RG_OPTIONS_PATH_MAX 1024

struct rg_options {
	enum rg_stacks stacks;
	enum rg_predict predict;
	uint64_t max_trace; /* bytes of segments a process may make */
	bool follow;	    /* children are audited too */
	unsigned verbose;   /* 1: say on standard error what does not work */
	/* what the CLI found by probing; UNKNOWN: go by the release */
	enum rg_generation generation;
	bool break_plan; /* plan the opposite: a test of the comparison */
	uint64_t cookie; /* trace/cookie.h; 0: no supervisor */
	uint64_t run;	 /* the CLI's process; 0: not started by it */

	enum rg_profile profile;
	/* safe execution, see runtime/execute.c */
	bool preflight;	   /* refuse what would be refused too late */
	bool noreplace;	   /* MREMAP_FIXED replaces nothing */
	bool shrink_first; /* a FIXED move that shrinks does so first */
	enum rg_move move;
	uint64_t quarantine; /* bytes of old ranges kept mapped; 0: none */
	enum rg_placement placement;
	bool grow_ahead; /* leave room behind what grows and moves */

	/* what is long: behind what each call asks for */
	char trace[RG_OPTIONS_PATH_MAX];       /* "" writes no trace */
	char plugin[RG_OPTIONS_PATH_MAX];      /* "": none */
	char policy_file[RG_OPTIONS_PATH_MAX]; /* a compiled one; "": none */
	char suppress_file[RG_OPTIONS_PATH_MAX];

	struct rg_injections injections;
	uint64_t seed; /* of injections with a probability */

	struct rg_policy policy;
	uint32_t nr_suppressions; /* rules at the head of the policy's */
	/* what a profile must leave alone: options, findings */
	uint32_t given;
	uint64_t given_findings;
};

/* The defaults: those of the profile audit. */
void rg_options_init(struct rg_options *options);

/*
 * For documents and completion, not in the object. The key of each option,
 * NULL behind the last; is it one that only our own processes are told; and
 * what words its value may be, from 0 on to the first NULL.
 */
const char *rg_option_key(int option);
bool rg_option_is_internal(int option);
const char *rg_option_word(int option, int i);

/* Where an option stands in the table, from 0; negative: no such option. */
int rg_option_find(const char *key);

/*
 * Set an option by its key, or a finding's action; the value is as it is
 * meant, without escapes. With a fault *options stays as it was.
 */
struct rg_fault rg_options_set(struct rg_options *options, const char *key,
			       const char *value);
struct rg_fault rg_options_set_finding(struct rg_options *options,
				       enum rg_finding finding,
				       const char *value);
/* Behind the other suppressions and before all rules. */
struct rg_fault rg_options_suppress(struct rg_options *options,
				    const char *text);

/* A pair that is none. Neither part is terminated. */
struct rg_complaint {
	const char *pair;
	size_t len;
	const char *part; /* what is wrong of it: a rule's field, or all */
	size_t part_len;
	const char *why;
};

typedef void rg_complain(void *ctx, const struct rg_complaint *complaint);

/*
 * Read text over *options. A pair that is no option leaves *options as it is
 * and is told to complain; the rest still counts.
 */
void rg_options_parse(const char *text, struct rg_options *options,
		      rg_complain *complain, void *ctx);

/*
 * Read lines of suppressions into *options likewise; empty lines, and those
 * that begin with #, count for nothing.
 */
void rg_suppressions_parse(const char *text, struct rg_options *options,
			   rg_complain *complain, void *ctx);

/*
 * The text that makes the same of the defaults, in two parts. What was not
 * given is not in it.
 */
void rg_options_put_rules(const struct rg_options *options, struct rg_out *out);
void rg_options_put_settings(const struct rg_options *options,
			     struct rg_out *out);

#endif
