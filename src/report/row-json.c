/* SPDX-License-Identifier: MIT */

#include "report/row.h"

#include "report/json-text.h"

#include <inttypes.h>

static void put_list(const struct rg_cell *cell, FILE *out)
{
	putc_unlocked('[', out);
	for (size_t i = 0; i < cell->nr; i++) {
		if (i)
			putc_unlocked(',', out);
		rg_json_put_string(out, cell->list[i]);
	}
	putc_unlocked(']', out);
}

static void put_value(const struct rg_cell *cell, FILE *out)
{
	switch (cell->kind) {
	case RG_CELL_NULL:
		fputs_unlocked("null", out);
		break;
	case RG_CELL_TEXT:
	case RG_CELL_HEX:
		rg_json_put_string(out, cell->text);
		break;
	case RG_CELL_NUMBER:
		fprintf(out, "%" PRIu64, cell->number);
		break;
	case RG_CELL_YES_NO:
		fputs_unlocked(cell->number ? "true" : "false", out);
		break;
	case RG_CELL_LIST:
		put_list(cell, out);
		break;
	}
}

void rg_row_put_members(const struct rg_row *row, unsigned kinds, FILE *out)
{
	size_t nr;
	const struct rg_column *columns = rg_row_columns(&nr);
	const char *between = "";

	for (size_t i = 0; i < nr; i++) {
		struct rg_cell cell;

		if (!(kinds & 1u << columns[i].of))
			continue;
		rg_row_cell(row, &columns[i], &cell);
		if (cell.kind == RG_CELL_NULL)
			continue;
		fprintf(out, "%s\"%s\":", between, columns[i].name);
		put_value(&cell, out);
		between = ",";
	}
}
