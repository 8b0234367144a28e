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

/* Once, in the constructor. */
void rg_history_init(void);

/* May there be other threads? */
bool rg_has_threads(void);

#define RG_HISTORY_NO_PLACE (-1)

/*
 * Enter a call in the table of those in flight. Return: its place, or that it
 * has none; *ret_overlaps says whether another thread's meets it.
 */
int rg_history_enter(struct rg_process *process, const struct rg_request *req,
		     bool *ret_overlaps);
void rg_history_leave(struct rg_process *process, int place);

/* A call that has succeeded. */
struct rg_past {
	const struct rg_request *req;
	uint64_t result;
	uint64_t caller;
	enum rg_path path;
};

/* Use rg_history_note(), which knows what is not of interest. */
bool rg_history_note_growth(struct rg_process *process,
			    const struct rg_past *call);

/*
 * Return: whether the caller is found to creep, which is said once each time
 * it goes on for long.
 */
static inline bool rg_history_note(struct rg_process *process,
				   const struct rg_past *call)
{
	if (call->path == RG_PATH_NO_RESIZE || call->path == RG_PATH_SHRINK)
		return false;
	return rg_history_note_growth(process, call);
}

/* Did a call move what was at this address away? */
bool rg_history_moved_away(const struct rg_process *process, uint64_t addr);

#endif
