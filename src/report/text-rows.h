/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TEXT_ROWS_H
#define RG_REPORT_TEXT_ROWS_H

/* A call for people, in rows of a label and a text; and the words for it. */

#include <remapguard/model.h>

#include <stdio.h>

/* The column where texts begin. */
#define RG_ROW_INDENT 14

/* Rows after the first one of a kind have no label: it becomes "". */
void rg_print_row(FILE *out, const char **label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "mremap(0x10000000, 4096, 8192, MREMAP_MAYMOVE)" */
void rg_print_call(const struct rg_request *req, FILE *out);

/* What a path, or a bit of damage, means. */
const char *rg_path_words(enum rg_path path);
const char *rg_damage_words(int bit);

#endif
