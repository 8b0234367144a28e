/* SPDX-License-Identifier: MIT */

#include "report/json-text.h"

#include "report/utf8.h"

#include <inttypes.h>

/* What RFC 8259 has no other way for, and DEL, which terminals act upon. */
static void put_escaped(FILE *out, unsigned char c)
{
	if (c == '"' || c == '\\')
		fprintf(out, "\\%c", c);
	else
		fprintf(out, "\\u%04x", c);
}

static size_t plain_len(const char *at)
{
	size_t len = 0;

	while ((unsigned char)at[len] >= ' ' && at[len] != '"' &&
	       at[len] != '\\' && (unsigned char)at[len] < 0x7f)
		len++;
	return len;
}

void rg_json_put_string(FILE *out, const char *bytes)
{
	putc_unlocked('"', out);
	while (*bytes) {
		size_t len = plain_len(bytes);

		if (len) {
			fwrite_unlocked(bytes, 1, len, out);
			bytes += len;
			continue;
		}
		len = rg_utf8_size(bytes);
		if (len > 1)
			fwrite_unlocked(bytes, 1, len, out);
		else if (len)
			put_escaped(out, (unsigned char)*bytes);
		else
			fputs_unlocked(RG_UTF8_REPLACEMENT, out);
		bytes += len ? len : 1;
	}
	putc_unlocked('"', out);
}

void rg_json_put_thousandths(FILE *out, uint64_t value)
{
	fprintf(out, "%" PRIu64 ".%03u", value / 1000,
		(unsigned)(value % 1000));
}
