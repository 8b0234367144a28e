/* SPDX-License-Identifier: MIT */

/*
 * Values out of a JSON text on standard input, for scripts: json-get PATH,
 * where PATH is names joined by dots, a number is an element's place, and *
 * stands for every element.
 */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(const json_t *value)
{
	if (json_is_string(value))
		puts(json_string_value(value));
	else if (json_dumpf(value, stdout, JSON_ENCODE_ANY) == 0)
		putchar('\n');
}

static const json_t *member(const json_t *value, const char *name, size_t len)
{
	if (json_is_array(value))
		return json_array_get(value, strtoul(name, NULL, 10));
	return json_object_getn(value, name, len);
}

/* Return: how many values there were. */
static int get(const json_t *value, const char *path)
{
	size_t len = strcspn(path, ".");
	const char *rest = path[len] ? path + len + 1 : "";
	const json_t *element;
	size_t i;
	int found = 0;

	if (!value)
		return 0;
	if (len == 0) {
		print(value);
		return 1;
	}
	if (strncmp(path, "*", len) != 0)
		return get(member(value, path, len), rest);
	json_array_foreach((json_t *)value, i, element)
	{
		found += get(element, rest);
	}
	return found;
}

int main(int argc, char **argv)
{
	json_error_t error;
	json_t *root;

	if (argc != 2)
		return 2;
	root = json_loadf(stdin, 0, &error);
	if (!root) {
		fprintf(stderr, "json-get: line %d: %s\n", error.line,
			error.text);
		return 1;
	}
	return get(root, argv[1]) ? 0 : 1;
}
