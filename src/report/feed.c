/* SPDX-License-Identifier: MIT */

#include "report/feed.h"

#include "report/alloc.h"
#include "report/fingerprint.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- before */

static void note_first(const struct rg_trace *trace, struct rg_feed *feed)
{
	uint64_t offset = trace->env.clock_offset_ns;

	for (size_t i = 0; i < trace->nr_streams; i++) {
		const struct rg_stream *stream = &trace->streams[i];

		if (!stream->events ||
		    stream->begin + offset >= feed->first_realtime)
			continue;
		feed->first_realtime = stream->begin + offset;
		feed->first_monotonic = stream->begin;
	}
}

int rg_feed_check(const char *const *dirs, size_t nr, struct rg_feed *ret_feed,
		  struct rg_report_error *err)
{
	struct rg_feed feed = {
		.dirs = dirs,
		.nr = nr,
		.first_monotonic = UINT64_MAX,
		.first_realtime = UINT64_MAX,
	};

	for (size_t i = 0; i < nr; i++) {
		struct rg_trace trace;
		int ret = rg_trace_open(dirs[i], &trace, err);

		if (ret)
			return ret;
		note_first(&trace, &feed);
		rg_trace_close(&trace);
	}
	*ret_feed = feed;
	return 0;
}

/* ----------------------------------------------------------------- reading */

/* The trace that is being read. */
struct feeding {
	const struct rg_feed_reader *reader;
	struct rg_fed fed;
	struct rg_place *places; /* beside tally->sites, as far as asked */
	bool *places_found;
	size_t nr_places;
	struct rg_watch watch;
};

void rg_place_find(const struct rg_site *site, const struct rg_objects *objects,
		   struct rg_names *names, struct rg_place *ret_place)
{
	ret_place->caller = rg_caller_of(site, objects, names);
	snprintf(ret_place->id, sizeof(ret_place->id), "%016" PRIx64,
		 rg_fingerprint_stack(RG_FINGERPRINT_NONE, site, names));
}

/* Places are asked for when their sites are new, so a few at a time. */
static void make_room(struct feeding *feeding)
{
	size_t nr = 2 * feeding->fed.tally->sites.nr;

	feeding->places =
		rg_grow(feeding->places, nr, sizeof(*feeding->places));
	feeding->places_found = rg_grow(feeding->places_found, nr,
					sizeof(*feeding->places_found));
	for (size_t i = feeding->nr_places; i < nr; i++)
		feeding->places_found[i] = false;
	feeding->nr_places = nr;
}

/* Valid until the next that is new. */
static const struct rg_place *place_of(struct feeding *feeding, size_t site)
{
	const struct rg_tally *tally = feeding->fed.tally;

	if (!feeding->places_found[site])
		rg_place_find(&tally->sites.list[site], &tally->objects,
			      feeding->fed.names, &feeding->places[site]);
	feeding->places_found[site] = true;
	return &feeding->places[site];
}

static void see(void *ctx, const struct rg_tally *tally,
		const struct rg_seen *seen)
{
	struct feeding *feeding = ctx;
	const struct rg_stale *stale = seen->stale;
	uint64_t when =
		stale ? stale->access.timestamp : seen->event->timestamp;
	struct rg_row row = {
		.trace = feeding->fed.dir,
		.seen = seen,
		.time_ns = when + seen->of->env.clock_offset_ns,
	};

	if (feeding->nr_places < tally->sites.nr)
		make_room(feeding);
	row.place = place_of(feeding, seen->site);
	if (stale)
		row.move_place = place_of(feeding, stale->move_site);
	feeding->watch.stop = feeding->reader->row(feeding->reader->ctx, &row);
}

static int read_one(struct feeding *feeding, struct rg_report_error *err)
{
	const struct rg_feed_reader *reader = feeding->reader;
	struct rg_tally *tally = rg_tally_new();
	int ret;

	feeding->watch =
		(struct rg_watch){ .call = see, .access = see, .ctx = feeding };
	tally->watch = reader->row ? &feeding->watch : NULL;
	feeding->fed.tally = tally;
	feeding->fed.names = rg_names_new(&tally->objects);
	ret = rg_tally_add(tally, feeding->fed.dir, err);
	if (!ret && !feeding->watch.stop && reader->end)
		feeding->watch.stop = reader->end(reader->ctx, &feeding->fed);
	free(feeding->places);
	free(feeding->places_found);
	rg_names_free(feeding->fed.names);
	rg_tally_free(tally);
	return ret;
}

int rg_feed_read(const struct rg_feed *feed,
		 const struct rg_feed_reader *reader,
		 struct rg_report_error *err)
{
	for (size_t i = 0; i < feed->nr; i++) {
		struct feeding feeding = {
			.reader = reader,
			.fed = { .dir = feed->dirs[i], .number = i },
		};
		int ret = read_one(&feeding, err);

		if (ret || feeding.watch.stop)
			return ret;
	}
	return 0;
}
