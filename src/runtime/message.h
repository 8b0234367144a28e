/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_MESSAGE_H
#define RG_RUNTIME_MESSAGE_H

/* Lines for people on standard error, each one write. */

#include "policy/options.h"

/* "remapguard: option `stacks=x': not libunwind, fp or none; ignored" */
void rg_message_option(const struct rg_complaint *complaint);

/* "remapguard: FILE:LINE: `stacks=x': not libunwind, fp or none; ignored" */
void rg_message_line(const char *file, uint64_t line,
		     const struct rg_complaint *complaint);

/*
 * "remapguard: what: why": what of ours does not work. Under `remapguard run`
 * standard error is the program's, and only the process that it started says
 * so; with verbose=1 all do.
 */
void rg_message(const char *what, const char *why);

/* The same of a call that ends the program, in any case. */
void rg_message_stop(const char *what, const char *why);

#endif
