/* SPDX-License-Identifier: MIT */

#include "trace/modules.h"

#include "trace/cursor.h"
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

/* A number and the space behind it. */
static bool number(struct rg_cursor *cursor, unsigned base, uint64_t *ret_value)
{
	return rg_cursor_number(cursor, base, ret_value) &&
	       rg_cursor_char(cursor, ' ');
}

static int parse_build_id(struct rg_cursor *cursor, struct rg_module *module)
{
	size_t len = 0;

	if (cursor->end - cursor->at >= 2 && cursor->at[0] == '-' &&
	    cursor->at[1] == ' ') {
		cursor->at += 2;
		return 0;
	}
	while (cursor->end - cursor->at >= 2 && *cursor->at != ' ') {
		unsigned high = rg_cursor_digit_value(cursor->at[0]);
		unsigned low = rg_cursor_digit_value(cursor->at[1]);

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

static int parse_path(struct rg_cursor *cursor, char *path)
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
	struct rg_cursor cursor = { line, line + len };
	struct rg_module module = { .path = path_buf };

	if (!number(&cursor, 10, &module.since) ||
	    !number(&cursor, 16, &module.start) ||
	    !number(&cursor, 16, &module.end) ||
	    !number(&cursor, 16, &module.base) ||
	    parse_build_id(&cursor, &module) || parse_path(&cursor, path_buf) ||
	    module.start >= module.end)
		return -EINVAL;
	*ret_module = module;
	return 0;
}
