/* SPDX-License-Identifier: MIT */

#include "policy/size.h"

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

static unsigned suffix_shift(char c)
{
	switch (c) {
	case 'k':
	case 'K':
		return 10;
	case 'm':
	case 'M':
		return 20;
	case 'g':
	case 'G':
		return 30;
	default:
		return 0;
	}
}

bool rg_size_parse(const char *text, uint64_t *ret_size)
{
	unsigned base = 10;
	const char *digits;
	uint64_t size = 0;
	unsigned shift;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	digits = text;
	for (; digit_value(*text) < base; text++) {
		if (size > (UINT64_MAX - digit_value(*text)) / base)
			return false;
		size = size * base + digit_value(*text);
	}
	shift = suffix_shift(*text);
	if (text == digits || text[shift ? 1 : 0] || size > UINT64_MAX >> shift)
		return false;
	*ret_size = size << shift;
	return true;
}
