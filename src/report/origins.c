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

static struct rg_origin origin_of(const struct rg_objects *objects,
				  const struct rg_site *site, unsigned depth)
{
	struct rg_origin origin = { .nr_frames = 0 };

	for (uint8_t i = 0; i < site->nr_frames; i++) {
		if (origin.nr_frames == depth)
			break;
		if (!is_origin(objects, &site->frames[i]))
			continue;
		origin.frames[origin.nr_frames] = site->frames[i];
		origin.at[origin.nr_frames++] = i;
	}
	return origin;
}

static int compare_first(const void *a, const void *b)
{
	const struct rg_site *left = *(const struct rg_site *const *)a;
	const struct rg_site *right = *(const struct rg_site *const *)b;

	return (left->first_event > right->first_event) -
	       (left->first_event < right->first_event);
}

static void add(struct rg_origins *origins, struct rg_table *table,
		struct rg_origin origin, uint64_t calls)
{
	size_t at;

	if (!origin.nr_frames) {
		origins->unplaced += calls;
		return;
	}
	at = rg_table_intern(table, origin.frames,
			     origin.nr_frames * sizeof(*origin.frames),
			     origins->nr);
	if (at == origins->nr) {
		origins->list = rg_grow_by_one(origins->list, origins->nr,
					       &origins->capacity,
					       sizeof(*origins->list));
		origins->list[origins->nr++] = origin;
	}
	origins->list[at].calls += calls;
}

void rg_origins_find(const struct rg_tally *tally, unsigned depth,
		     struct rg_origins *ret_origins)
{
	size_t nr = tally->sites.nr;
	const struct rg_site **order = rg_alloc(nr * sizeof(*order));
	struct rg_origins origins = { 0 };
	struct rg_table table = { 0 };

	for (size_t i = 0; i < nr; i++)
		order[i] = &tally->sites.list[i];
	qsort(order, nr, sizeof(*order), compare_first);
	for (size_t i = 0; i < nr; i++) {
		struct rg_origin origin =
			origin_of(&tally->objects, order[i], depth);

		origin.site = (size_t)(order[i] - tally->sites.list);
		add(&origins, &table, origin, order[i]->calls);
	}
	rg_table_deinit(&table);
	free(order);
	*ret_origins = origins;
}

void rg_origins_deinit(struct rg_origins *origins)
{
	free(origins->list);
	*origins = (struct rg_origins){ 0 };
}

/* Of a pattern 63 bytes are the most; of a name so many tell it well. */
#define NAME_MAX_LEN 60

static void put_frame(const struct rg_frame *frame,
		      const struct rg_objects *objects, FILE *out)
{
	const char *name = rg_base_name(objects->list[frame->object].path);
	size_t len = 0;

	for (; name[len] && len < NAME_MAX_LEN; len++)
		fputc(strchr(",!*", name[len]) ? '?' : name[len], out);
	fprintf(out, "%s+0x%" PRIx64, name[len] ? "*" : "", frame->offset);
}

char *rg_origin_site(const struct rg_origin *origin,
		     const struct rg_objects *objects)
{
	char *site = NULL;
	size_t len;
	FILE *out = open_memstream(&site, &len);

	for (uint8_t i = 0; out && i < origin->nr_frames; i++) {
		if (i)
			fputc('/', out);
		put_frame(&origin->frames[i], objects, out);
	}
	if (!out || fclose(out))
		return rg_copy_string("");
	return site;
}
