/* SPDX-License-Identifier: MIT */

#include "runtime/call.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/judge.h"
#include "runtime/modules.h"
#include "runtime/sys.h"
#include "runtime/trace.h"
#include "runtime/unwind.h"

static bool libc_refuses(enum rg_tier tier, const struct rg_request *req)
{
	return tier != RG_TIER_SYSCALL && rg_config.libc_tests_flags &&
	       req->flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS;
}

static int64_t real_call(const struct rg_request *req)
{
	return rg_sys_mremap(req->addr, req->old_len, req->new_len, req->flags,
			     req->new_addr);
}

static uint32_t saturate(uint64_t ticks)
{
	uint64_t ns = rg_clock_ticks_ns(ticks);

	return ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

/* The call itself, timed where someone will read it. */
static int64_t perform(struct rg_process *process, struct rg_event *event,
		       struct rg_moment *ret_end)
{
	bool timed = rg_trace_wanted(process);
	uint64_t begin = timed ? rg_clock_ticks() : 0;
	bool refused = libc_refuses(event->tier, &event->req);
	int64_t result = refused ? -EINVAL : real_call(&event->req);

	if (timed) {
		rg_trace_take_moment(process, ret_end);
		event->duration_ns =
			refused ? 0 : saturate(ret_end->ticks - begin);
	}
	return result;
}

/* ------------------------------------------------------------- counting */

static void add(uint64_t *counter, uint64_t n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

static void count(struct rg_slot *slot, const struct rg_event *event)
{
	add(&slot->paths[event->path], 1);
	if (event->error)
		add(&slot->failed, 1);
	if (event->agreement == RG_AGREE_MISMATCH && !event->racy)
		add(&slot->mismatches, 1);
	if (rg_path_moves(event->path))
		add(&slot->bytes_moved, rg_event_moved_bytes(event));
}

/* ------------------------------------------------------------ recording */

static void fill_result(struct rg_event *event, int64_t result)
{
	bool failed = rg_sys_failed(result);

	event->result = failed ? UINT64_MAX : (uint64_t)result;
	event->error = failed ? (uint8_t)-result : 0;
}

static void record(struct rg_process *process, const struct rg_moment *moment,
		   struct rg_event *event, uint64_t caller)
{
	if (!rg_trace_wanted(process))
		return;
	event->tid = rg_thread_id(process);
	event->nr_stack = (uint8_t)rg_unwind(process, caller, event->stack,
					     RG_EVENT_MAX_STACK);
	rg_modules_note(process, event->stack, event->nr_stack);
	rg_trace_append(process, moment, event);
}

/* --------------------------------------------------- before the constructor */

/*
 * A program may get here before our constructor: from the resolver of an
 * indirect function, say. There is nothing to record with yet, so the first
 * few wait here.
 */
#define MAX_EARLY 16

static struct {
	struct rg_event event;
	uint64_t caller;
} early[MAX_EARLY];

static uint32_t nr_early;

static int64_t make_early(enum rg_tier tier, const struct rg_request *req,
			  uint64_t caller)
{
	int64_t result = real_call(req);
	uint32_t at = __atomic_fetch_add(&nr_early, 1, __ATOMIC_RELAXED);

	if (at < MAX_EARLY) {
		early[at].event.tier = tier;
		early[at].event.req = *req;
		early[at].caller = caller;
		fill_result(&early[at].event, result);
	}
	return result;
}

void rg_call_flush_early(void)
{
	struct rg_process *process = nr_early ? rg_process() : NULL;
	const struct rg_moment unknown = { 0 };

	for (uint32_t i = 0; process && i < nr_early; i++) {
		struct rg_event *event = &early[i].event;
		int64_t result = event->error ? -(int64_t)event->error
					      : (int64_t)event->result;

		if (i >= MAX_EARLY) {
			add(&process->slot->paths[RG_PATH_INVALID], 1);
			rg_trace_lose(process, RG_LOST_EARLY);
			continue;
		}
		rg_judge_unplanned(&event->req, result, event);
		count(process->slot, event);
		event->tid = rg_thread_id(process);
		event->stack[0] = early[i].caller;
		event->nr_stack = 1;
		rg_modules_note(process, event->stack, 1);
		rg_trace_append(process, &unknown, event);
	}
}

int64_t rg_call_make(enum rg_tier tier, const struct rg_request *req,
		     uint64_t caller)
{
	struct rg_process *process = rg_process();
	struct rg_judgement judgement;
	struct rg_moment end;
	struct rg_event event;
	int64_t result;

	if (!process)
		return make_early(tier, req, caller);
	rg_event_clear(&event);
	event.tier = tier;
	event.req = *req;
	if (libc_refuses(tier, req))
		rg_judge_libc(&judgement);
	else
		rg_judge_before(process, req, &judgement);
	result = perform(process, &event, &end);
	fill_result(&event, result);
	rg_judge_after(process, &judgement, result, &event);
	count(process->slot, &event);
	record(process, &end, &event, caller);
	return result;
}
