/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_BOOK_H
#define RG_SUPERVISOR_BOOK_H

/*
 * The trace as the supervisor writes it: slots in the process table like any
 * process of the trace takes one, and a stream of its own for each process
 * whose calls it is told of. The bytes are those of docs/trace-format.md; but
 * there is one writer, so none of the object's care is needed.
 */

#include "trace/process-table.h"

#include <stddef.h>

struct rg_book {
	int dir; /* the trace's directory */
	uint64_t max_trace;
	char *table; /* NULL: not mapped yet */
	uint32_t table_number;
};

/* One process's events. Zeroes are an empty stream. */
struct rg_stream {
	uint32_t slot;
	uint32_t pid;
	uint32_t segment; /* the next one's number */
	uint8_t *base;	  /* the current one; NULL: none */
	uint32_t size;
	uint32_t offset;
	uint64_t last_time;
	uint64_t made;	   /* bytes of all segments */
	uint64_t retry_at; /* after a failure to make one, ns */
};

uint64_t rg_book_now(void);

/* Return: a slot, and its number; NULL where none can be had. */
struct rg_slot *rg_book_take_slot(struct rg_book *book, uint32_t *ret_number);

/*
 * Append an event and set its timestamp. Return: true; or false, and why it
 * is lost.
 */
bool rg_book_append(struct rg_book *book, struct rg_stream *stream,
		    struct rg_event *event, enum rg_lost *ret_why);
void rg_stream_close(struct rg_stream *stream);

/* Add a line to the list of a slot's modules. */
void rg_book_note_module(struct rg_book *book, uint32_t slot, const char *line,
			 size_t len);

#endif
