/* SPDX-License-Identifier: MIT */

/*
 * A line for each event, as RFC 4180 has it, in UTF-8. What has no value is
 * empty, and a set is its words with blanks between them.
 */

#include "report/render-rows.h"

#include "report/alloc.h"
#include "report/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Quoted also where a reader might take it for something else: blanks at an
 * end are cut off by some.
 */
static bool wants_quotes(const char *text)
{
	return strpbrk(text, ",\"\r\n") || *text == ' ' ||
	       text[strlen(text) - 1] == ' ';
}

static void put_quoted(const char *text, FILE *out)
{
	putc_unlocked('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc_unlocked('"', out);
		putc_unlocked(*text, out);
	}
	putc_unlocked('"', out);
}

/* Not empty: that is what has no value. */
static void put_text(const char *bytes, FILE *out)
{
	char *text = rg_utf8_mend(bytes);

	if (wants_quotes(text))
		put_quoted(text, out);
	else
		fputs_unlocked(text, out);
	free(text);
}

static void put_list(const struct rg_cell *cell, FILE *out)
{
	for (size_t i = 0; i < cell->nr; i++)
		fprintf(out, "%s%s", i ? " " : "", cell->list[i]);
}

static void put_cell(const struct rg_cell *cell, FILE *out)
{
	switch (cell->kind) {
	case RG_CELL_NULL:
		break;
	case RG_CELL_TEXT:
	case RG_CELL_HEX:
		put_text(cell->text, out);
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

static void put_header(FILE *out)
{
	size_t nr;
	const struct rg_column *columns = rg_row_columns(&nr);

	for (size_t i = 0; i < nr; i++)
		fprintf(out, "%s%s", i ? "," : "", columns[i].name);
	fputs("\r\n", out);
}

static int put_row(void *ctx, const struct rg_row *row)
{
	FILE *out = ctx;
	size_t nr;
	const struct rg_column *columns = rg_row_columns(&nr);

	for (size_t i = 0; i < nr; i++) {
		struct rg_cell cell;

		if (i)
			putc_unlocked(',', out);
		rg_row_cell(row, &columns[i], &cell);
		put_cell(&cell, out);
	}
	fputs_unlocked("\r\n", out);
	return ferror(out) != 0;
}

int rg_render_csv(const struct rg_feed *feed, FILE *out,
		  struct rg_report_error *err)
{
	const struct rg_feed_reader reader = { .row = put_row, .ctx = out };

	put_header(out);
	return rg_feed_read(feed, &reader, err);
}
