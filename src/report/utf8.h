/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_UTF8_H
#define RG_REPORT_UTF8_H

/*
 * Names come from files and from strangers' traces, and are bytes; what reads
 * our output wants UTF-8, and refuses all of it for one byte that is not.
 */

#include <stddef.h>

/* What stands for bytes that are no character: U+FFFD. */
#define RG_UTF8_REPLACEMENT "\xef\xbf\xbd"

/* The length of the character at `at`; 0 where there is none, or the end. */
size_t rg_utf8_size(const char *at);

/* A copy with each byte that is no character replaced; to be freed. */
char *rg_utf8_mend(const char *bytes);

#endif
