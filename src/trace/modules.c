/* SPDX-License-Identifier: MIT */

#include "trace/modules.h"

#include "trace/text.h"

#include <errno.h>
#include <string.h>

static void put_path(struct rg_text *text, const char *path)
{
	for (; *path; path++) {
		if (*path == '\n')
			rg_text_str(text, "\\n");
		else if (*path == '\\')
			rg_text_str(text, "\\\\");
		else
			rg_text_char(text, *path);
	}
}

size_t rg_module_format(const struct rg_module *module, char *buf, size_t size)
{
	struct rg_text text;

	rg_text_init(&text, buf, size);
	rg_text_dec(&text, module->since);
	rg_text_char(&text, ' ');
	rg_text_hex(&text, module->start);
	rg_text_char(&text, ' ');
	rg_text_hex(&text, module->end);
	rg_text_char(&text, ' ');
	rg_text_hex(&text, module->base);
	rg_text_char(&text, ' ');
	if (!module->build_id_len)
		rg_text_char(&text, '-');
	for (uint8_t i = 0; i < module->build_id_len; i++)
		rg_text_hex_byte(&text, module->build_id[i]);
	rg_text_char(&text, ' ');
	put_path(&text, module->path);
	rg_text_char(&text, '\n');
	return text.overflow ? 0 : text.len;
}

/* What is left of the line. */
struct cursor {
	const char *at;
	const char *end;
};

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 16;
}

/* A number and the space behind it. */
static int parse_number(struct cursor *cursor, unsigned base,
			uint64_t *ret_value)
{
	const char *start = cursor->at;
	uint64_t value = 0;

	while (cursor->at < cursor->end && *cursor->at != ' ') {
		unsigned digit = (unsigned)digit_value(*cursor->at++);

		if (digit >= base || value > (UINT64_MAX - digit) / base)
			return -EINVAL;
		value = value * base + digit;
	}
	if (cursor->at == start || cursor->at == cursor->end)
		return -EINVAL;
	cursor->at++;
	*ret_value = value;
	return 0;
}

static int parse_build_id(struct cursor *cursor, struct rg_module *module)
{
	size_t len = 0;

	if (cursor->end - cursor->at >= 2 && cursor->at[0] == '-' &&
	    cursor->at[1] == ' ') {
		cursor->at += 2;
		return 0;
	}
	while (cursor->end - cursor->at >= 2 && *cursor->at != ' ') {
		int high = digit_value(cursor->at[0]);
		int low = digit_value(cursor->at[1]);

		if (high > 15 || low > 15 || len == RG_BUILD_ID_MAX)
			return -EINVAL;
		module->build_id[len++] = (uint8_t)(high << 4 | low);
		cursor->at += 2;
	}
	if (!len || cursor->at == cursor->end || *cursor->at != ' ')
		return -EINVAL;
	cursor->at++;
	module->build_id_len = (uint8_t)len;
	return 0;
}

static int parse_path(struct cursor *cursor, char *path)
{
	size_t len = 0;

	for (; cursor->at < cursor->end; cursor->at++) {
		char c = *cursor->at;

		if (c == '\\') {
			if (++cursor->at == cursor->end)
				return -EINVAL;
			c = *cursor->at == 'n' ? '\n' : *cursor->at;
		}
		if (!c || len == RG_MODULE_PATH_MAX - 1)
			return -EINVAL;
		path[len++] = c;
	}
	path[len] = '\0';
	return len ? 0 : -EINVAL;
}

int rg_module_parse(const char *line, size_t len, char *path_buf,
		    struct rg_module *ret_module)
{
	struct cursor cursor = { line, line + len };
	struct rg_module module = { .path = path_buf };

	if (parse_number(&cursor, 10, &module.since) ||
	    parse_number(&cursor, 16, &module.start) ||
	    parse_number(&cursor, 16, &module.end) ||
	    parse_number(&cursor, 16, &module.base) ||
	    parse_build_id(&cursor, &module) || parse_path(&cursor, path_buf) ||
	    module.start >= module.end)
		return -EINVAL;
	*ret_module = module;
	return 0;
}
