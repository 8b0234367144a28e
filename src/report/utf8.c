/* SPDX-License-Identifier: MIT */

#include "report/utf8.h"

#include "report/alloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * By the first byte: how many there are in all, and what the second may be. No
 * other way of writing a character is longer than it must be, a surrogate, or
 * beyond U+10FFFF (RFC 3629).
 */
static const struct form {
	uint8_t first;
	uint8_t last;
	uint8_t size;
	uint8_t second_first;
	uint8_t second_last;
} forms[] = {
	{ 0x01, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static bool is_continued(const uint8_t *at, const struct form *form)
{
	if (form->size > 1 &&
	    (at[1] < form->second_first || at[1] > form->second_last))
		return false;
	for (size_t i = 2; i < form->size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return false;
	}
	return true;
}

size_t rg_utf8_size(const char *at)
{
	const uint8_t *bytes = (const uint8_t *)at;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (bytes[0] >= forms[i].first && bytes[0] <= forms[i].last)
			return is_continued(bytes, &forms[i]) ? forms[i].size
							      : 0;
	}
	return 0;
}

char *rg_utf8_mend(const char *bytes)
{
	char *mended =
		rg_alloc(strlen(bytes) * (sizeof(RG_UTF8_REPLACEMENT) - 1) + 1);
	char *to = mended;

	while (*bytes) {
		size_t size = rg_utf8_size(bytes);

		if (size)
			to = mempcpy(to, bytes, size);
		else
			to = stpcpy(to, RG_UTF8_REPLACEMENT);
		bytes += size ? size : 1;
	}
	return mended;
}
