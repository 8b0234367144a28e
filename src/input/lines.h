/* SPDX-License-Identifier: MIT */
#ifndef RG_INPUT_LINES_H
#define RG_INPUT_LINES_H

/*
 * Text that somebody hands us, line by line. It may be anything: lines of any
 * length, zero bytes, no end.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Longer than any of maps: a path of 4095 newlines, each written "\012". */
#define RG_LINE_MAX 20480

/* What is wrong with a text, and where. */
struct rg_input_error {
	uint64_t line;	 /* from 1; 0 when it is not about one */
	const char *why; /* for people; no final stop, nothing of the text */
};

struct rg_lines {
	FILE *in;
	uint64_t number; /* of the line in text, from 1 */
	size_t len;
	char text[RG_LINE_MAX + 1]; /* no newline; ends with a zero */
};

/*
 * The next line. Return: 1 with it in text; 0 after the last; or a negative
 * errno with *ret_error set, -EINVAL for a line that is no text.
 */
int rg_lines_next(struct rg_lines *lines, struct rg_input_error *ret_error);

/* Complain of the line in text. Return: -EINVAL. */
int rg_lines_refuse(const struct rg_lines *lines, const char *why,
		    struct rg_input_error *ret_error);

#endif
