/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_TRACE_H
#define RG_RUNTIME_TRACE_H

#include "runtime/process.h"
#include "trace/event.h"

/* Does the process write a trace at all? */
bool rg_trace_wanted(const struct rg_process *process);

/*
 * Put an event into the process's stream. Sets its timestamp. What cannot be
 * recorded is counted in the process's slot.
 */
void rg_trace_append(struct rg_process *process, struct rg_event *event);

/* Count an event that was lost before it could be appended. */
void rg_trace_lose(struct rg_process *process, enum rg_lost why);

#endif
