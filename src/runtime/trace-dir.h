/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_TRACE_DIR_H
#define RG_RUNTIME_TRACE_DIR_H

/*
 * The trace's directory and the files in it. The directory is held open from
 * the start, for a program that later changes its root, and found again by
 * path where the program closed the descriptor.
 */

#include "runtime/process.h"

/*
 * Open rg_config.options.trace, making what is not there yet: directory,
 * metadata, first process table. On failure the option is emptied, and said
 * why on standard error.
 */
void rg_trace_dir_open(void);

/*
 * Take a slot and its number; without one a process has no trace. One thread
 * at a time. Return: 0, or a negative errno.
 */
int rg_trace_dir_take_slot(struct rg_slot **ret_slot, uint32_t *ret_number);

/*
 * Make a file of size zero bytes that really has its room on the disk, and
 * map it. Nothing is left behind by a failure.
 * Return: 0 and the mapping, or -errno.
 */
int rg_trace_dir_map_new(const char *name, size_t size, void **ret_base);

/* Give a finished file its name. */
void rg_trace_dir_publish(const char *from, const char *to);

/* Add to the end of a text file. Return: 0 or -errno. */
int rg_trace_dir_append(const char *name, const char *text, size_t len);

#endif
