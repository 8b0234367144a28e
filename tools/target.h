/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_TARGET_H
#define RG_TOOLS_TARGET_H

/* The program to run, and whether a preloaded object can get into it. */

#include <limits.h>
#include <stdbool.h>

struct rg_target {
	char path[PATH_MAX];
	/* Why the preload tiers will not see its calls; NULL: they will. */
	const char *unseen;
};

/*
 * Find name as execvp() would and look at it.
 * Return: 0; -ENOENT not found, -EACCES found and not executable.
 */
int rg_target_find(const char *name, struct rg_target *ret_target);

#endif
