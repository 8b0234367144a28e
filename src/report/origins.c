/* SPDX-License-Identifier: MIT */

#include "report/origins.h"

#include "report/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Code that a loader did not map has no module that the object could tell. */
static bool is_origin(const struct rg_objects *objects,
		      const struct rg_frame *frame)
{
	const struct rg_object *object;

	if (frame->object == RG_NO_OBJECT)
		return false;
	object = &objects->list[frame->object];
	return !object->libc && !object->ours && *object->path == '/';
}

static uint8_t find_frame(const struct rg_objects *objects,
			  const struct rg_site *site)
{
	uint8_t at = 0;

	while (at < site->nr_frames && !is_origin(objects, &site->frames[at]))
		at++;
	return at;
}

static int compare_first(const void *a, const void *b)
{
	const struct rg_site *left = *(const struct rg_site *const *)a;
	const struct rg_site *right = *(const struct rg_site *const *)b;

	return (left->first_event > right->first_event) -
	       (left->first_event < right->first_event);
}

static void add(struct rg_origins *origins, struct rg_table *table,
		const struct rg_tally *tally, const struct rg_site *site)
{
	uint8_t frame = find_frame(&tally->objects, site);
	size_t at;

	if (frame == site->nr_frames) {
		origins->unplaced += site->calls;
		return;
	}
	at = rg_table_intern(table, &site->frames[frame],
			     sizeof(site->frames[frame]), origins->nr);
	if (at == origins->nr) {
		origins->list = rg_grow_by_one(origins->list, origins->nr,
					       &origins->capacity,
					       sizeof(*origins->list));
		origins->list[origins->nr++] = (struct rg_origin){
			.frame = site->frames[frame],
			.site = (size_t)(site - tally->sites.list),
			.at = frame,
		};
	}
	origins->list[at].calls += site->calls;
}

void rg_origins_find(const struct rg_tally *tally,
		     struct rg_origins *ret_origins)
{
	size_t nr = tally->sites.nr;
	const struct rg_site **order = rg_alloc(nr * sizeof(*order));
	struct rg_origins origins = { 0 };
	struct rg_table table = { 0 };

	for (size_t i = 0; i < nr; i++)
		order[i] = &tally->sites.list[i];
	qsort(order, nr, sizeof(*order), compare_first);
	for (size_t i = 0; i < nr; i++)
		add(&origins, &table, tally, order[i]);
	rg_table_deinit(&table);
	free(order);
	*ret_origins = origins;
}

void rg_origins_deinit(struct rg_origins *origins)
{
	free(origins->list);
	*origins = (struct rg_origins){ 0 };
}

/* Of a pattern 95 bytes are the most; of a name so many tell it well. */
#define NAME_MAX_LEN 90

char *rg_origin_site(const struct rg_origin *origin,
		     const struct rg_objects *objects)
{
	const char *path = objects->list[origin->frame.object].path;
	const char *name = rg_base_name(path);
	bool is_long = strlen(name) > NAME_MAX_LEN;
	char *site;

	if (asprintf(&site, "%.*s%s+0x%" PRIx64, NAME_MAX_LEN, name,
		     is_long ? "*" : "", origin->frame.offset) < 0)
		return rg_copy_string("");
	for (char *at = site; *at && at < site + NAME_MAX_LEN; at++) {
		if (strchr(",!*", *at))
			*at = '?';
	}
	return site;
}
