/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_LIMITS_H
#define RG_RUNTIME_LIMITS_H

/*
 * The numbers a plan compares with, fetched as far as a plan asked for them.
 */

#include "runtime/process.h"

/* How much a look may cost; each includes those before it. */
enum rg_effort {
	RG_EFFORT_NONE,	 /* no system call */
	RG_EFFORT_CALLS, /* a few short system calls */
	RG_EFFORT_FILES, /* small files under /proc */
	RG_EFFORT_FULL,	 /* maps and smaps, from end to end */
};

/*
 * What is known without asking: page size, task size, and what was fetched
 * before of the settings that hold for the whole system.
 */
void rg_limits_start(const struct rg_process *process,
		     struct rg_limits *ret_limits);

/*
 * Fetch what an earlier plan named as unknown; with RG_EFFORT_FULL also what
 * was kept from before. Return: whether anything was learned.
 */
bool rg_limits_fetch(struct rg_process *process, struct rg_limits *limits,
		     uint32_t unknown, enum rg_effort effort);

#endif
