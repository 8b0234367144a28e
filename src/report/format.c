/* SPDX-License-Identifier: MIT */

#include "report/format.h"

#include <inttypes.h>
#include <string.h>

#define LINE_COLUMNS 80

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

size_t rg_columns(const char *str)
{
	size_t columns = 0;

	for (; *str; str++)
		columns += starts_character(*str);
	return columns;
}

size_t rg_columns_left(int column)
{
	return column < LINE_COLUMNS - 12 ? (size_t)(LINE_COLUMNS - column)
					  : 12;
}

const char *rg_format_count(uint64_t count, struct rg_word *word)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	char *to = word->text;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return word->text;
}

struct unit {
	double size;
	const char *name;
};

static const char *with_unit(uint64_t value, const struct unit *units,
			     struct rg_word *word)
{
	while (units[1].name && (double)value >= units[1].size)
		units++;
	snprintf(word->text, sizeof(word->text),
		 units->size == 1 ? "%.0f %s" : "%.1f %s",
		 (double)value / units->size, units->name);
	return word->text;
}

const char *rg_format_bytes(uint64_t bytes, struct rg_word *word)
{
	static const struct unit units[] = {
		{ 1, "B" },	   { 0x1p10, "KiB" }, { 0x1p20, "MiB" },
		{ 0x1p30, "GiB" }, { 0x1p40, "TiB" }, { 0 },
	};

	return with_unit(bytes, units, word);
}

const char *rg_format_duration(uint64_t ns, struct rg_word *word)
{
	static const struct unit units[] = {
		{ 1, "ns" }, { 1e3, "us" }, { 1e6, "ms" }, { 1e9, "s" }, { 0 },
	};

	return with_unit(ns, units, word);
}

const char *rg_format_nouns(uint64_t count, const char *noun,
			    struct rg_word *word)
{
	struct rg_word number;
	const char *plural = count == 1 ? "" : "s";

	/* process, processes */
	if (*plural && noun[strlen(noun) - 1] == 's')
		plural = "es";
	snprintf(word->text, sizeof(word->text), "%s %s%s",
		 rg_format_count(count, &number), noun, plural);
	return word->text;
}

/* The bytes of the first `columns` characters. */
static size_t prefix_len(const char *str, size_t columns)
{
	size_t len = 0;

	while (str[len]) {
		if (starts_character(str[len]) && !columns--)
			break;
		len++;
	}
	return len;
}

const char *rg_format_short(const char *str, size_t columns,
			    struct rg_word *word)
{
	size_t all = rg_columns(str);
	size_t head;
	size_t tail;

	if (all <= columns && strlen(str) < sizeof(word->text)) {
		snprintf(word->text, sizeof(word->text), "%s", str);
	} else {
		/* the end of a path says more than its beginning */
		head = columns > 3 ? (columns - 3) / 3 : 0;
		tail = columns > 3 ? columns - 3 - head : 0;
		snprintf(word->text, sizeof(word->text), "%.*s...%s",
			 (int)prefix_len(str, head), str,
			 str + prefix_len(str, all - tail));
	}
	rg_plain_text(word->text);
	return word->text;
}

/* The last two parts of a path: enough to know a source file. */
static const char *path_end(const char *path)
{
	const char *at = path + strlen(path);
	int slashes = 0;

	while (at > path && (at[-1] != '/' || ++slashes < 2))
		at--;
	return at;
}

/* " at src/ring.c:118", " in libring.so.1", "" */
static void format_place(const struct rg_name *name, struct rg_word *word)
{
	struct rg_word file;

	word->text[0] = '\0';
	if (*name->file)
		snprintf(word->text, sizeof(word->text), " at %s:%d",
			 rg_format_short(path_end(name->file), 60, &file),
			 name->line);
	else if (*name->module)
		snprintf(
			word->text, sizeof(word->text), " in %s",
			rg_format_short(rg_base_name(name->module), 60, &file));
}

static void format_unnamed(const struct rg_name *name, struct rg_word *word)
{
	struct rg_word module;

	rg_format_short(rg_base_name(name->module), 60, &module);
	snprintf(word->text, sizeof(word->text), "%.300s%s0x%" PRIx64,
		 module.text, *name->module ? "+" : "", name->offset);
}

/* f(int, g(*)(long)) const: the place tells overloads apart well enough. */
static void drop_parameters(char *function)
{
	char *at = strrchr(function, ')');
	int depth = 0;

	for (; at && at > function; at--) {
		depth += *at == ')';
		depth -= *at == '(';
		if (!depth)
			break;
	}
	if (at && at > function)
		*at = '\0';
}

const char *rg_format_caller(const struct rg_caller *caller, size_t columns,
			     struct rg_word *word)
{
	struct rg_word place = { "" };
	struct rg_word function;
	struct rg_word inside = { "" };
	struct rg_word all;
	size_t rest;

	if (!caller->has_stack)
		return rg_format_short("(no stack)", columns, word);
	if (*caller->name.function) {
		format_place(&caller->name, &place);
		rg_format_short(caller->name.function, 256, &function);
		drop_parameters(function.text);
	} else {
		format_unnamed(&caller->name, &function);
	}
	if (*caller->inside)
		snprintf(inside.text, sizeof(inside.text), ", in %.60s",
			 caller->inside);
	/* the place matters most; long C++ names give way */
	rest = rg_columns(place.text) + rg_columns(inside.text);
	rest = columns > rest + 12 ? columns - rest : 12;
	rg_format_short(function.text, rest, &all);
	snprintf(function.text, sizeof(function.text), "%.300s%.200s%.100s",
		 all.text, place.text, inside.text);
	return rg_format_short(function.text, columns, word);
}

static size_t word_columns(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += starts_character(text[i]);
	return columns;
}

void rg_print_wrapped(FILE *out, const char *text, size_t indent)
{
	size_t column = indent;

	while (*text) {
		size_t len = strcspn(text, " ");
		size_t columns = word_columns(text, len);

		if (column > indent && column + 1 + columns > LINE_COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += columns;
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
