/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_MAPS_H
#define RG_TRACE_MAPS_H

/*
 * The text of /proc/PID/maps, smaps, status and their like, a line at a time.
 * Reading the files is the caller's.
 */

#include <remapguard/model.h>

#include <stdbool.h>
#include <stddef.h>

/*
 * One line of maps, without its newline. Sets bounds, permissions, offset,
 * device and inode, with page_size 0: maps does not show it.
 *
 *   7f8a3c000000-7f8a3c021000 rw-p 00000000 00:00 0      [heap]
 *
 * Return: the offset of the name in line, which may equal len; -EINVAL for
 * anything else than such a line.
 */
int rg_maps_parse_line(const char *line, size_t len, struct rg_vma *ret_vma);

/*
 * A "VmFlags:" line of smaps: all that it shows becomes known. False, *vma as
 * it was, for any other line.
 */
bool rg_smaps_parse_flags(const char *line, size_t len, struct rg_vma *vma);

/*
 * The number in a line of status, meminfo or smaps, "VmSize:   123 kB" with
 * key "VmSize". False, *ret_value as it was, for any other line.
 */
bool rg_proc_parse_field(const char *line, size_t len, const char *key,
			 uint64_t *ret_value);

/* Looking through maps or smaps for the first vma with end > addr. */
struct rg_maps_search {
	uint64_t addr;
	char *name; /* gets that of its line, cut to name_size - 1 bytes */
	size_t name_size;
	/* zero at first */
	bool found;
	bool flags_found;
	struct rg_vma vma;
	uint64_t kernel_page_size; /* kB, from smaps */
};

/* For each line, with ctx the search, until it returns false. */
bool rg_maps_search(void *ctx, const char *line, size_t len);
bool rg_smaps_search(void *ctx, const char *line, size_t len);

/*
 * What was found, with its kind; what begins above the task size is none
 * ([vsyscall] has a line). Return: as rg_mm.find_vma.
 */
int rg_maps_searched(const struct rg_maps_search *search, uint64_t task_size,
		     uint64_t base_page_size, struct rg_vma *ret_vma);
/* The same, where smaps was to tell all flags: -ENODATA if it did not. */
int rg_smaps_searched(const struct rg_maps_search *search, uint64_t task_size,
		      uint64_t base_page_size, struct rg_vma *ret_vma);

/* The n-th number of a line of numbers, from 0. */
bool rg_proc_parse_number(const char *line, size_t len, unsigned n,
			  uint64_t *ret_value);

/* Several fields of one file. */
struct rg_proc_field {
	const char *key;
	uint64_t value;
	bool found;
};

struct rg_proc_fields {
	struct rg_proc_field *field;
	size_t nr;
};

/* For each line, with ctx a struct rg_proc_fields. */
bool rg_proc_take_fields(void *ctx, const char *line, size_t len);

#endif
