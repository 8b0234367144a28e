/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_CURSOR_H
#define RG_TRACE_CURSOR_H

/*
 * Reading a line from left to right. Each function takes what it names off
 * the front, or returns false and promises nothing of where it stopped.
 */

#include <stdbool.h>
#include <stdint.h>

/* What is left of the line. */
struct rg_cursor {
	const char *at;
	const char *end;
};

/* The value of a digit of any base to 16, lower case; 16 for no digit. */
unsigned rg_cursor_digit_value(char c);

/* At least one digit, and no more than fit in 64 bits. */
bool rg_cursor_number(struct rg_cursor *cursor, unsigned base,
		      uint64_t *ret_value);
bool rg_cursor_char(struct rg_cursor *cursor, char c);
/* Is this the end of the line, or a blank? Takes nothing. */
bool rg_cursor_ends_word(const struct rg_cursor *cursor);
/* None is enough. */
void rg_cursor_skip_blanks(struct rg_cursor *cursor);

#endif
