/* SPDX-License-Identifier: MIT */

#include "input/maps-text.h"

#include "trace/maps.h"
#include "trace/vma-kind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No address space of Linux reaches further. */
#define TASK_SIZE_MOST (UINT64_C(1) << 57)

/* Names that say what is mapped are short; of others the beginning will do. */
#define NAME_SIZE 256

/*
 * An entry of maps is a line; in smaps lines about it follow, each a word and
 * a colon. Its kind waits for them, since they say more than its name:
 *
 *   7f8a3c000000-7f8a3c021000 rw-p 00000000 00:00 0      [heap]
 *   Size:                132 kB
 *   KernelPageSize:        4 kB
 *   VmFlags: rd wr mr mw me ac
 */
struct reader {
	struct rg_lines lines;
	const struct rg_limits *limits;
	struct rg_maps_text maps;
	size_t capacity;
	uint64_t last_end;

	bool open; /* entry is one that is not in maps yet */
	bool has_flags;
	struct rg_vma entry;
	char name[NAME_SIZE];
};

static int refuse(const struct reader *reader, const char *why,
		  struct rg_input_error *ret_error)
{
	return rg_lines_refuse(&reader->lines, why, ret_error);
}

static int fail_memory(struct rg_input_error *ret_error)
{
	*ret_error = (struct rg_input_error){ 0, strerror(ENOMEM) };
	return -ENOMEM;
}

static int close_entry(struct reader *reader, struct rg_input_error *ret_error)
{
	struct rg_maps_text *maps = &reader->maps;
	struct rg_vma *vmas;

	/* the gate page has a line and is no mapping */
	if (!reader->open || !strcmp(reader->name, "[vsyscall]"))
		return 0;
	if (maps->nr == reader->capacity) {
		reader->capacity = 2 * reader->capacity + 64;
		vmas = reallocarray(maps->vmas, reader->capacity,
				    sizeof(*vmas));
		if (!vmas)
			return fail_memory(ret_error);
		maps->vmas = vmas;
	}
	rg_vma_set_kind(&reader->entry, reader->name,
			reader->limits->page_size);
	maps->has_flags &= reader->has_flags;
	maps->vmas[maps->nr++] = reader->entry;
	return 0;
}

static uint64_t highest_end(const struct rg_limits *limits)
{
	return limits->known & 1u << RG_LIMIT_TASK_SIZE ? limits->task_size
							: TASK_SIZE_MOST;
}

/* Return: what is wrong with a mapping, or NULL. */
static const char *misfit(const struct reader *reader, const struct rg_vma *vma)
{
	uint64_t in_page = reader->limits->page_size - 1;

	if ((vma->start | vma->end) & in_page)
		return "the mapping does not begin and end with a page of "
		       "page_size";
	if (vma->start < reader->last_end)
		return "the mapping begins before the end of the one before it";
	if (vma->end > highest_end(reader->limits) &&
	    strcmp(reader->name, "[vsyscall]") != 0)
		return "the mapping ends behind the end of the address space";
	return NULL;
}

static void keep_name(struct reader *reader, const char *name)
{
	size_t len = strnlen(name, NAME_SIZE - 1);

	memcpy(reader->name, name, len);
	reader->name[len] = '\0';
}

static int open_entry(struct reader *reader, const struct rg_vma *vma,
		      const char *name, struct rg_input_error *ret_error)
{
	int ret = close_entry(reader, ret_error);
	const char *why;

	if (ret)
		return ret;
	keep_name(reader, name);
	why = misfit(reader, vma);
	if (why)
		return refuse(reader, why, ret_error);
	reader->open = true;
	reader->has_flags = false;
	reader->entry = *vma;
	reader->last_end = vma->end;
	return 0;
}

static bool has_key(const struct rg_lines *lines)
{
	size_t len = strspn(lines->text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "abcdefghijklmnopqrstuvwxyz_");

	return len && lines->text[len] == ':';
}

static int take_page_size(struct reader *reader, uint64_t kilobytes,
			  struct rg_input_error *ret_error)
{
	uint64_t size = kilobytes * 1024;

	if (kilobytes > UINT64_MAX / 1024 || size & (size - 1) ||
	    size < reader->limits->page_size)
		return refuse(reader,
			      "KernelPageSize is not page_size, or a huge one",
			      ret_error);
	if ((reader->entry.start | reader->entry.end) & (size - 1))
		return refuse(reader,
			      "the mapping does not begin and end with a page "
			      "of its KernelPageSize",
			      ret_error);
	reader->entry.page_size = size;
	return 0;
}

/* A line of smaps about the open entry. */
static int take_detail(struct reader *reader, struct rg_input_error *ret_error)
{
	const struct rg_lines *lines = &reader->lines;
	uint64_t kilobytes;

	if (!reader->open || !has_key(lines))
		return refuse(reader,
			      "not a mapping: START-END PERMISSIONS OFFSET "
			      "DEVICE INODE [NAME], as in /proc/PID/maps",
			      ret_error);
	if (rg_proc_parse_field(lines->text, lines->len, "KernelPageSize",
				&kilobytes))
		return take_page_size(reader, kilobytes, ret_error);
	if (rg_smaps_parse_flags(lines->text, lines->len, &reader->entry))
		reader->has_flags = true;
	return 0;
}

static int take_line(struct reader *reader, struct rg_input_error *ret_error)
{
	const struct rg_lines *lines = &reader->lines;
	struct rg_vma vma;
	int name = rg_maps_parse_line(lines->text, lines->len, &vma);

	if (name < 0)
		return take_detail(reader, ret_error);
	return open_entry(reader, &vma, lines->text + name, ret_error);
}

static int read_all(struct reader *reader, struct rg_input_error *ret_error)
{
	int ret;

	while ((ret = rg_lines_next(&reader->lines, ret_error)) > 0) {
		ret = take_line(reader, ret_error);
		if (ret)
			return ret;
	}
	if (!ret)
		ret = close_entry(reader, ret_error);
	if (!ret && !reader->maps.nr) {
		reader->lines.number = 0;
		return refuse(reader, "there is no mapping in it", ret_error);
	}
	return ret;
}

int rg_maps_text_read(FILE *in, const struct rg_limits *limits,
		      struct rg_maps_text *ret_maps,
		      struct rg_input_error *ret_error)
{
	struct reader reader;
	int ret;

	reader.lines.in = in;
	reader.lines.number = 0;
	reader.limits = limits;
	reader.maps = (struct rg_maps_text){ .has_flags = true };
	reader.capacity = 0;
	reader.last_end = 0;
	reader.open = false;
	ret = read_all(&reader, ret_error);
	if (ret)
		rg_maps_text_free(&reader.maps);
	else
		*ret_maps = reader.maps;
	return ret;
}

void rg_maps_text_free(struct rg_maps_text *maps)
{
	free(maps->vmas);
}

int rg_maps_text_find_vma(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	const struct rg_maps_text *maps = ctx;
	size_t low = 0;
	size_t high = maps->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (maps->vmas[middle].end > addr)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == maps->nr)
		return 0;
	*ret_vma = maps->vmas[low];
	return 1;
}

/* ---------------------------------------------------------------- totals */

static bool is_data(const struct rg_vma *vma)
{
	return (vma->flags & (RG_VMA_WRITE | RG_VMA_SHARED |
			      RG_VMA_GROWSDOWN)) == RG_VMA_WRITE;
}

static void set_missing(struct rg_limits *limits, enum rg_limit limit,
			uint64_t value)
{
	if (!(limits->known & 1u << limit))
		rg_limits_set(limits, limit, value);
}

void rg_maps_text_count(const struct rg_maps_text *maps,
			struct rg_limits *limits)
{
	uint64_t total = 0;
	uint64_t data = 0;
	uint64_t locked = 0;

	for (size_t i = 0; i < maps->nr; i++) {
		const struct rg_vma *vma = &maps->vmas[i];
		uint64_t pages = (vma->end - vma->start) / limits->page_size;

		total += pages;
		if (is_data(vma))
			data += pages;
		if (vma->flags & RG_VMA_LOCKED)
			locked += pages;
	}
	set_missing(limits, RG_LIMIT_MAP_COUNT, maps->nr);
	set_missing(limits, RG_LIMIT_TOTAL_PAGES, total);
	if (!maps->has_flags)
		return;
	set_missing(limits, RG_LIMIT_DATA_PAGES, data);
	set_missing(limits, RG_LIMIT_LOCKED_PAGES, locked);
}
