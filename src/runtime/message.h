/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_MESSAGE_H
#define RG_RUNTIME_MESSAGE_H

/* Lines for people on standard error, each one write. */

#include <stddef.h>

/* "remapguard: option `stacks=x': not libunwind, fp or none" */
void rg_message_option(const char *pair, size_t len, const char *why);

/* "remapguard: what: why" */
void rg_message(const char *what, const char *why);

#endif
