/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TEXT_ACCESS_H
#define RG_REPORT_TEXT_ACCESS_H

/* A stale access for people. */

#include "report/explanation.h"
#include "report/format.h"

/* "read", "write", "execution", "system call write", … */
const char *rg_access_words(const struct rg_access *access, const char *machine,
			    struct rg_word *word);

/*
 * What was accessed, what became of it, and when it moved; a picture of that;
 * and the registers.
 */
void rg_print_access(const struct rg_explanation *explanation, FILE *out);

#endif
