/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CONFIG_H
#define RG_RUNTIME_CONFIG_H

/*
 * What holds from the constructor to the end, for this process and for every
 * child it forks: written once, before any other code of the program runs.
 */

#include "policy/caution.h"
#include "policy/options.h"
#include "trace/process-table.h"

/* What each call asks comes before what is long: so it lies in few lines. */
struct rg_config {
	bool ready; /* the constructor has run */
	struct rg_kernel kernel;
	struct rg_limits limits; /* page size, task size: what never changes */
	bool libc_tests_flags;	 /* libc refuses unknown flags by itself */
	enum rg_tier_state tiers[RG_NR_TIERS];
	uint64_t ignored; /* findings nothing is done about, as a set */
	struct rg_caution caution;
	enum rg_stacks stacks; /* what works of what was asked for */
	struct rg_options options;
	char exe[256];
};

extern struct rg_config rg_config;

/* A length in whole pages; one that wraps is 0, as to the kernel. */
static inline uint64_t rg_page_up(uint64_t len)
{
	uint64_t page_size = rg_config.limits.page_size;

	return (len + page_size - 1) & -page_size;
}

/* Read options and surroundings. envp is the program's environment. */
void rg_config_init(char **envp);

/*
 * follow=off: take ourselves out of the environment that children will get.
 */
void rg_config_unfollow(char **envp);

#endif
