/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_FORMAT_H
#define RG_REPORT_FORMAT_H

/* Numbers and names as people read them, in a buffer that is returned. */

#include "report/callers.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct rg_word {
	char text[640];
};

/* 1,204 */
const char *rg_format_count(uint64_t count, struct rg_word *word);
/* 512 B, 4.0 KiB, 1.4 GiB */
const char *rg_format_bytes(uint64_t bytes, struct rg_word *word);
/* 512 ns, 1.2 ms, 14.0 s */
const char *rg_format_duration(uint64_t ns, struct rg_word *word);
/* "1 call", "1,204 calls": noun for one, with an s for all other numbers */
const char *rg_format_nouns(uint64_t count, const char *noun,
			    struct rg_word *word);

/*
 * At most that many columns; what is too long loses its middle. Control
 * characters are gone.
 */
const char *rg_format_short(const char *str, size_t columns,
			    struct rg_word *word);

/* "grow_ring at src/ring.c:118, in realloc", in at most so many columns. */
const char *rg_format_caller(const struct rg_caller *caller, size_t columns,
			     struct rg_word *word);

/* Columns that UTF-8 text takes. */
size_t rg_columns(const char *str);

/* How many are left of the line after so many; a few always are. */
size_t rg_columns_left(int column);

/*
 * Print text broken between words at column 80; the first line starts at
 * column `indent` already, the others are indented to there.
 */
void rg_print_wrapped(FILE *out, const char *text, size_t indent);

#endif
