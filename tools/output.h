/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_OUTPUT_H
#define RG_TOOLS_OUTPUT_H

/* Where a command writes to: standard output, or a file that is named. */

#include <stdbool.h>
#include <stdio.h>

struct rg_output {
	FILE *out;
	const char *name; /* for messages */
};

/*
 * file may be NULL, for standard output. Return: 0, or the exit status after
 * a message.
 */
int rg_output_open(const char *file, bool force, struct rg_output *ret_output);
/* Return: 0, or the exit status after a message: not all was written. */
int rg_output_close(struct rg_output *output);

/* It will not be finished: a half of it is worth nothing, and is taken away. */
void rg_output_abandon(struct rg_output *output);

#endif
