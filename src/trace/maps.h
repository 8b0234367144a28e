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

/* The n-th number of a line of numbers, from 0. */
bool rg_proc_parse_number(const char *line, size_t len, unsigned n,
			  uint64_t *ret_value);

#endif
