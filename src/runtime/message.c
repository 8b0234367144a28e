/* SPDX-License-Identifier: MIT */

#include "runtime/message.h"

#include "runtime/config.h"
#include "runtime/sys.h"
#include "trace/text.h"

#define STDERR 2

static void emit(struct rg_text *text)
{
	rg_text_char(text, '\n');
	rg_sys_write(STDERR, text->buf, text->len);
}

/* The reason matters more than the end of a long value. */
static void put_quoted(struct rg_text *text, const char *bytes, size_t len)
{
	rg_text_char(text, '`');
	for (size_t i = 0; i < len && i < 128; i++)
		rg_text_char(text, bytes[i] == '\n' ? ' ' : bytes[i]);
	rg_text_char(text, '\'');
}

static void put_complaint(struct rg_text *text,
			  const struct rg_complaint *complaint)
{
	put_quoted(text, complaint->pair, complaint->len);
	rg_text_str(text, ": ");
	if (complaint->part != complaint->pair) {
		put_quoted(text, complaint->part, complaint->part_len);
		rg_text_str(text, ": ");
	}
	rg_text_str(text, complaint->why);
	rg_text_str(text, "; ignored");
	emit(text);
}

void rg_message_option(const struct rg_complaint *complaint)
{
	char buf[512];
	struct rg_text text;

	rg_text_init(&text, buf, sizeof(buf));
	rg_text_str(&text, "remapguard: option ");
	put_complaint(&text, complaint);
}

void rg_message_line(const char *file, uint64_t line,
		     const struct rg_complaint *complaint)
{
	char buf[RG_OPTIONS_PATH_MAX + 512];
	struct rg_text text;

	rg_text_init(&text, buf, sizeof(buf));
	rg_text_str(&text, "remapguard: ");
	rg_text_str(&text, file);
	rg_text_char(&text, ':');
	rg_text_dec(&text, line);
	rg_text_str(&text, ": ");
	put_complaint(&text, complaint);
}

void rg_message(const char *what, const char *why)
{
	uint64_t run = rg_config.options.run;

	if (!run || rg_config.options.verbose || rg_sys_getppid() == run)
		rg_message_stop(what, why);
}

void rg_message_stop(const char *what, const char *why)
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
