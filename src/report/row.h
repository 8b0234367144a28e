/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_ROW_H
#define RG_REPORT_ROW_H

/*
 * An event as a row: one table of columns, from which CSV, JSON lines and the
 * arguments of Perfetto's events are written. docs/fleet.md tells of each.
 */

#include "report/callers.h"
#include "report/tally.h"

#include <stdio.h>

/* A call site, or what is behind it, by a name that is the same elsewhere. */
struct rg_place {
	struct rg_caller caller;
	char id[17]; /* of its stack: fingerprint.h */
};

struct rg_row {
	const char *trace; /* its directory, as given */
	const struct rg_seen *seen;
	const struct rg_place *place;
	const struct rg_place *move_place; /* of a stale access */
	uint64_t time_ns;		   /* since 1970 */
};

enum rg_cell_kind {
	RG_CELL_NULL,
	RG_CELL_TEXT,	/* text */
	RG_CELL_NUMBER, /* number */
	RG_CELL_HEX,	/* text, of a number */
	RG_CELL_YES_NO, /* number */
	RG_CELL_LIST,	/* list, of words without blanks */
};

#define RG_CELL_LIST_MAX 32

struct rg_cell {
	enum rg_cell_kind kind;
	uint64_t number;
	const char *text; /* maybe buf */
	const char *list[RG_CELL_LIST_MAX];
	size_t nr;
	char buf[80];
};

/* What a column tells of; in rows of other events it has no value. */
enum rg_column_of {
	RG_OF_TRACE,
	RG_OF_PROCESS,
	RG_OF_ALL,
	RG_OF_CALL,
	RG_OF_ACCESS
};

struct rg_column {
	const char *name;
	enum rg_column_of of;
	void (*fill)(const struct rg_row *row, struct rg_cell *cell);
};

/* All of them, in an order that only grows at its end. */
const struct rg_column *rg_row_columns(size_t *ret_nr);

/* The cell of a row and a column. */
void rg_row_cell(const struct rg_row *row, const struct rg_column *column,
		 struct rg_cell *ret_cell);

/*
 * The columns of those kinds (bits of enum rg_column_of) that have a value, as
 * members of a JSON object without its braces.
 */
void rg_row_put_members(const struct rg_row *row, unsigned kinds, FILE *out);

#endif
