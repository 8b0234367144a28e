/* SPDX-License-Identifier: MIT */

/*
 * A parser keeps the first line's key as a view into the line it was read as.
 * The buffer is getline's, which moves it for a line that is longer.
 */

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
	const char *at;
	size_t len;
};

struct parser {
	FILE *input;
	char *line;
	size_t size;
};

static FILE *make_input(void)
{
	FILE *input = tmpfile();

	if (!input)
		err(2, "tmpfile");
	for (int line = 1; line <= 4; line++) {
		fputs("name ", input);
		for (int i = 0; i < line * (400 << 10); i++)
			fputc('a' + i % 26, input);
		fputc('\n', input);
	}
	rewind(input);
	return input;
}

static bool next_line(struct parser *parser)
{
	return getline(&parser->line, &parser->size, parser->input) > 0;
}

static struct view key_of(const char *line)
{
	return (struct view){ line, strcspn(line, " ") };
}

static bool is_same(struct view one, struct view other)
{
	if (one.len != other.len)
		return false;
	for (size_t i = 0; i < one.len; i++)
		if (one.at[i] != other.at[i])
			return false;
	return true;
}

static int count_like_first(struct parser *parser)
{
	char *copy = NULL;
	struct view first;
	int count = 1;

	if (!next_line(parser))
		return 0;
	first = key_of(parser->line);
	if (FIXED)
		first.at = copy = strndup(first.at, first.len);
	while (next_line(parser))
		count += is_same(first, key_of(parser->line));
	free(copy);
	return count;
}

int main(void)
{
	struct parser parser = { .input = make_input() };

	printf("%d lines of a key\n", count_like_first(&parser));
	free(parser.line);
	fclose(parser.input);
	return 0;
}
