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

/* "remapguard: what: why" */
void rg_message(const char *what, const char *why);

#endif
