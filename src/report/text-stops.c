/* SPDX-License-Identifier: MIT */

#include "report/text-stops.h"

#include "report/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Columns of names and of what is compared. */
#define NAME_INDENT 11
#define TEXT_INDENT 34

static const char *const fate_words[RG_NR_FATES] = {
	[RG_FATE_PASSED] = "passed",	[RG_FATE_REFUSED] = "REFUSED",
	[RG_FATE_POSSIBLE] = "perhaps", [RG_FATE_UNKNOWN] = "unknown",
	[RG_FATE_NOT_REACHED] = "",
};

static const char *const step_words[RG_NR_STEP_KINDS] = {
	[RG_STEP_UNMAP_DEST] = "what lies at the destination is unmapped",
	[RG_STEP_UNMAP_TAIL] = "what lies in the tail is unmapped",
	[RG_STEP_EXPAND] = "the mapping grows where it is",
	[RG_STEP_PICK] = "the kernel picks a hole",
	[RG_STEP_MOVE] = "the pages change their place",
	[RG_STEP_COPY] = "the pages are mapped a second time",
	[RG_STEP_UNMAP_SOURCE] = "the old range is unmapped",
	[RG_STEP_KEEP_SOURCE] = "the old range stays mapped, and empty",
};

/* ---------------------------------------------------------- what is compared
 */

static void print_value(const struct rg_value *value, enum rg_unit unit,
			const char *missing, FILE *out)
{
	struct rg_word word;

	if (!value->known) {
		fputs(missing, out);
		return;
	}
	switch (unit) {
	case RG_UNIT_NONE:
		break;
	case RG_UNIT_ADDRESS:
		fprintf(out, "0x%" PRIx64, value->value);
		break;
	case RG_UNIT_BYTES:
		fprintf(out, "%s B", rg_format_count(value->value, &word));
		break;
	case RG_UNIT_COUNT:
		fputs(rg_format_count(value->value, &word), out);
		break;
	case RG_UNIT_YES_NO:
		fputs(value->value ? "yes" : "no", out);
		break;
	}
}

static const char *const signs[] = {
	[RG_EQUAL] = "=",
	[RG_ABOVE] = ">",
	[RG_AT_LEAST] = ">=",
	[RG_AT_MOST] = "<=",
};

/* " <= 8,192 B (old length)", and whether it is so */
static void print_bound(const struct rg_stop *stop, const char *missing,
			FILE *out)
{
	const struct rg_comparison *compared = &stop->compared;
	const struct rg_value *bound = &compared->bound;
	const char *sign = signs[compared->relation];

	if (compared->unit == RG_UNIT_YES_NO)
		return;
	if (stop->fate == RG_FATE_REFUSED)
		fprintf(out, ", not %s ", sign);
	else
		fprintf(out, " %s%s ", sign,
			stop->fate == RG_FATE_PASSED ? "" : "?");
	if (!bound->known) {
		fprintf(out, "%s (%s)", bound->name, missing);
		return;
	}
	print_value(bound, compared->unit, missing, out);
	if (*bound->name)
		fprintf(out, " (%s)", bound->name);
}

static void print_compared(const struct rg_stop *stop, const char *missing,
			   FILE *out)
{
	const struct rg_comparison *compared = &stop->compared;
	char *text = NULL;
	size_t len;
	FILE *line = open_memstream(&text, &len);

	fprintf(line, "%s: ", compared->value.name);
	print_value(&compared->value, compared->unit, missing, line);
	print_bound(stop, missing, line);
	fclose(line);
	rg_print_wrapped(out, text, TEXT_INDENT);
	free(text);
}

/* --------------------------------------------------------------- the stops */

static void print_step(const struct rg_stop *stop, FILE *out)
{
	bool done = stop->fate == RG_FATE_PASSED;

	fprintf(out, "  %-*s%-*s", NAME_INDENT - 2,
		done ? "done" : fate_words[stop->fate],
		TEXT_INDENT - NAME_INDENT, rg_step_name(stop->step));
	rg_print_wrapped(out, step_words[stop->step], TEXT_INDENT);
}

static void print_stop(const struct rg_stop *stop, const char *missing,
		       FILE *out)
{
	if (stop->step) {
		print_step(stop, out);
		return;
	}
	fprintf(out, "  %-*s%-*s", NAME_INDENT - 2, fate_words[stop->fate],
		TEXT_INDENT - NAME_INDENT, rg_check_info(stop->check)->name);
	print_compared(stop, missing, out);
}

static const char *name_of(const struct rg_stop *stop)
{
	return stop->step ? rg_step_name(stop->step)
			  : rg_check_info(stop->check)->name;
}

static void print_not_reached(const struct rg_stop *stops, size_t nr, FILE *out)
{
	const char *before = "";
	char *text = NULL;
	size_t len;
	FILE *line = open_memstream(&text, &len);

	for (size_t i = 0; i < nr; i++) {
		if (!stops[i].matters || stops[i].fate != RG_FATE_NOT_REACHED)
			continue;
		fprintf(line, "%s%s", before, name_of(&stops[i]));
		before = ", ";
	}
	fclose(line);
	if (*text) {
		fputs("  not reached: ", out);
		rg_print_wrapped(out, text, 15);
	}
	free(text);
}

void rg_print_stops(const struct rg_stop *stops, size_t nr, const char *missing,
		    FILE *out)
{
	for (size_t i = 0; i < nr; i++) {
		if (stops[i].matters && stops[i].fate != RG_FATE_NOT_REACHED)
			print_stop(&stops[i], missing, out);
	}
	print_not_reached(stops, nr, out);
}
