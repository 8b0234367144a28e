/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_RUN_OPTIONS_H
#define RG_TOOLS_RUN_OPTIONS_H

/* What `remapguard run' was asked for, and how the object is told of it. */

#include "commands.h"
#include "fail-on.h"

#include "policy/options.h"

#include <stdio.h>

struct rg_run {
	const char *dir; /* NULL: named after the program */
	const char *stacks;
	const char *profile;
	const char **sets; /* FINDING=ACTION */
	size_t nr_sets;
	const char *policy;   /* files */
	const char *suppress; /* likewise */
	const char *options;
	const char **injections; /* values of inject= */
	size_t nr_injections;
	const char *seed;
	const char *coverage; /* preload (or NULL), or all */
	const char *enforce;  /* likewise */
	uint64_t cookie;      /* of the supervisor; 0: there is none */
	struct rg_fail_on fail_on;
	unsigned exhaust; /* by so many callers a site is known; 0: not */
	bool force;
	bool quiet;
	char **program; /* and its arguments */

	/* what the two files say */
	struct rg_options rules;
};

extern const struct argp rg_run_argp;
extern const struct rg_words rg_run_words[];

/*
 * *run is all zeroes, and to be freed whatever is returned: 0, or the exit
 * status after messages.
 */
int rg_run_parse(int argc, char **argv, struct rg_run *run);
void rg_run_free(struct rg_run *run);

/* Is there to be a supervisor, and are all calls to go there? */
bool rg_run_covers_all(const struct rg_run *run);
bool rg_run_enforces_all(const struct rg_run *run);

/* The variable REMAPGUARD_OPTIONS for the program, over what it is for us. */
void rg_run_put_options(FILE *out, const struct rg_run *run, const char *dir,
			enum rg_generation generation);

/* What the caller had set comes first, so that the command line wins. */
void rg_run_put_existing(FILE *out, const char *variable, char separator);

#endif
