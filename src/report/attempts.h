/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_ATTEMPTS_H
#define RG_REPORT_ATTEMPTS_H

/*
 * What became of a program that was run again and again, with calls of one
 * site after the other made to fail.
 */

#include "policy/inject.h"
#include "report/callers.h"

#include <stdio.h>

/* How a run ended. */
struct rg_ending {
	int exit_status;   /* as a shell reports it: 128+signal */
	int signal;	   /* that ended it, or 0 */
	bool hung;	   /* it was ended as it took too long */
	bool reached;	   /* a call was made to fail */
	bool other_output; /* than before */
};

/* Worst first. */
enum rg_outcome {
	RG_OUTCOME_CRASH,
	RG_OUTCOME_HANG,
	RG_OUTCOME_OTHER_OUTPUT, /* and the exit status as before */
	RG_OUTCOME_OTHER_STATUS,
	RG_OUTCOME_SAME,
	RG_OUTCOME_NOTHING_FAILED, /* the site made no call of the kernel */
	RG_OUTCOME_UNTRIED,	   /* it did not come to that */
	RG_NR_OUTCOMES
};

/* Does it end a program for what the program has done? */
bool rg_signal_is_crash(int number);

/* "crash", …; NULL outside the enum. */
const char *rg_outcome_name(enum rg_outcome outcome);

/* Judge a run by the one that nothing was made to fail in. */
enum rg_outcome rg_outcome_of(const struct rg_ending *before,
			      const struct rg_ending *after);

/* The site of one or more calls, the first of which was made to fail. */
struct rg_attempt {
	size_t number;		 /* from 1 on, as tried */
	char *site;		 /* as `site=' takes it */
	struct rg_caller caller; /* of the call */
	/* and who called that, as far as sites are told apart by it */
	struct rg_name behind[RG_INJECT_DEPTH - 1];
	size_t nr_behind;
	const struct rg_site *stack; /* of one of the calls */
	uint64_t calls;		     /* in the first run */
	enum rg_outcome outcome;
	struct rg_ending ending;
	uint64_t ns;
	/* where it crashed, inner first, as far as that was seen */
	const struct rg_name *crash;
	size_t nr_crash;
};

struct rg_attempts {
	char *const *program; /* and its arguments */
	const char *dir;
	uint64_t first_ns; /* what it takes undisturbed */
	uint64_t limit_ns; /* and when it was taken to hang */
	bool compared;	   /* its output, which is always the same */
	bool interrupted;
	uint64_t unplaced; /* calls without a site */
	struct rg_attempt *list;
	size_t nr;
};

/* Worst first; then those that most calls come from. */
void rg_attempts_sort(struct rg_attempts *attempts);
/* How many ended so. */
size_t rg_attempts_count(const struct rg_attempts *attempts,
			 enum rg_outcome outcome);

void rg_render_attempts_text(const struct rg_attempts *attempts, FILE *out);
void rg_render_attempts_json(const struct rg_attempts *attempts,
			     struct rg_names *names, FILE *out);

/* "site-001": where below dir the run of an attempt left what it has. */
#define RG_ATTEMPT_DIR "site-%03zu"

#endif
