/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_POLICY_FILE_H
#define RG_TOOLS_POLICY_FILE_H

/* Files of policies and suppressions that are named on the command line. */

#include "policy/options.h"

#include <stdio.h>

/*
 * Read over *options; "-" is standard input. Return: 0; or a negative errno
 * after messages, one for each thing that is wrong.
 */
int rg_policy_file_read(const char *file, struct rg_options *options);
int rg_suppress_file_read(const char *file, struct rg_options *options);

/* For rg_options_put_…, with `separator' between options. */
struct rg_out rg_out_to(FILE *out, char separator);

#endif
