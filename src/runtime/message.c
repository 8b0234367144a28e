/* SPDX-License-Identifier: MIT */

#include "runtime/message.h"

#include "runtime/sys.h"
#include "trace/text.h"

#define STDERR 2

static void emit(struct rg_text *text)
{
	rg_text_char(text, '\n');
	rg_sys_write(STDERR, text->buf, text->len);
}

void rg_message_option(const char *pair, size_t len, const char *why)
{
	char buf[256];
	struct rg_text text;

	rg_text_init(&text, buf, sizeof(buf));
	rg_text_str(&text, "remapguard: option `");
	/* the reason matters more than the end of a long value */
	for (size_t i = 0; i < len && i < 128; i++)
		rg_text_char(&text, pair[i] == '\n' ? ' ' : pair[i]);
	rg_text_str(&text, "': ");
	rg_text_str(&text, why);
	rg_text_str(&text, "; ignored");
	emit(&text);
}

void rg_message(const char *what, const char *why)
{
	char buf[512];
	struct rg_text text;

	rg_text_init(&text, buf, sizeof(buf));
	rg_text_str(&text, "remapguard: ");
	rg_text_str(&text, what);
	rg_text_str(&text, ": ");
	rg_text_str(&text, why);
	emit(&text);
}
