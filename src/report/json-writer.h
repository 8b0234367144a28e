/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_JSON_WRITER_H
#define RG_REPORT_JSON_WRITER_H

/*
 * JSON written piece by piece, as json_dumpf() with JSON_INDENT(2) lays it
 * out: an array of a great many elements is never in memory as a whole.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define RG_JSON_MAX_DEPTH 8

struct rg_json_writer {
	FILE *out;
	unsigned depth; /* of what is open */
	bool has_elements[RG_JSON_MAX_DEPTH];
};

/* Open an object or an array; key is NULL outside an object. */
void rg_json_begin_object(struct rg_json_writer *writer, const char *key);
void rg_json_begin_array(struct rg_json_writer *writer, const char *key);
/* Close the innermost. A newline follows the outermost. */
void rg_json_end_object(struct rg_json_writer *writer);
void rg_json_end_array(struct rg_json_writer *writer);
/* Write a value, and drop it. */
void rg_json_put(struct rg_json_writer *writer, const char *key,
		 json_t *value);

#endif
