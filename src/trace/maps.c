/* SPDX-License-Identifier: MIT */

#include "trace/maps.h"

#include "trace/cursor.h"
#include "trace/vma-kind.h"

#include <errno.h>
#include <string.h>

static bool permissions(struct rg_cursor *cursor, struct rg_vma *vma)
{
	static const struct {
		char on;
		char off;
		uint32_t flag;
	} bits[] = {
		{ 'r', '-', RG_VMA_READ },
		{ 'w', '-', RG_VMA_WRITE },
		{ 'x', '-', RG_VMA_EXEC },
		{ 's', 'p', RG_VMA_SHARED },
	};

	if (cursor->end - cursor->at < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = *cursor->at++;

		if (c == bits[i].on)
			vma->flags |= bits[i].flag;
		else if (c != bits[i].off)
			return false;
		vma->known |= bits[i].flag;
	}
	return true;
}

int rg_maps_parse_line(const char *line, size_t len, struct rg_vma *ret_vma)
{
	struct rg_cursor cursor = { line, line + len };
	struct rg_vma vma = { 0 };
	uint64_t major, minor;

	if (!rg_cursor_number(&cursor, 16, &vma.start) ||
	    !rg_cursor_char(&cursor, '-') ||
	    !rg_cursor_number(&cursor, 16, &vma.end) ||
	    !rg_cursor_char(&cursor, ' ') || !permissions(&cursor, &vma) ||
	    !rg_cursor_char(&cursor, ' ') ||
	    !rg_cursor_number(&cursor, 16, &vma.offset) ||
	    !rg_cursor_char(&cursor, ' ') ||
	    !rg_cursor_number(&cursor, 16, &major) ||
	    !rg_cursor_char(&cursor, ':') ||
	    !rg_cursor_number(&cursor, 16, &minor) ||
	    !rg_cursor_char(&cursor, ' ') ||
	    !rg_cursor_number(&cursor, 10, &vma.inode) ||
	    !rg_cursor_ends_word(&cursor) || vma.start >= vma.end ||
	    major >> 12 || minor >> 20)
		return -EINVAL;
	vma.dev = (uint32_t)(major << 20 | minor);
	rg_cursor_skip_blanks(&cursor);
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

static bool starts_with(struct rg_cursor *cursor, const char *key)
{
	struct rg_cursor try = *cursor;

	while (*key) {
		if (!rg_cursor_char(&try, *key++))
			return false;
	}
	if (!rg_cursor_char(&try, ':'))
		return false;
	*cursor = try;
	return true;
}

bool rg_smaps_parse_flags(const char *line, size_t len, struct rg_vma *vma)
{
	struct rg_cursor cursor = { line, line + len };
	uint32_t seen = 0;
	uint32_t shown = 0;

	if (!starts_with(&cursor, "VmFlags"))
		return false;
	for (rg_cursor_skip_blanks(&cursor); cursor.end - cursor.at >= 2;
	     rg_cursor_skip_blanks(&cursor)) {
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
	struct rg_cursor cursor = { line, line + len };

	if (!starts_with(&cursor, key))
		return false;
	rg_cursor_skip_blanks(&cursor);
	return rg_cursor_number(&cursor, 10, ret_value);
}

bool rg_proc_parse_number(const char *line, size_t len, unsigned n,
			  uint64_t *ret_value)
{
	struct rg_cursor cursor = { line, line + len };
	uint64_t value;

	for (unsigned i = 0; i <= n; i++) {
		rg_cursor_skip_blanks(&cursor);
		if (!rg_cursor_number(&cursor, 10, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

bool rg_proc_take_fields(void *ctx, const char *line, size_t len)
{
	struct rg_proc_fields *fields = ctx;

	for (size_t i = 0; i < fields->nr; i++) {
		struct rg_proc_field *field = &fields->field[i];

		if (rg_proc_parse_field(line, len, field->key, &field->value))
			field->found = true;
	}
	return true;
}

/* ------------------------------------------------------------- searching */

bool rg_maps_search(void *ctx, const char *line, size_t len)
{
	struct rg_maps_search *search = ctx;
	int name = rg_maps_parse_line(line, len, &search->vma);
	size_t name_len;

	if (name < 0 || search->vma.end <= search->addr)
		return true;
	name_len = len - (size_t)name;
	if (name_len > search->name_size - 1)
		name_len = search->name_size - 1;
	memcpy(search->name, line + name, name_len);
	search->name[name_len] = '\0';
	search->found = true;
	return false;
}

bool rg_smaps_search(void *ctx, const char *line, size_t len)
{
	struct rg_maps_search *search = ctx;

	if (!search->found) {
		rg_maps_search(ctx, line, len);
		return true;
	}
	rg_proc_parse_field(line, len, "KernelPageSize",
			    &search->kernel_page_size);
	search->flags_found = rg_smaps_parse_flags(line, len, &search->vma);
	return !search->flags_found;
}

int rg_maps_searched(const struct rg_maps_search *search, uint64_t task_size,
		     uint64_t base_page_size, struct rg_vma *ret_vma)
{
	struct rg_vma vma = search->vma;

	if (!search->found || vma.start >= task_size)
		return 0;
	vma.page_size = search->kernel_page_size * 1024;
	rg_vma_set_kind(&vma, search->name, base_page_size);
	*ret_vma = vma;
	return 1;
}

int rg_smaps_searched(const struct rg_maps_search *search, uint64_t task_size,
		      uint64_t base_page_size, struct rg_vma *ret_vma)
{
	int ret = rg_maps_searched(search, task_size, base_page_size, ret_vma);

	return ret == 1 && !search->flags_found ? -ENODATA : ret;
}
