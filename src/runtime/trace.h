/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_TRACE_H
#define RG_RUNTIME_TRACE_H

#include "runtime/process.h"
#include "trace/event.h"

/* Does the process write a trace at all? */
bool rg_trace_wanted(const struct rg_process *process);

/* A moment, and how far the stream was then. */
struct rg_moment {
	const struct rg_segment *segment;
	uint64_t state;
	uint64_t ticks;
	uint64_t time;
};

void rg_trace_take_moment(struct rg_process *process,
			  struct rg_moment *ret_moment);

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

#endif
