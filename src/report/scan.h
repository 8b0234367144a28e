/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_SCAN_H
#define RG_REPORT_SCAN_H

/*
 * A look at the bytes of a stream file before babeltrace2 gets it. A trace is
 * hostile input, and babeltrace2 2.0 is a strict guest: it aborts the program
 * on some damaged packets, and leaves out without a word
 * packets of one stream that begin at the same time. So all that it relies
 * on is tested here, where a message can name the file.
 */

#include "report/directory.h"
#include "trace/ctf.h"

#include <stdbool.h>
#include <stdint.h>

struct rg_stream {
	enum rg_ctf_stream kind;
	uint32_t slot;
	uint32_t segment; /* 0 of accesses */
	uint32_t pid;
	uint64_t begin;	 /* timestamp_begin */
	uint64_t end;	 /* of its last event; begin when there is none */
	uint64_t events; /* in it */
};

/*
 * Read "stream-SLOT-SEGMENT" or "accesses-SLOT". Return: false for another
 * name.
 */
bool rg_stream_parse_name(const char *name, struct rg_stream *ret_stream);
/* The other way round. */
void rg_stream_name(const struct rg_stream *stream,
		    char ret_name[RG_CTF_NAME_MAX]);

/*
 * Go through the file of stream->kind, slot and segment; fill in the rest of
 * *stream.
 */
int rg_stream_scan(const struct rg_directory *dir, struct rg_stream *stream,
		   struct rg_report_error *err);

#endif
