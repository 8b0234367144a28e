/* SPDX-License-Identifier: MIT */

#include "report/picture.h"

#include "report/format.h"

#include <inttypes.h>
#include <string.h>

#define MAX_BOUNDS (2 * RG_PICTURE_MAX)
/* Columns from one bound to the next, as far as there is room. */
#define MAX_GAP 5
#define MIN_GAP 2
#define ROOM 30
#define WIDTH (MAX_GAP * (MAX_BOUNDS - 1) + 1)

/* All beginnings and ends, sorted, each once. */
struct bounds {
	uint64_t at[MAX_BOUNDS];
	size_t nr;
};

static void add_bound(struct bounds *bounds, uint64_t at)
{
	size_t i = bounds->nr;

	for (size_t j = 0; j < bounds->nr; j++) {
		if (bounds->at[j] == at)
			return;
	}
	for (; i && bounds->at[i - 1] > at; i--)
		bounds->at[i] = bounds->at[i - 1];
	bounds->at[i] = at;
	bounds->nr++;
}

static size_t gap_of(const struct bounds *bounds)
{
	size_t gap = MAX_GAP;

	while (gap > MIN_GAP && gap * (bounds->nr - 1) > ROOM)
		gap--;
	return gap;
}

static size_t column_of(const struct bounds *bounds, uint64_t at)
{
	size_t i = 0;

	while (bounds->at[i] != at)
		i++;
	return i * gap_of(bounds);
}

static void draw(const struct rg_range *range, const struct bounds *bounds,
		 char line[WIDTH + 1])
{
	size_t start = column_of(bounds, range->start);
	size_t end = column_of(bounds, range->end);

	memset(line, ' ', WIDTH);
	memset(line + start, range->fill, end - start);
	line[start] = '|';
	line[end] = '|';
	line[(bounds->nr - 1) * gap_of(bounds) + 1] = '\0';
}

static void print_range(const struct rg_range *range,
			const struct bounds *bounds, FILE *out)
{
	char line[WIDTH + 1];
	struct rg_word bytes;
	int column;

	draw(range, bounds, line);
	column = fprintf(out, "  %-8s %s  0x%" PRIx64 "-0x%" PRIx64,
			 range->label, line, range->start, range->end);
	rg_format_bytes(range->end - range->start, &bytes);
	if (column + 2 + strlen(bytes.text) <= 80)
		fprintf(out, "  %s", bytes.text);
	fputc('\n', out);
}

void rg_print_picture(const struct rg_range *ranges, size_t nr, FILE *out)
{
	struct bounds bounds = { .nr = 0 };

	for (size_t i = 0; i < nr; i++) {
		add_bound(&bounds, ranges[i].start);
		add_bound(&bounds, ranges[i].end);
	}
	for (size_t i = 0; i < nr; i++)
		print_range(&ranges[i], &bounds, out);
}
