/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_EXHAUST_H
#define RG_TOOLS_EXHAUST_H

/*
 * `run --exhaust': a program run once as it is, and once more for each site
 * that mremap was called from, whose first call then fails.
 */

#include "run-options.h"

/* When a site's failure ended in a crash or a hang. */
#define RG_EXIT_EXHAUST_FOUND 99

/* name: of the directory for it all, and dir the same, absolute. */
struct rg_exhaust {
	const struct rg_run *run;
	const char *name;
	const char *dir;
	enum rg_generation generation;
};

/* Return: the exit status, after messages and the table. */
int rg_exhaust(const struct rg_exhaust *exhaust);

#endif
