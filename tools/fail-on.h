/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_FAIL_ON_H
#define RG_TOOLS_FAIL_ON_H

/* --fail-on: what in a trace makes `remapguard run' fail. */

#include <stdbool.h>
#include <stdint.h>

/* The exit status when something was found. */
#define RG_EXIT_FOUND 99

struct rg_fail_on {
	uint64_t findings; /* a set */
	bool denied;	   /* any call that was denied */
};

/*
 * Findings, `deny', `hazard' and `any', with commas between them, added to
 * *fail_on. Return: 0, or RG_EXIT_USAGE after a message.
 */
int rg_fail_on_parse(const char *text, struct rg_fail_on *fail_on);

/* The words it may be made of, NULL behind the last, and what they mean. */
const char *rg_fail_on_word(int i);
const char *rg_fail_on_about(int i);

/*
 * Look through a trace, and say what was found, unless quiet. Return: 0,
 * RG_EXIT_FOUND, or RG_EXIT_FAILURE after a message: it cannot be read.
 */
int rg_fail_on_judge(const struct rg_fail_on *fail_on, const char *dir,
		     bool quiet);

#endif
