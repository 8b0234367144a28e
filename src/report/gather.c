/* SPDX-License-Identifier: MIT */

#include "report/gather.h"

#include "report/alloc.h"

#include <stdlib.h>
#include <string.h>

static const size_t room[RG_NR_KEEPS] = {
	[RG_KEEP_FIRST] = 600, [RG_KEEP_SLOW] = 20,    [RG_KEEP_FAILED] = 600,
	[RG_KEEP_FOUND] = 400, [RG_KEEP_OTHER] = 1000,
};

/* The width of a column at first: 1024 ns. */
#define FIRST_COLUMN_NS 1024

/* --------------------------------------------------------------- density */

/* Columns twice as wide: each two become one. */
static void widen(struct rg_density *density)
{
	for (int path = 0; path < RG_NR_PATHS; path++) {
		uint32_t(*columns)[RG_DENSITY_ROWS] = density->counts[path];

		for (size_t i = 0; i < RG_DENSITY_COLUMNS / 2; i++) {
			for (size_t row = 0; row < RG_DENSITY_ROWS; row++)
				columns[i][row] = columns[2 * i][row] +
						  columns[2 * i + 1][row];
		}
		memset(columns[RG_DENSITY_COLUMNS / 2], 0,
		       RG_DENSITY_COLUMNS / 2 * sizeof(columns[0]));
	}
	density->column_ns *= 2;
}

/* Four of a spread's steps are a row. */
static size_t row_of(uint64_t size)
{
	size_t bucket = rg_spread_bucket(size);

	return bucket ? 1 + (bucket - 1) / (RG_SPREAD_STEPS / 2) : 0;
}

static void add_density(struct rg_density *density, enum rg_path path,
			uint64_t at_ns, uint64_t size)
{
	while (at_ns / density->column_ns >= RG_DENSITY_COLUMNS)
		widen(density);
	density->counts[path][at_ns / density->column_ns][row_of(size)]++;
}

/* ------------------------------------------------------------------ lots */

/* xorshift64*: good enough to draw lots, and the same everywhere. */
static uint64_t draw(struct rg_gather *gather)
{
	uint64_t x = gather->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	gather->random = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static void keep(const struct rg_seen *seen, uint64_t at_ns,
		 struct rg_kept *ret_kept)
{
	*ret_kept = (struct rg_kept){
		.event = *seen->event,
		.number = seen->number,
		.at_ns = at_ns,
		.trace = seen->trace,
		.process = seen->at,
		.site = seen->site,
	};
}

/* The first ones it has room for. */
static bool keep_first(struct rg_gather *gather, const struct rg_seen *seen,
		       uint64_t at_ns)
{
	struct rg_lot *lot = &gather->lots[RG_KEEP_FIRST];

	lot->met++;
	if (lot->nr == room[RG_KEEP_FIRST])
		return false;
	keep(seen, at_ns, &lot->list[lot->nr++]);
	return true;
}

/* Each that is met has the same chance to be among those kept. */
static void keep_drawn(struct rg_gather *gather, enum rg_keep why,
		       const struct rg_seen *seen, uint64_t at_ns)
{
	struct rg_lot *lot = &gather->lots[why];
	uint64_t place = lot->met++;

	if (lot->nr < room[why])
		place = lot->nr++;
	else
		place = draw(gather) % lot->met;
	if (place < room[why])
		keep(seen, at_ns, &lot->list[place]);
}

/* The list is sorted, the least slow last. */
static void keep_slow(struct rg_gather *gather, const struct rg_seen *seen,
		      uint64_t at_ns)
{
	struct rg_lot *lot = &gather->lots[RG_KEEP_SLOW];
	struct rg_kept *list = lot->list;
	size_t at = lot->nr;

	while (at && list[at - 1].event.duration_ns < seen->event->duration_ns)
		at--;
	if (at == room[RG_KEEP_SLOW])
		return;
	if (lot->nr < room[RG_KEEP_SLOW])
		lot->nr++;
	memmove(&list[at + 1], &list[at], (lot->nr - at - 1) * sizeof(list[0]));
	keep(seen, at_ns, &list[at]);
}

static bool has_first_finding(const struct rg_site *site, uint64_t number)
{
	for (size_t i = 0; i < site->nr_findings; i++) {
		if (site->findings[i].of.first_event == number)
			return true;
	}
	return false;
}

static bool has_first_failure(const struct rg_site *site,
			      const struct rg_event *event)
{
	for (size_t i = 0; event->error && i < site->nr_reasons; i++) {
		const struct rg_reason *reason = &site->reasons[i];

		if (reason->error == event->error &&
		    reason->check == event->check)
			return reason->count == 1;
	}
	return false;
}

static bool is_first(const struct rg_tally *tally, const struct rg_seen *seen)
{
	const struct rg_site *site = &tally->sites.list[seen->site];

	return site->first_event == seen->number ||
	       has_first_finding(site, seen->number) ||
	       has_first_failure(site, seen->event);
}

static enum rg_keep lot_of(const struct rg_event *event)
{
	if (event->error)
		return RG_KEEP_FAILED;
	return event->nr_findings ? RG_KEEP_FOUND : RG_KEEP_OTHER;
}

/* ------------------------------------------------------------- gathering */

static void add_spreads(struct rg_gather *gather, enum rg_path path,
			const struct rg_event *event)
{
	rg_spread_add(&gather->sizes[path], event->req.new_len);
	if (event->judged == RG_JUDGED_UNSEEN)
		return;
	rg_spread_add(&gather->durations[path], event->duration_ns);
	gather->ns[path] += event->duration_ns;
	gather->bytes_moved[path] += rg_event_moved_bytes(event);
}

static uint64_t time_of(struct rg_gather *gather, const struct rg_seen *seen)
{
	uint64_t now = seen->event->timestamp;

	if (!gather->nr_of_trace || gather->nr_of_trace != seen->trace + 1) {
		gather->nr_of_trace = seen->trace + 1;
		gather->first_ns = now;
	}
	return now < gather->first_ns ? 0 : now - gather->first_ns;
}

static void see_call(void *ctx, const struct rg_tally *tally,
		     const struct rg_seen *seen)
{
	struct rg_gather *gather = ctx;
	const struct rg_event *event = seen->event;
	enum rg_path path = event->judged == RG_JUDGED_UNSEEN ? RG_PATH_INVALID
							      : event->path;
	uint64_t at_ns = time_of(gather, seen);

	if (gather->until_ns < at_ns)
		gather->until_ns = at_ns;
	add_density(&gather->density, path, at_ns, event->req.new_len);
	add_spreads(gather, path, event);
	keep_slow(gather, seen, at_ns);
	if (is_first(tally, seen) && keep_first(gather, seen, at_ns))
		return;
	keep_drawn(gather, lot_of(event), seen, at_ns);
}

struct rg_gather *rg_gather_new(void)
{
	struct rg_gather *gather = rg_alloc(sizeof(*gather));

	for (int i = 0; i < RG_NR_KEEPS; i++)
		gather->lots[i].list =
			rg_alloc(room[i] * sizeof(struct rg_kept));
	gather->density.column_ns = FIRST_COLUMN_NS;
	gather->random = UINT64_C(0x9e3779b97f4a7c15);
	gather->watch = (struct rg_watch){ .call = see_call, .ctx = gather };
	return gather;
}

void rg_gather_free(struct rg_gather *gather)
{
	if (!gather)
		return;
	for (int i = 0; i < RG_NR_KEEPS; i++)
		free(gather->lots[i].list);
	free(gather->kept);
	free(gather);
}

static int compare_kept(const void *a, const void *b)
{
	const struct rg_kept *left = a;
	const struct rg_kept *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

void rg_gather_finish(struct rg_gather *gather)
{
	size_t nr = 0;

	for (int i = 0; i < RG_NR_KEEPS; i++)
		nr += gather->lots[i].nr;
	gather->kept = rg_alloc(nr * sizeof(*gather->kept));
	nr = 0;
	for (int i = 0; i < RG_NR_KEEPS; i++) {
		memcpy(gather->kept + nr, gather->lots[i].list,
		       gather->lots[i].nr * sizeof(*gather->kept));
		nr += gather->lots[i].nr;
	}
	qsort(gather->kept, nr, sizeof(*gather->kept), compare_kept);
	/* the slow ones may be there twice */
	for (size_t i = 0; i < nr; i++) {
		if (!i || gather->kept[i].number != gather->kept[i - 1].number)
			gather->kept[gather->nr_kept++] = gather->kept[i];
	}
}

uint64_t rg_gather_nr_kept(const struct rg_gather *gather, bool failed)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < gather->nr_kept; i++)
		nr += (gather->kept[i].event.error != 0) == failed;
	return nr;
}

uint64_t rg_gather_first_failed(const struct rg_gather *gather,
				const struct rg_reason *reason)
{
	for (size_t i = 0; i < gather->nr_kept; i++) {
		const struct rg_event *event = &gather->kept[i].event;

		if (event->error == reason->error &&
		    event->check == reason->check)
			return gather->kept[i].number;
	}
	return 0;
}

bool rg_gather_has(const struct rg_gather *gather, uint64_t number)
{
	struct rg_kept key = { .number = number };

	return number && bsearch(&key, gather->kept, gather->nr_kept,
				 sizeof(key), compare_kept);
}
