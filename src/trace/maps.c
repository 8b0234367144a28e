/* SPDX-License-Identifier: MIT */

#include "trace/maps.h"

#include <errno.h>

/* What is left of the line. */
struct cursor {
	const char *at;
	const char *end;
};

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return 16;
}

static bool number(struct cursor *cursor, unsigned base, uint64_t *ret_value)
{
	const char *start = cursor->at;
	uint64_t value = 0;

	while (cursor->at < cursor->end && digit_value(*cursor->at) < base) {
		unsigned digit = digit_value(*cursor->at);

		if (value > (UINT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
		cursor->at++;
	}
	if (cursor->at == start)
		return false;
	*ret_value = value;
	return true;
}

static bool expect(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end &&
	       (*cursor->at == ' ' || *cursor->at == '\t'))
		cursor->at++;
}

static bool permissions(struct cursor *cursor, struct rg_vma *vma)
{
	static const struct {
		char on;
		uint32_t flag;
	} bits[] = {
		{ 'r', RG_VMA_READ },
		{ 'w', RG_VMA_WRITE },
		{ 'x', RG_VMA_EXEC },
		{ 's', RG_VMA_SHARED },
	};

	if (cursor->end - cursor->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = *cursor->at++;

		if (c == bits[i].on)
			vma->flags |= bits[i].flag;
		else if (c != '-' && c != 'p')
			return false;
		vma->known |= bits[i].flag;
	}
	return true;
}

int rg_maps_parse_line(const char *line, size_t len, struct rg_vma *ret_vma)
{
	struct cursor cursor = { line, line + len };
	struct rg_vma vma = { 0 };
	uint64_t major, minor;

	if (!number(&cursor, 16, &vma.start) || !expect(&cursor, '-') ||
	    !number(&cursor, 16, &vma.end) || !expect(&cursor, ' ') ||
	    !permissions(&cursor, &vma) || !expect(&cursor, ' ') ||
	    !number(&cursor, 16, &vma.offset) || !expect(&cursor, ' ') ||
	    !number(&cursor, 16, &major) || !expect(&cursor, ':') ||
	    !number(&cursor, 16, &minor) || !expect(&cursor, ' ') ||
	    !number(&cursor, 10, &vma.inode) || vma.start >= vma.end)
		return -EINVAL;
	vma.dev = (uint32_t)(major << 20 | minor);
	skip_blanks(&cursor);
	*ret_vma = vma;
	return (int)(cursor.at - line);
}

static const struct {
	char name[3];
	uint32_t flag;
} smaps_flags[] = {
	{ "gd", RG_VMA_GROWSDOWN }, { "lo", RG_VMA_LOCKED },
	{ "ac", RG_VMA_ACCOUNT },   { "de", RG_VMA_DONTEXPAND },
	{ "pf", RG_VMA_PFNMAP },    { "io", RG_VMA_IO },
	{ "mm", RG_VMA_MIXEDMAP },  { "ht", RG_VMA_HUGETLB },
	{ "sl", RG_VMA_SEALED },    { "um", RG_VMA_UFFD },
	{ "uw", RG_VMA_UFFD },	    { "ui", RG_VMA_UFFD },
	{ "ur", RG_VMA_UFFD },	    { "mg", RG_VMA_MERGEABLE },
};

#define NR_SMAPS_FLAGS (sizeof(smaps_flags) / sizeof(smaps_flags[0]))

static bool starts_with(struct cursor *cursor, const char *key)
{
	struct cursor try = *cursor;

	while (*key) {
		if (!expect(&try, *key++))
			return false;
	}
	if (!expect(&try, ':'))
		return false;
	*cursor = try;
	return true;
}

bool rg_smaps_parse_flags(const char *line, size_t len, struct rg_vma *vma)
{
	struct cursor cursor = { line, line + len };
	uint32_t seen = 0;
	uint32_t shown = 0;

	if (!starts_with(&cursor, "VmFlags"))
		return false;
	for (skip_blanks(&cursor); cursor.end - cursor.at >= 2;
	     skip_blanks(&cursor)) {
		for (size_t i = 0; i < NR_SMAPS_FLAGS; i++) {
			if (cursor.at[0] == smaps_flags[i].name[0] &&
			    cursor.at[1] == smaps_flags[i].name[1])
				seen |= smaps_flags[i].flag;
		}
		/* 6.10 and 6.11 have no letters for a sealed vma */
		if (cursor.at[0] == '?')
			seen |= RG_VMA_SEALED;
		cursor.at += 2;
	}
	for (size_t i = 0; i < NR_SMAPS_FLAGS; i++)
		shown |= smaps_flags[i].flag;
	vma->flags = (vma->flags & ~shown) | seen;
	vma->known |= shown;
	return true;
}

bool rg_proc_parse_field(const char *line, size_t len, const char *key,
			 uint64_t *ret_value)
{
	struct cursor cursor = { line, line + len };

	if (!starts_with(&cursor, key))
		return false;
	skip_blanks(&cursor);
	return number(&cursor, 10, ret_value);
}

bool rg_proc_parse_number(const char *line, size_t len, unsigned n,
			  uint64_t *ret_value)
{
	struct cursor cursor = { line, line + len };
	uint64_t value;

	for (unsigned i = 0; i <= n; i++) {
		skip_blanks(&cursor);
		if (!number(&cursor, 10, &value))
			return false;
	}
	*ret_value = value;
	return true;
}
