/* SPDX-License-Identifier: MIT */

/*
 * Call sites as stacks on a line, outer function first, and a number: what
 * flamegraph.pl, inferno and speedscope draw.
 */

#include "report/render-folded.h"

#include "report/names.h"
#include "report/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const weights[] = {
	[RG_WEIGHT_CALLS] = "calls", [RG_WEIGHT_FAILED] = "failed",
	[RG_WEIGHT_MOVES] = "moves", [RG_WEIGHT_BYTES] = "bytes",
	[RG_WEIGHT_TIME] = "time",
};

const char *rg_weight_name(int weight)
{
	return (unsigned)weight < RG_NR_WEIGHTS ? weights[weight] : NULL;
}

bool rg_weight_from_name(const char *name, enum rg_weight *ret_weight)
{
	for (int i = 0; i < RG_NR_WEIGHTS; i++) {
		if (!strcmp(weights[i], name)) {
			*ret_weight = (enum rg_weight)i;
			return true;
		}
	}
	return false;
}

static uint64_t weight_of(const struct rg_site *site, enum rg_weight weight)
{
	switch (weight) {
	case RG_WEIGHT_CALLS:
		return site->calls;
	case RG_WEIGHT_FAILED:
		return site->failed;
	case RG_WEIGHT_MOVES:
		return site->moves;
	case RG_WEIGHT_BYTES:
		return site->bytes_moved;
	case RG_WEIGHT_TIME:
		return site->ns_total;
	case RG_NR_WEIGHTS:
		break;
	}
	return 0;
}

/* What separates functions and lines cannot be in a name. */
static void put_word(const char *word, FILE *out)
{
	char *text = rg_utf8_mend(word);

	rg_plain_text(text);
	for (char *at = text; *at; at++)
		putc(*at == ';' ? ':' : *at, out);
	free(text);
}

static void put_name(const struct rg_name *name, FILE *out)
{
	if (*name->function) {
		put_word(name->function, out);
		return;
	}
	put_word(*name->module ? rg_base_name(name->module) : "unknown", out);
	fprintf(out, "+0x%" PRIx64, name->offset);
}

static void put_stack(const struct rg_site *site, struct rg_names *names,
		      FILE *out)
{
	const char *between = "";

	if (!site->nr_frames)
		fputs("(no stack)", out);
	for (uint8_t i = site->nr_frames; i; i--) {
		struct rg_name_list list =
			rg_names_find(names, &site->frames[i - 1]);

		for (size_t j = list.nr; j; j--) {
			fputs(between, out);
			put_name(&list.list[j - 1], out);
			between = ";";
		}
	}
}

void rg_render_folded(const struct rg_tally *tally, enum rg_weight weight,
		      FILE *out)
{
	struct rg_names *names = rg_names_new(&tally->objects);

	for (size_t i = 0; i < tally->sites.nr; i++) {
		const struct rg_site *site = &tally->sites.list[i];
		uint64_t value = weight_of(site, weight);

		if (!value)
			continue;
		put_stack(site, names, out);
		fprintf(out, " %" PRIu64 "\n", value);
	}
	rg_names_free(names);
}
