/* SPDX-License-Identifier: MIT */

#include "report/before-after.h"

#include <string.h>

static const char *const role_names[RG_NR_ROLES] = {
	[RG_ROLE_OTHER] = "other",	   [RG_ROLE_OLD] = "old",
	[RG_ROLE_MOVED] = "moved",	   [RG_ROLE_GROWN] = "grown",
	[RG_ROLE_COPY] = "copy",	   [RG_ROLE_EMPTY] = "empty",
	[RG_ROLE_DESTROYED] = "destroyed",
};

const char *rg_role_name(enum rg_role role)
{
	return (unsigned int)role < RG_NR_ROLES ? role_names[role] : NULL;
}

/* ---------------------------------------------------------------- ranges */

struct span {
	uint64_t start;
	uint64_t end;
};

/* Traces may say anything: a range that wraps ends at the top. */
static struct span span_of(uint64_t start, uint64_t len, uint64_t page_size)
{
	uint64_t mask = page_size - 1;
	uint64_t end = start + len;

	if (end < start || end + mask < end)
		end = UINT64_MAX & ~mask;
	return (struct span){ start, (end + mask) & ~mask };
}

static struct span old_span(const struct rg_event *event, uint64_t page_size)
{
	return span_of(event->req.addr, event->req.old_len, page_size);
}

static struct span dest_span(const struct rg_event *event, uint64_t page_size)
{
	return span_of(event->req.new_addr, event->req.new_len, page_size);
}

static struct span result_span(const struct rg_event *event, uint64_t page_size)
{
	return span_of(event->result, event->req.new_len, page_size);
}

static bool is_fixed(const struct rg_event *event)
{
	return event->req.flags & RG_MREMAP_FIXED;
}

static bool is_done(const struct rg_event *event)
{
	return !event->error && event->judged != RG_JUDGED_UNSEEN;
}

/* What the call cuts off or, moving, leaves behind of the old range. */
static struct span tail_span(const struct rg_event *event, uint64_t page_size)
{
	struct span old = old_span(event, page_size);
	struct span kept =
		span_of(event->req.addr, event->req.new_len, page_size);

	if (kept.end > old.end)
		kept.end = old.end;
	return (struct span){ kept.end, old.end };
}

/* -------------------------------------------------------------- the list */

static void insert(struct rg_places *places, const struct rg_placed *placed)
{
	size_t i = places->nr;

	if (placed->start >= placed->end || places->nr == RG_MAX_PLACED)
		return;
	for (; i && places->list[i - 1].start > placed->start; i--)
		places->list[i] = places->list[i - 1];
	places->list[i] = *placed;
	places->nr++;
}

/* Cut where a span begins or ends inside of something. */
static void cut(struct rg_places *places, uint64_t at)
{
	for (size_t i = 0; i < places->nr; i++) {
		struct rg_placed *placed = &places->list[i];
		struct rg_placed rest = *placed;

		if (at <= placed->start || at >= placed->end ||
		    places->nr == RG_MAX_PLACED)
			continue;
		placed->end = at;
		rest.start = at;
		insert(places, &rest);
		return;
	}
}

static bool within(const struct rg_placed *placed, struct span span)
{
	return placed->start >= span.start && placed->end <= span.end;
}

static void set_role(struct rg_places *places, struct span span,
		     enum rg_role role)
{
	cut(places, span.start);
	cut(places, span.end);
	for (size_t i = 0; i < places->nr; i++) {
		if (within(&places->list[i], span))
			places->list[i].role = role;
	}
}

static void drop(struct rg_places *places, struct span span)
{
	size_t nr = 0;

	cut(places, span.start);
	cut(places, span.end);
	for (size_t i = 0; i < places->nr; i++) {
		if (!within(&places->list[i], span))
			places->list[nr++] = places->list[i];
	}
	places->nr = nr;
}

static void put(struct rg_places *places, struct span span, enum rg_role role,
		bool assumed)
{
	struct rg_placed placed = { .start = span.start,
				    .end = span.end,
				    .role = role,
				    .assumed = assumed };

	drop(places, span);
	insert(places, &placed);
}

/* What was not seen of a span that must have been mapped. */
static void assume(struct rg_places *places, struct span span)
{
	uint64_t at = span.start;

	for (size_t i = 0; i < places->nr && at < span.end; i++) {
		struct rg_placed gap = { .start = at,
					 .end = places->list[i].start,
					 .assumed = true };

		if (places->list[i].end <= at)
			continue;
		if (gap.end > span.end)
			gap.end = span.end;
		at = places->list[i].end;
		if (gap.start < gap.end) {
			insert(places, &gap);
			i++;
		}
	}
	if (at < span.end)
		insert(places, &(struct rg_placed){ .start = at,
						    .end = span.end,
						    .assumed = true });
}

/* ---------------------------------------------------------------- before */

static void add_seen(struct rg_places *places, uint64_t start, uint64_t end,
		     uint32_t flags)
{
	struct rg_placed placed = { .start = start,
				    .end = end,
				    .flags = flags };

	for (size_t i = 0; i < places->nr; i++) {
		if (start < places->list[i].end && end > places->list[i].start)
			return;
	}
	insert(places, &placed);
}

static bool touches(const struct rg_event_vma *vma, struct span span)
{
	return vma->start <= span.end && vma->end >= span.start;
}

/* The source, and what was seen at or beside the old and the new range. */
static void add_vmas(struct rg_places *places, const struct rg_event *event,
		     uint64_t page_size)
{
	struct span old = old_span(event, page_size);
	struct span to = is_done(event) ? result_span(event, page_size)
					: dest_span(event, page_size);

	if (event->has_vma)
		add_seen(places, event->vma_start, event->vma_end,
			 event->vma_flags);
	for (uint8_t i = 0; i < event->nr_vmas; i++) {
		const struct rg_event_vma *vma = &event->vmas[i];

		if (touches(vma, old) || touches(vma, to))
			add_seen(places, vma->start, vma->end, vma->flags);
	}
}

/* A call of equal lengths that did nothing need not have named a mapping. */
static bool proves_mapped(const struct rg_event *event)
{
	return is_done(event) && event->path != RG_PATH_NO_RESIZE;
}

static void mapped_before(const struct rg_event *event, uint64_t page_size,
			  struct rg_places *ret_places)
{
	struct span old = old_span(event, page_size);

	*ret_places = (struct rg_places){ .nr = 0 };
	add_vmas(ret_places, event, page_size);
	if (proves_mapped(event) && event->path == RG_PATH_SHRINK)
		old.end = tail_span(event, page_size).start;
	if (proves_mapped(event))
		assume(ret_places, old);
	set_role(ret_places, old_span(event, page_size), RG_ROLE_OLD);
}

static bool destroys_dest(const struct rg_event *event)
{
	return (is_fixed(event) && is_done(event)) ||
	       event->damage & RG_DAMAGE_DEST_UNMAPPED;
}

static bool destroys_tail(const struct rg_event *event)
{
	if (event->damage & RG_DAMAGE_TAIL_UNMAPPED)
		return true;
	return is_done(event) && event->req.new_len < event->req.old_len &&
	       (event->path == RG_PATH_SHRINK || rg_path_moves(event->path));
}

void rg_places_before(const struct rg_event *event, uint64_t page_size,
		      struct rg_places *ret_places)
{
	mapped_before(event, page_size, ret_places);
	if (destroys_dest(event))
		set_role(ret_places, dest_span(event, page_size),
			 RG_ROLE_DESTROYED);
	if (destroys_tail(event))
		set_role(ret_places, tail_span(event, page_size),
			 RG_ROLE_DESTROYED);
	if (event->damage & RG_DAMAGE_SOURCE_UNMAPPED)
		set_role(ret_places, old_span(event, page_size),
			 RG_ROLE_DESTROYED);
}

/* ----------------------------------------------------------------- after */

/* Up to the old length the pages that were there, then new ones. */
static void put_new_range(struct rg_places *places,
			  const struct rg_event *event, uint64_t page_size)
{
	struct span all = result_span(event, page_size);
	struct span had = span_of(event->result, event->req.old_len, page_size);

	if (had.end < all.end)
		put(places, (struct span){ had.end, all.end }, RG_ROLE_GROWN,
		    false);
	if (had.end > all.end)
		had.end = all.end;
	put(places, had, RG_ROLE_MOVED, false);
}

static void apply(struct rg_places *places, const struct rg_event *event,
		  uint64_t page_size)
{
	struct span old = old_span(event, page_size);
	struct span all = result_span(event, page_size);

	switch (event->path) {
	case RG_PATH_INVALID:
	case RG_PATH_REFUSE:
	case RG_PATH_NO_RESIZE:
	case RG_PATH_SHRINK:
	case RG_NR_PATHS:
		return;
	case RG_PATH_EXPAND_IN_PLACE:
		put(places, (struct span){ old.end, all.end }, RG_ROLE_GROWN,
		    false);
		return;
	case RG_PATH_DUPLICATE:
		put(places, all, RG_ROLE_COPY, false);
		return;
	case RG_PATH_DONTUNMAP:
		set_role(places, old, RG_ROLE_EMPTY);
		put_new_range(places, event, page_size);
		return;
	case RG_PATH_MOVE:
	case RG_PATH_MULTI_MOVE:
		drop(places, old);
		put_new_range(places, event, page_size);
		return;
	}
}

static void drop_destroyed(struct rg_places *places)
{
	size_t nr = 0;

	for (size_t i = 0; i < places->nr; i++) {
		if (places->list[i].role != RG_ROLE_DESTROYED)
			places->list[nr++] = places->list[i];
	}
	places->nr = nr;
}

void rg_places_after(const struct rg_event *event, uint64_t page_size,
		     struct rg_places *ret_places)
{
	rg_places_before(event, page_size, ret_places);
	drop_destroyed(ret_places);
	if (is_done(event))
		apply(ret_places, event, page_size);
}

void rg_places_asked(const struct rg_event *event, uint64_t page_size,
		     struct rg_placed *ret_asked)
{
	struct span asked = is_fixed(event)
				    ? dest_span(event, page_size)
				    : span_of(event->req.addr,
					      event->req.new_len, page_size);

	*ret_asked =
		(struct rg_placed){ .start = asked.start, .end = asked.end };
}
