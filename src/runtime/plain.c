/* SPDX-License-Identifier: MIT */

#include "runtime/plain.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/congruent.h"
#include "runtime/execute.h"
#include "runtime/history.h"
#include "runtime/modules.h"
#include "runtime/plugin.h"
#include "runtime/probes.h"
#include "runtime/quarantine.h"
#include "runtime/resettle.h"
#include "runtime/sys.h"
#include "runtime/unwind.h"
#include "runtime/verdict.h"

/* Which calls may be, by how the length changes. */
static bool resizes, grows, shrinks;

/* From this old length on, what grows may be put elsewhere. */
static uint64_t least_placed = UINT64_MAX;

/* Findings that are made of the arguments of calls that are not planned. */
static bool asks_of_arguments(void)
{
	return (RG_FINDING_BIT(RG_FINDING_UNALIGNED_LENGTH) |
		RG_FINDING_BIT(RG_FINDING_PAGE_SIZE_ASSUMPTION)) &
	       ~rg_config.ignored;
}

/* By what the options ask for before a call, or instead of it. */
void rg_plain_init(void)
{
	const struct rg_options *options = &rg_config.options;

	resizes = options->predict != RG_PREDICT_ALWAYS &&
		  !options->injections.nr && !rg_plugin_is_open() &&
		  !rg_quarantine_on && !asks_of_arguments();
	grows = resizes && options->move == RG_MOVE_KERNEL;
	shrinks = resizes && !options->preflight;
	least_placed = rg_resettle_least();
}

bool rg_plain_may_be(const struct rg_request *req)
{
	if (req->flags & ~(uint64_t)RG_MREMAP_MAYMOVE || req->new_addr ||
	    !rg_page_up(req->old_len))
		return false;
	if (req->new_len == req->old_len)
		return resizes;
	return req->new_len > req->old_len ? grows : shrinks;
}

/* As rg_path_observed(), of what may be plain. */
static enum rg_path path_of(const struct rg_request *req, int64_t result)
{
	uint64_t addr = req->addr & rg_config.limits.untag_mask;
	uint64_t old_len, new_len;

	if ((uint64_t)result != addr)
		return RG_PATH_MOVE;
	if (req->new_len == req->old_len)
		return RG_PATH_NO_RESIZE;
	old_len = rg_page_up(req->old_len);
	new_len = rg_page_up(req->new_len);
	if (new_len == old_len)
		return RG_PATH_NO_RESIZE;
	return new_len > old_len ? RG_PATH_EXPAND_IN_PLACE : RG_PATH_SHRINK;
}

/*
 * In one piece, as each page of code takes 1 us after a long range was written
 * to; and not in its caller, which keeps its registers.
 */
__attribute__((noinline, flatten)) static bool
is_left(const struct rg_request *req)
{
	return rg_resettle_leaves(req);
}

static int64_t make(struct rg_process *process, const struct rg_request *req)
{
	if (req->old_len >= least_placed && !is_left(req))
		return rg_execute_unplanned(process, req);
	return rg_execute_raw(req);
}

static void call_timed(struct rg_process *process, const struct rg_request *req,
		       struct rg_made *made)
{
	uint64_t begin = rg_clock_ticks();

	made->result = make(process, req);
	rg_trace_take_moment(process, &made->end);
	made->duration_ns = rg_clock_duration(made->end.ticks - begin);
}

static void call(struct rg_process *process, const struct rg_request *req,
		 struct rg_made *made)
{
	RG_PROBE_CALL(req);
	if (rg_trace_wanted(process)) {
		call_timed(process, req, made);
		return;
	}
	made->end.stream = process->streams;
	made->result = make(process, req);
}

/* For both ends: what is plain without a plan, and what was planned. */
#define INLINE __attribute__((always_inline)) static inline

/* One that moved much may be found slow. */
INLINE bool ended_plainly(struct rg_process *process,
			  const struct rg_past *past, struct rg_made *made)
{
	if (rg_verdict_may_be_slow(rg_path_moved_bytes(past->path, past->req),
				   past->req->addr, past->result)) {
		if (past->req->old_len >= least_placed)
			rg_congruent_learn(past->req, past->result);
		return false;
	}
	made->noted = true;
	made->creeps = rg_history_note(process, past);
	return !made->creeps;
}

INLINE void count(struct rg_slot *slot, const struct rg_past *past)
{
	__atomic_fetch_add(&slot->paths[past->path], 1, __ATOMIC_RELAXED);
	if (rg_path_moves(past->path))
		__atomic_fetch_add(&slot->bytes_moved,
				   rg_path_moved_bytes(past->path, past->req),
				   __ATOMIC_RELAXED);
}

INLINE void put(struct rg_process *process, enum rg_tier tier,
		const struct rg_past *past, const struct rg_made *made,
		const struct rg_plan *plan, const uint64_t *stack,
		uint8_t nr_stack)
{
	uint32_t size = rg_event_plain_size(past->req, plan) + 8u * nr_stack;
	struct rg_event_plain event;
	struct rg_place place;

	if (!rg_trace_reserve(process, &made->end, size, &place))
		return;
	event = (struct rg_event_plain){
		.timestamp = place.timestamp,
		.req = past->req,
		.plan = plan,
		.result = past->result,
		.duration_ns = made->duration_ns,
		.tier = tier,
		.path = past->path,
		.stack = stack,
		.nr_stack = nr_stack,
	};
	rg_event_encode_plain(&event, place.base + place.offset);
	rg_trace_commit(&place, rg_thread_id(process));
}

/* In one piece, each: what is passed on inside stays in registers. */
__attribute__((flatten, noinline)) static void
write_unplanned(struct rg_process *process, enum rg_tier tier,
		const struct rg_past *past, const struct rg_made *made,
		const uint64_t *stack, uint8_t nr_stack)
{
	put(process, tier, past, made, NULL, stack, nr_stack);
}

__attribute__((flatten, noinline)) static void
write_planned(struct rg_process *process, enum rg_tier tier,
	      const struct rg_past *past, const struct rg_made *made,
	      const uint64_t *stack, uint8_t nr_stack)
{
	put(process, tier, past, made, made->plan, stack, nr_stack);
}

INLINE void write_down(struct rg_process *process, enum rg_tier tier,
		       const struct rg_past *past, const struct rg_made *made,
		       const uint64_t *stack, uint8_t nr_stack)
{
	if (made->plan)
		write_planned(process, tier, past, made, stack, nr_stack);
	else
		write_unplanned(process, tier, past, made, stack, nr_stack);
}

/* Out of line: it has a stack's worth of its own. */
__attribute__((noinline)) static void
record_with_callers(struct rg_process *process, enum rg_tier tier,
		    const struct rg_past *past, const struct rg_made *made)
{
	uint64_t stack[RG_EVENT_MAX_STACK];
	bool noted;
	size_t nr = rg_unwind(process, past->caller, stack, &noted);

	if (!noted)
		rg_modules_note(process, stack, nr);
	write_down(process, tier, past, made, stack, (uint8_t)nr);
}

INLINE void record(struct rg_process *process, enum rg_tier tier,
		   const struct rg_past *past, const struct rg_made *made,
		   const struct rg_plan *plan)
{
	if (!rg_trace_wanted(process))
		rg_trace_lose_call(process->heir, RG_LOST_SETUP);
	else if (rg_config.stacks == RG_STACKS_NONE &&
		 rg_modules_holds(process, past->caller))
		put(process, tier, past, made, plan, &past->caller, 1);
	else
		record_with_callers(process, tier, past, made);
}

INLINE bool end(struct rg_process *process, enum rg_tier tier,
		const struct rg_past *past, struct rg_made *made,
		const struct rg_plan *plan)
{
	if (!ended_plainly(process, past, made))
		return false;
	count(made->end.stream->slot, past);
	record(process, tier, past, made, plan);
	RG_PROBE_RETURN(past->req->addr, made->result, past->path,
			RG_CHECK_NONE, 0);
	return true;
}

__attribute__((flatten)) bool rg_plain_make(struct rg_process *process,
					    enum rg_tier tier,
					    const struct rg_request *req,
					    uint64_t caller, int place,
					    struct rg_made *ret_made)
{
	struct rg_past past;

	ret_made->noted = false;
	ret_made->creeps = false;
	ret_made->plan = NULL;
	call(process, req, ret_made);
	rg_history_leave(process, place);
	if (rg_sys_failed(ret_made->result))
		return false;
	past = (struct rg_past){ req, (uint64_t)ret_made->result, caller,
				 path_of(req, ret_made->result) };
	return end(process, tier, &past, ret_made, NULL);
}

__attribute__((flatten)) bool rg_plain_end(struct rg_process *process,
					   enum rg_tier tier,
					   const struct rg_request *req,
					   uint64_t caller,
					   struct rg_made *made)
{
	const struct rg_past past = { req, (uint64_t)made->result, caller,
				      made->plan->path };

	return end(process, tier, &past, made, made->plan);
}
