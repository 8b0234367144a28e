/* SPDX-License-Identifier: MIT */

#include "report/pending.h"

#include "report/alloc.h"

#include <stdlib.h>
#include <string.h>

/*
 * What of an event is kept: a head, and these ranges of its bytes, one behind
 * the other. How long they are, the first tells.
 */
#define MAX_PIECES 4
#define PIECES_WITHOUT_SIGHT 2

struct piece {
	size_t at;
	size_t len;
};

struct head {
	uint64_t time;
	enum rg_ctf_stream kind;
	uint32_t nr_pieces;
};

#define AT(member) offsetof(struct rg_read_event, member)

static void pieces_of_access(const struct rg_access *access,
			     struct piece pieces[MAX_PIECES])
{
	pieces[1] = (struct piece){ AT(access.registers),
				    8u * access->nr_registers };
	pieces[2] = (struct piece){ AT(access.stack), 8u * access->nr_stack };
	pieces[3] = (struct piece){ AT(access.move), sizeof(access->move) };
}

static void pieces_of_call(const struct rg_event *call,
			   struct piece pieces[MAX_PIECES])
{
	pieces[1] = (struct piece){ AT(call.stack), 8u * call->nr_stack };
	pieces[2] = (struct piece){ AT(call.vmas),
				    call->nr_vmas * sizeof(call->vmas[0]) };
	pieces[3] = (struct piece){ AT(call.limits), sizeof(call->limits) };
}

static struct piece first_piece(enum rg_ctf_stream kind)
{
	return (struct piece){ 0, kind == RG_CTF_STREAM_ACCESSES
					  ? AT(access.registers)
					  : AT(call.stack) };
}

static void find_pieces(const struct rg_read_event *event,
			struct piece pieces[MAX_PIECES])
{
	pieces[0] = first_piece(event->source.kind);
	if (event->source.kind == RG_CTF_STREAM_ACCESSES)
		pieces_of_access(&event->access, pieces);
	else
		pieces_of_call(&event->call, pieces);
}

static struct head head_of(const struct rg_read_event *event)
{
	const struct rg_event *call = &event->call;
	bool short_one = event->source.kind == RG_CTF_STREAM_CALLS &&
			 !call->nr_vmas && !call->limits.known;

	return (struct head){
		.time = rg_read_event_time(event),
		.kind = event->source.kind,
		.nr_pieces = short_one ? PIECES_WITHOUT_SIGHT : MAX_PIECES,
	};
}

uint64_t rg_read_event_time(const struct rg_read_event *event)
{
	return event->source.kind == RG_CTF_STREAM_ACCESSES
		       ? event->access.timestamp
		       : event->call.timestamp;
}

static void append(struct rg_pending *pending, const void *bytes, size_t len)
{
	memcpy(pending->bytes + pending->end, bytes, len);
	pending->end += len;
}

static void take(struct rg_pending *pending, void *ret_bytes, size_t len)
{
	memcpy(ret_bytes, pending->bytes + pending->start, len);
	pending->start += len;
}

/* Room for one more, whatever it is. */
static void make_room(struct rg_pending *pending)
{
	size_t most = sizeof(struct head) + sizeof(struct rg_read_event);

	if (rg_pending_is_empty(pending))
		pending->start = pending->end = 0;
	if (pending->end + most <= pending->capacity)
		return;
	pending->capacity = pending->end + most;
	pending->bytes = rg_grow(pending->bytes, pending->capacity, 1);
}

void rg_pending_put(struct rg_pending *pending,
		    const struct rg_read_event *event)
{
	struct head head = head_of(event);
	struct piece pieces[MAX_PIECES];

	make_room(pending);
	find_pieces(event, pieces);
	append(pending, &head, sizeof(head));
	for (uint32_t i = 0; i < head.nr_pieces; i++)
		append(pending, (const uint8_t *)event + pieces[i].at,
		       pieces[i].len);
}

bool rg_pending_is_empty(const struct rg_pending *pending)
{
	return pending->start == pending->end;
}

uint64_t rg_pending_time(const struct rg_pending *pending)
{
	struct head head;

	memcpy(&head, pending->bytes + pending->start, sizeof(head));
	return head.time;
}

void rg_pending_take(struct rg_pending *pending,
		     struct rg_read_event *ret_event)
{
	uint8_t *bytes = (uint8_t *)ret_event;
	struct piece pieces[MAX_PIECES];
	struct head head;

	take(pending, &head, sizeof(head));
	take(pending, bytes, first_piece(head.kind).len);
	find_pieces(ret_event, pieces);
	for (uint32_t i = 1; i < head.nr_pieces; i++)
		take(pending, bytes + pieces[i].at, pieces[i].len);
	if (head.nr_pieces == PIECES_WITHOUT_SIGHT)
		ret_event->call.limits.known = 0;
}

void rg_pending_deinit(struct rg_pending *pending)
{
	free(pending->bytes);
	*pending = (struct rg_pending){ 0 };
}
