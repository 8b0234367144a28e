/* SPDX-License-Identifier: MIT */

#include "trace/text.h"

void rg_text_init(struct rg_text *text, char *buf, size_t size)
{
	*text = (struct rg_text){ .buf = buf, .size = size };
}

void rg_text_char(struct rg_text *text, char c)
{
	/* one is kept for the closing zero */
	if (text->len + 1 < text->size)
		text->buf[text->len++] = c;
	else
		text->overflow = true;
}

void rg_text_str(struct rg_text *text, const char *str)
{
	while (*str)
		rg_text_char(text, *str++);
}

static void put_number(struct rg_text *text, uint64_t value, unsigned base)
{
	char digits[20];
	size_t nr = 0;

	do {
		digits[nr++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (nr)
		rg_text_char(text, digits[--nr]);
}

void rg_text_dec(struct rg_text *text, uint64_t value)
{
	put_number(text, value, 10);
}

void rg_text_hex(struct rg_text *text, uint64_t value)
{
	put_number(text, value, 16);
}

void rg_text_hex_byte(struct rg_text *text, uint8_t value)
{
	put_number(text, value >> 4, 16);
	put_number(text, value & 15, 16);
}

const char *rg_text_end(struct rg_text *text)
{
	text->buf[text->len] = '\0';
	return text->buf;
}
