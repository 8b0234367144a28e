/* SPDX-License-Identifier: MIT */

#include "report/pages.h"

#include "report/alloc.h"
#include "report/format.h"

#include <stdlib.h>
#include <string.h>

#define FENCE "```"

/* Take the next line off text, without its newline. */
static struct rg_text next_line(struct rg_text *text)
{
	const char *end = memchr(text->at, '\n', text->len);
	size_t len = end ? (size_t)(end - text->at) : text->len;
	struct rg_text line = { text->at, len };

	len += end != NULL;
	text->at += len;
	text->len -= len;
	return line;
}

static bool begins(struct rg_text line, const char *with)
{
	size_t len = strlen(with);

	return line.len >= len && !memcmp(line.at, with, len);
}

static bool is_block(struct rg_text line)
{
	return !line.len || begins(line, "- ") || begins(line, FENCE) ||
	       begins(line, "#");
}

/* Emphasis and code are marked on paper; lines of a paragraph are one. */
char *rg_plain_markdown(struct rg_text text)
{
	char *plain = rg_alloc(text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '`')
			continue;
		if (c == '*' && i + 1 < text.len && text.at[i + 1] == '*') {
			i++;
			continue;
		}
		plain[len++] = c == '\n' ? ' ' : c;
	}
	return plain;
}

static void print_plain(FILE *out, struct rg_text text, size_t indent)
{
	char *plain = rg_plain_markdown(text);

	rg_print_wrapped(out, plain, indent);
	free(plain);
}

/* The fences are left out; what is between them is a column further in. */
static void print_code(FILE *out, struct rg_text *text, size_t indent)
{
	while (text->len) {
		struct rg_text line = next_line(text);

		if (begins(line, FENCE))
			return;
		if (line.len)
			fprintf(out, "%*s%.*s", (int)indent + 4, "",
				(int)line.len, line.at);
		fputc('\n', out);
	}
}

static void print_paragraph(FILE *out, struct rg_text line,
			    struct rg_text *text, size_t indent)
{
	struct rg_text all = line;
	struct rg_text ahead = *text;

	while (text->len) {
		line = next_line(&ahead);
		if (is_block(line))
			break;
		all.len = (size_t)(line.at - all.at) + line.len;
		*text = ahead;
	}
	print_plain(out, all, indent);
}

static void print_block(FILE *out, struct rg_text line, struct rg_text *text,
			size_t indent)
{
	if (begins(line, FENCE)) {
		print_code(out, text, indent);
		return;
	}
	if (!line.len) {
		fputc('\n', out);
		return;
	}
	fprintf(out, "%*s", (int)indent, "");
	if (begins(line, "- ")) {
		fputs("- ", out);
		line.at += 2;
		line.len -= 2;
		indent += 2;
	}
	print_paragraph(out, line, text, indent);
}

/* Blank lines around it are the caller's to print. */
static struct rg_text trimmed(struct rg_text text)
{
	while (text.len && text.at[0] == '\n') {
		text.at++;
		text.len--;
	}
	while (text.len && text.at[text.len - 1] == '\n')
		text.len--;
	return text;
}

void rg_print_markdown(FILE *out, struct rg_text text, size_t indent)
{
	text = trimmed(text);
	while (text.len) {
		struct rg_text line = next_line(&text);

		print_block(out, line, &text, indent);
	}
}
