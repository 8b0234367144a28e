/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_TEXT_H
#define RG_TRACE_TEXT_H

/*
 * Text built in a buffer of the caller's, where stdio may not be used. What
 * does not fit is dropped and remembered.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_text {
	char *buf;
	size_t size;
	size_t len;
	bool overflow;
};

void rg_text_init(struct rg_text *text, char *buf, size_t size);
void rg_text_char(struct rg_text *text, char c);
void rg_text_str(struct rg_text *text, const char *str);
void rg_text_dec(struct rg_text *text, uint64_t value);
void rg_text_hex(struct rg_text *text, uint64_t value);
void rg_text_hex_byte(struct rg_text *text, uint8_t value);

/* Return: the text, closed with a zero that len does not count. */
const char *rg_text_end(struct rg_text *text);

#endif
