/* SPDX-License-Identifier: MIT */

#include "input/lines.h"

#include <errno.h>
#include <string.h>

int rg_lines_refuse(const struct rg_lines *lines, const char *why,
		    struct rg_input_error *ret_error)
{
	*ret_error = (struct rg_input_error){ lines->number, why };
	return -EINVAL;
}

static int fail_read(struct rg_input_error *ret_error)
{
	int error = errno ? errno : EIO;

	*ret_error = (struct rg_input_error){ 0, strerror(error) };
	return -error;
}

int rg_lines_next(struct rg_lines *lines, struct rg_input_error *ret_error)
{
	int c;

	lines->len = 0;
	lines->number++;
	errno = 0;
	while ((c = getc_unlocked(lines->in)) != EOF && c != '\n') {
		if (!c)
			return rg_lines_refuse(lines, "a zero byte: not a text",
					       ret_error);
		if (lines->len == RG_LINE_MAX)
			return rg_lines_refuse(lines, "the line is too long",
					       ret_error);
		lines->text[lines->len++] = (char)c;
	}
	if (c == EOF && ferror(lines->in))
		return fail_read(ret_error);
	lines->text[lines->len] = '\0';
	return c == '\n' || lines->len;
}
