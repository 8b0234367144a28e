/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_HISTORY_H
#define RG_RUNTIME_HISTORY_H

/*
 * What one call has to know of others: those in flight in other threads, the
 * ranges that earlier ones moved away, and how a caller has grown its mapping
 * so far. Fixed tables without locks: what does not fit is not remembered,
 * and a finding goes unsaid.
 */

#include "runtime/process.h"
#include "trace/event.h"

/* May there be other threads? */
bool rg_has_threads(void);

/*
 * Enter a call in the table of those in flight. Return: its place, or -1
 * where it has none; *ret_overlaps says whether another thread's meets it.
 */
int rg_history_enter(struct rg_process *process, const struct rg_request *req,
		     bool *ret_overlaps);
void rg_history_leave(struct rg_process *process, int place);

/*
 * A call has succeeded. Return: whether its caller is found to creep, which
 * is said once each time it goes on for long.
 */
bool rg_history_note(struct rg_process *process, const struct rg_event *event,
		     uint64_t caller);

/* Did a call move what was at this address away? */
bool rg_history_moved_away(const struct rg_process *process, uint64_t addr);

#endif
