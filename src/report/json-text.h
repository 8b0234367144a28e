/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_JSON_TEXT_H
#define RG_REPORT_JSON_TEXT_H

/*
 * JSON written as it comes, for what is too much to be held as a tree: rows of
 * events. Everything else is made with json.h.
 */

#include <stdint.h>
#include <stdio.h>

/* With its quotes; bytes that are no UTF-8 become U+FFFD. */
void rg_json_put_string(FILE *out, const char *bytes);

/* Thousandths with their point: 1234 is 1.234. */
void rg_json_put_thousandths(FILE *out, uint64_t value);

#endif
