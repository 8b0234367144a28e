/* SPDX-License-Identifier: MIT */

#include "report/html-print.h"

#include "report/alloc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* ----------------------------------------------------------------- UTF-8 */

/* Bytes of the character that begins at `at`; 0: that is no UTF-8. */
static size_t decode(const unsigned char *at, uint32_t *ret_character)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	size_t more = 0;
	uint32_t character;

	while (more < 4 && (*at & forms[more].mask) != forms[more].lead)
		more++;
	if (more == 4)
		return 0;
	character = *at & (unsigned char)~forms[more].mask;
	for (size_t i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (at[i] & 0x3f);
	}
	if (character < forms[more].least || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*ret_character = character;
	return more + 1;
}

/* Those that control, turn or hide what is around them; not a newline. */
static bool is_deceitful(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x09 },	    { 0x0b, 0x1f },	{ 0x7f, 0x9f },
		{ 0xad, 0xad },	    { 0x61c, 0x61c },	{ 0x180e, 0x180e },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

char *rg_html_clean(const char *bytes)
{
	const unsigned char *at = (const unsigned char *)bytes;
	char *clean = rg_alloc(strlen(bytes) * strlen(REPLACEMENT) + 1);
	char *to = clean;

	while (*at) {
		uint32_t character;
		size_t len = decode(at, &character);

		if (!len || is_deceitful(character)) {
			to = stpcpy(to, REPLACEMENT);
		} else {
			memcpy(to, at, len);
			to += len;
		}
		at += len ? len : 1;
	}
	return clean;
}

/* ------------------------------------------------------------------ HTML */

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void print_escaped(FILE *out, const char *bytes)
{
	char *clean = rg_html_clean(bytes);

	for (const char *at = clean; *at; at++) {
		if (entity(*at))
			fputs(entity(*at), out);
		else
			fputc(*at, out);
	}
	free(clean);
}

void rg_html(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	for (const char *at = format; *at; at++) {
		if (*at != '%')
			fputc(*at, out);
		else if (*++at == 's')
			print_escaped(out, va_arg(args, const char *));
		else
			fputc('%', out);
	}
	va_end(args);
}

/* ------------------------------------------------------------------ JSON */

json_t *rg_html_json_string(const char *bytes)
{
	char *clean = rg_html_clean(bytes);
	json_t *string = json_string(clean);

	free(clean);
	return string;
}

/* Only in strings of JSON are there any of these. */
static int write_escaped(const char *bytes, size_t len, void *ctx)
{
	FILE *out = ctx;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] && strchr("<>&", bytes[i]))
			fprintf(out, "\\u%04x", (unsigned int)bytes[i]);
		else
			fputc(bytes[i], out);
	}
	return 0;
}

void rg_html_json(FILE *out, json_t *json)
{
	json_dump_callback(json, write_escaped, out,
			   JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(json);
}
