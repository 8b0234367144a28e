/* SPDX-License-Identifier: MIT */

/*
 * A string builder hands out where in it a string lies, and moves all of them
 * when it needs more room.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE (256ul << 10)

struct builder {
	char *text;
	size_t len;
	size_t size;
};

static char *add(struct builder *builder, const char *string)
{
	size_t len = strlen(string) + 1;
	char *at;

	while (builder->len + len > builder->size) {
		builder->size = builder->size ? 2 * builder->size : SIZE;
		builder->text = realloc(builder->text, builder->size);
		if (!builder->text)
			err(2, "realloc");
	}
	at = memcpy(builder->text + builder->len, string, len);
	builder->len += len;
	return at;
}

static size_t title_length(const struct builder *builder, const char *title,
			   size_t offset)
{
	return strlen(FIXED ? builder->text + offset : title);
}

int main(void)
{
	struct builder builder = { NULL };
	const char *title;
	size_t offset;
	char line[80];

	add(&builder, "a preface");
	offset = builder.len;
	title = add(&builder, "a title of some length");
	for (int i = 0; i < 20000; i++) {
		snprintf(line, sizeof(line), "chapter %d of many", i);
		add(&builder, line);
	}
	printf("%zu bytes, a title of %zu\n", builder.len,
	       title_length(&builder, title, offset));
	free(builder.text);
	return 0;
}
