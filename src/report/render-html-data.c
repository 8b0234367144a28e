/* SPDX-License-Identifier: MIT */

/*
 * What the charts are drawn from, as one JSON object. Its fields are between
 * this program and its page, and may change with every version: others read
 * --format=json.
 */

#include "report/render-html.h"

#include "report/alloc.h"
#include "report/format.h"
#include "report/html-print.h"
#include "report/json.h"
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

static const char *path_key(int path)
{
	return path == RG_PATH_INVALID ? "unseen"
				       : rg_path_name((enum rg_path)path);
}

/* --------------------------------------------------- all calls, in sums */

static json_t *spread_json(const struct rg_spread *spread)
{
	json_t *array = json_array();

	for (size_t i = 0; i < RG_SPREAD_BUCKETS; i++) {
		if (!spread->counts[i])
			continue;
		json_array_append_new(array, json_integer((json_int_t)i));
		json_array_append_new(array, rg_json_number(spread->counts[i]));
	}
	return array;
}

static json_t *spreads_json(const struct rg_spread *spreads)
{
	json_t *object = json_object();

	for (int path = 0; path < RG_NR_PATHS; path++) {
		if (spreads[path].nr)
			json_object_set_new(object, path_key(path),
					    spread_json(&spreads[path]));
	}
	return object;
}

/* Column, row, count, column, row, count, … */
static json_t *cells_json(const struct rg_density *density, int path)
{
	json_t *array = json_array();

	for (size_t column = 0; column < RG_DENSITY_COLUMNS; column++) {
		for (size_t row = 0; row < RG_DENSITY_ROWS; row++) {
			uint32_t count = density->counts[path][column][row];

			if (!count)
				continue;
			json_array_append_new(array, rg_json_number(column));
			json_array_append_new(array, rg_json_number(row));
			json_array_append_new(array, rg_json_number(count));
		}
	}
	return array;
}

static json_t *density_json(const struct rg_density *density)
{
	json_t *cells = json_object();

	for (int path = 0; path < RG_NR_PATHS; path++) {
		json_t *array = cells_json(density, path);

		if (json_array_size(array))
			json_object_set_new(cells, path_key(path), array);
		else
			json_decref(array);
	}
	return json_pack("{s:o,s:o}", "column_ns",
			 rg_json_number(density->column_ns), "cells", cells);
}

/* -------------------------------------------------------------- the sites */

/* Names and places, each written once and told of by number. */
struct interned {
	struct rg_table table;
	json_t *list;
};

static json_t *intern(struct interned *interned, const void *key, size_t len,
		      json_t *value)
{
	size_t fresh = json_array_size(interned->list);
	size_t at = rg_table_intern(&interned->table, key, len, fresh);

	if (at == fresh)
		json_array_append_new(interned->list, value);
	else
		json_decref(value);
	return json_integer((json_int_t)at);
}

static json_t *intern_string(struct interned *strings, const char *string)
{
	return intern(strings, string, strlen(string) + 1,
		      rg_html_json_string(string));
}

struct places {
	struct interned strings;
	struct interned frames;
};

/* Strings of names are kept once, so their addresses tell them apart. */
static json_t *place_json(struct places *places, const struct rg_name *name)
{
	struct rg_name key;

	memset(&key, 0, sizeof(key));
	key.function = name->function;
	key.module = name->module;
	key.file = name->file;
	key.line = name->line;
	key.offset = name->offset;
	return intern(&places->frames, &key, sizeof(key),
		      json_pack("[o,o,o,i,o]",
				intern_string(&places->strings, name->function),
				intern_string(&places->strings, name->module),
				intern_string(&places->strings, name->file),
				name->line, rg_json_hex(name->offset)));
}

static json_t *stack_json(const struct rg_html_page *page,
			  struct places *places, const struct rg_site *site)
{
	json_t *array = json_array();

	for (uint8_t i = 0; i < site->nr_frames; i++) {
		struct rg_name_list list =
			rg_names_find(page->names, &site->frames[i]);

		for (size_t j = 0; j < list.nr; j++)
			json_array_append_new(
				array, place_json(places, &list.list[j]));
	}
	return array;
}

static json_t *site_json(const struct rg_html_page *page, struct places *places,
			 const struct rg_site *site)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o}", "calls",
			 rg_json_number(site->calls), "failed",
			 rg_json_number(site->failed), "bytes",
			 rg_json_number(site->bytes_moved), "ns",
			 rg_json_number(site->ns_total), "stack",
			 stack_json(page, places, site));
}

/* Those in the table, and those of the calls that are kept: by number. */
static json_t *sites_json(const struct rg_html_page *page,
			  struct places *places)
{
	const struct rg_sites *all = &page->tally->sites;
	bool *wanted = rg_alloc(all->nr * sizeof(*wanted));
	json_t *object = json_object();
	struct rg_word word;

	for (size_t i = 0; i < page->nr_sites; i++)
		wanted[page->sites[i] - all->list] = true;
	for (size_t i = 0; i < page->gather->nr_kept; i++)
		wanted[page->gather->kept[i].site] = true;
	for (size_t i = 0; i < all->nr; i++) {
		if (!wanted[i])
			continue;
		snprintf(word.text, sizeof(word.text), "%zu", i);
		json_object_set_new(object, word.text,
				    site_json(page, places, &all->list[i]));
	}
	free(wanted);
	return object;
}

static void add_sites(const struct rg_html_page *page, json_t *data)
{
	struct places places = { .strings.list = json_array(),
				 .frames.list = json_array() };

	json_object_set_new(data, "sites", sites_json(page, &places));
	json_object_set_new(data, "frames", places.frames.list);
	json_object_set_new(data, "strings", places.strings.list);
	rg_table_deinit(&places.strings.table);
	rg_table_deinit(&places.frames.table);
}

/* ------------------------------------------------------------------- all */

void rg_html_data(const struct rg_html_page *page)
{
	const struct rg_gather *gather = page->gather;
	const struct rg_totals *totals = &page->tally->totals;
	json_t *data = json_object();

	json_object_set_new(data, "calls_made", rg_json_number(totals->calls));
	json_object_set_new(data, "until_ns", rg_json_number(gather->until_ns));
	json_object_set_new(data, "steps", json_integer(RG_SPREAD_STEPS));
	json_object_set_new(data, "durations", spreads_json(gather->durations));
	json_object_set_new(data, "sizes", spreads_json(gather->sizes));
	if (gather->nr_kept < totals->calls)
		json_object_set_new(data, "density",
				    density_json(&gather->density));
	add_sites(page, data);
	json_object_set_new(data, "calls", rg_html_calls(page));
	rg_html_json(page->out, data);
}

void rg_html_shown_calls(const struct rg_html_page *page)
{
	const struct rg_gather *gather = page->gather;
	const struct rg_totals *totals = &page->tally->totals;
	uint64_t failed = rg_gather_nr_kept(gather, true);
	struct rg_word shown;
	struct rg_word all;
	struct rg_word failures;

	if (gather->nr_kept == totals->calls) {
		rg_html(page->out, "All %s, one by one.",
			rg_format_nouns(totals->calls, "call", &all));
		return;
	}
	rg_html(page->out,
		"The shading counts all %s. Single marks are %s of them, which "
		"can be opened: the first of each site, failure and finding, "
		"the slowest, and others drawn by lot",
		rg_format_nouns(totals->calls, "call", &all),
		rg_format_count(gather->nr_kept, &shown));
	if (totals->failed)
		rg_html(page->out,
			failed == totals->failed
				? "; every failure is among them"
				: "; %s of the failures are among "
				  "them",
			rg_format_count(failed, &failures));
	rg_html(page->out, ".");
}
