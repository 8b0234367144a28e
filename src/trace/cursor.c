/* SPDX-License-Identifier: MIT */

#include "trace/cursor.h"

unsigned rg_cursor_digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return 16;
}

bool rg_cursor_number(struct rg_cursor *cursor, unsigned base,
		      uint64_t *ret_value)
{
	const char *start = cursor->at;
	uint64_t value = 0;

	for (; cursor->at < cursor->end; cursor->at++) {
		unsigned digit = rg_cursor_digit_value(*cursor->at);

		if (digit >= base)
			break;
		if (value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (cursor->at == start)
		return false;
	*ret_value = value;
	return true;
}

bool rg_cursor_char(struct rg_cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

bool rg_cursor_ends_word(const struct rg_cursor *cursor)
{
	return cursor->at == cursor->end || *cursor->at == ' ' ||
	       *cursor->at == '\t';
}

void rg_cursor_skip_blanks(struct rg_cursor *cursor)
{
	while (cursor->at < cursor->end && rg_cursor_ends_word(cursor))
		cursor->at++;
}
