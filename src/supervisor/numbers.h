/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_NUMBERS_H
#define RG_SUPERVISOR_NUMBERS_H

/* The numbers a plan compares with, of another process and of the system. */

#include <remapguard/model.h>

#include <sys/types.h>

/*
 * Fetch what a plan named as unknown; all_maps also counts every mapping.
 * Return: whether anything was learned.
 */
bool rg_numbers_fetch(pid_t tid, struct rg_limits *limits, uint32_t unknown,
		      bool all_maps);

#endif
