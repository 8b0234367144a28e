/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_ENVIRONMENT_H
#define RG_TOOLS_ENVIRONMENT_H

/* What a program needs in its environment to be run under the object. */

#include "run-options.h"

/*
 * Put it into ours, which the program is to inherit; dir is the trace's,
 * absolute. Once: it is added to what is there. Return: 0, or an exit status
 * after a message.
 */
int rg_environment_set(const struct rg_run *run, const char *dir,
		       enum rg_generation generation);

/* Is there an object for this machine's 32-bit programs, too? */
bool rg_environment_has_narrow(void);

#endif
