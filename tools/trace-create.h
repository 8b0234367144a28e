/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_TRACE_CREATE_H
#define RG_TOOLS_TRACE_CREATE_H

/*
 * A new trace directory, made before the program starts: so that there is a
 * trace even of a program that the object never gets into, and that the
 * counts survive when the directory does not.
 */

#include "trace/process-table.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rg_new_trace {
	const char *path;
	/* The first process table, mapped; the program's processes count here
	 */
	struct rg_table_header *table;
};

/*
 * Make the directory, with metadata and the first table. An existing trace
 * is removed first with force; what is no trace never is.
 * Return: 0; or a negative errno after a line on standard error.
 */
int rg_new_trace_create(const char *path, bool force,
			enum rg_generation generation,
			struct rg_new_trace *ret_trace);
void rg_new_trace_close(struct rg_new_trace *trace);

/* The slot at an index, NULL past the last one in use. */
struct rg_slot *rg_new_trace_slot(const struct rg_new_trace *trace,
				  size_t index);

/* A signal ended this one; the object inside cannot see that. */
void rg_new_trace_note_signal(const struct rg_new_trace *trace, pid_t pid,
			      int signal);

#endif
