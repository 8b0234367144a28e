/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_HTML_PRINT_H
#define RG_REPORT_HTML_PRINT_H

/*
 * Text into a page. What a trace says may be anything: names of files and
 * functions are whatever somebody called them.
 */

#include <jansson.h>
#include <stdio.h>

/*
 * The same text as UTF-8 that is what it looks like: bytes that are no UTF-8,
 * control characters and those that turn or hide text become U+FFFD. To be
 * freed.
 */
char *rg_html_clean(const char *bytes);

/*
 * Print a piece of HTML: each %s is one more string, which is cleaned and
 * escaped, so that it can stand in text and in a quoted attribute. There is
 * nothing else but %% for a percent sign.
 */
void rg_html(FILE *out, const char *format, ...);

json_t *rg_html_json_string(const char *bytes);

/*
 * Write JSON so that it can stand in a <script> element, which ends at the
 * first </script> whatever is around it; and drop it.
 */
void rg_html_json(FILE *out, json_t *json);

#endif
