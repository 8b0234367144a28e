/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_TRACE_H
#define RG_RUNTIME_TRACE_H

#include "runtime/process.h"
#include "trace/event.h"

/* Does the process write a trace at all? */
static inline bool rg_trace_wanted(const struct rg_process *process)
{
	return process->slot != &process->own;
}

/* A moment, where its event belongs, and how far that stream was then. */
struct rg_moment {
	struct rg_stream *stream;
	struct rg_segment *segment;
	uint64_t state;
	uint64_t ticks;
	uint64_t time;
};

void rg_trace_take_moment(struct rg_process *process,
			  struct rg_moment *ret_moment);

/* Of a process without a trace, or when nobody has looked at the clock. */
static inline struct rg_moment rg_trace_no_moment(struct rg_process *process)
{
	return (struct rg_moment){ .stream = process->streams };
}

/* Where one event goes. */
struct rg_place {
	struct rg_segment *segment;
	uint64_t generation;
	uint8_t *base; /* of the segment */
	uint32_t offset;
	uint32_t size;
	uint64_t timestamp; /* the event's */
};

/*
 * Room for an event of so many bytes, which are zeroes. Its timestamp is the
 * moment's time, or, where others were appended since, now. Return: false
 * where there is none, and that is counted in the process's slot.
 */
bool rg_trace_reserve(struct rg_process *process,
		      const struct rg_moment *moment, uint32_t size,
		      struct rg_place *ret_place);

/* All of it is written but the mark. */
void rg_trace_commit(const struct rg_place *place, uint32_t mark);

/*
 * Put an event into the process's stream. Sets its timestamp: to the moment's
 * time, or, where others were appended since, to now. What cannot be recorded
 * is counted in the process's slot.
 */
void rg_trace_append(struct rg_process *process, const struct rg_moment *moment,
		     struct rg_event *event);

/* There may be no other segment: let the one in use be large. */
void rg_trace_make_room(struct rg_process *process);

/* Count an event that was lost before it could be appended. */
void rg_trace_lose(struct rg_process *process, enum rg_lost why);

/* Count a call of which nothing else is, in a slot or, where NULL, nowhere. */
void rg_trace_lose_call(struct rg_slot *slot, enum rg_lost why);

#endif
