/* SPDX-License-Identifier: MIT */

#include "report/json-writer.h"

#include <string.h>

#define INDENT 2

static void new_line(struct rg_json_writer *writer)
{
	fprintf(writer->out, "\n%*s", (int)(INDENT * writer->depth), "");
}

/* What stands before a value. */
static void lead_in(struct rg_json_writer *writer, const char *key)
{
	bool *has_elements = &writer->has_elements[writer->depth];

	if (writer->depth) {
		if (*has_elements)
			fputc(',', writer->out);
		new_line(writer);
	}
	*has_elements = true;
	if (key)
		fprintf(writer->out, "\"%s\": ", key);
}

static void begin(struct rg_json_writer *writer, const char *key, char bracket)
{
	lead_in(writer, key);
	fputc(bracket, writer->out);
	writer->has_elements[++writer->depth] = false;
}

static void end(struct rg_json_writer *writer, char bracket)
{
	bool has_elements = writer->has_elements[writer->depth--];

	if (has_elements)
		new_line(writer);
	fputc(bracket, writer->out);
	if (!writer->depth)
		fputc('\n', writer->out);
}

void rg_json_begin_object(struct rg_json_writer *writer, const char *key)
{
	begin(writer, key, '{');
}

void rg_json_begin_array(struct rg_json_writer *writer, const char *key)
{
	begin(writer, key, '[');
}

void rg_json_end_object(struct rg_json_writer *writer)
{
	end(writer, '}');
}

void rg_json_end_array(struct rg_json_writer *writer)
{
	end(writer, ']');
}

/* A newline in the text is never one of a string: that would be "\n" there. */
static int write_indented(const char *text, size_t len, void *ctx)
{
	struct rg_json_writer *writer = ctx;
	const char *line;

	while ((line = memchr(text, '\n', len))) {
		fwrite(text, 1, (size_t)(line - text), writer->out);
		new_line(writer);
		len -= (size_t)(line + 1 - text);
		text = line + 1;
	}
	fwrite(text, 1, len, writer->out);
	return 0;
}

void rg_json_put(struct rg_json_writer *writer, const char *key, json_t *value)
{
	lead_in(writer, key);
	json_dump_callback(value, write_indented, writer,
			   JSON_INDENT(INDENT) | JSON_ENCODE_ANY);
	json_decref(value);
}
