/* SPDX-License-Identifier: MIT */

#include "runtime/call.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/execute.h"
#include "runtime/history.h"
#include "runtime/inject.h"
#include "runtime/keep.h"
#include "runtime/message.h"
#include "runtime/modules.h"
#include "runtime/plain.h"
#include "runtime/plugin.h"
#include "runtime/probes.h"
#include "runtime/quarantine.h"
#include "runtime/relocate.h"
#include "runtime/sys.h"
#include "runtime/trace.h"
#include "runtime/unwind.h"
#include "runtime/verdict.h"

static bool libc_refuses(enum rg_tier tier, const struct rg_request *req)
{
	return tier != RG_TIER_SYSCALL && rg_config.libc_tests_flags &&
	       req->flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS;
}

/* What the program gets of a call that is stopped. */
static int64_t stopped_result(const struct rg_verdict *verdict)
{
	return verdict->kind == RG_VERDICT_ABORT ? -ECANCELED : -verdict->error;
}

/* The call itself, timed where someone will read it. */
static struct rg_made perform(struct rg_process *process,
			      struct rg_judgement *judgement, bool refused,
			      const struct rg_request *req)
{
	bool timed = rg_trace_wanted(process);
	uint64_t begin = timed ? rg_clock_ticks() : 0;
	bool stopped = rg_verdict_stops(judgement->verdict.kind);
	struct rg_made made = { .plan = &judgement->plan };

	if (stopped)
		made.result = stopped_result(&judgement->verdict);
	else if (refused)
		made.result = -EINVAL;
	else
		made.result = rg_execute(process, judgement, req);
	if (timed)
		rg_trace_take_moment(process, &made.end);
	else
		made.end = rg_trace_no_moment(process);
	if (timed && !stopped && !refused)
		made.duration_ns = rg_clock_duration(made.end.ticks - begin);
	return made;
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
	if (rg_verdict_denies(event->verdict))
		add(&slot->denied, 1);
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

/* Without stacks the caller alone is nearly always in an object just met. */
static void note_callers(struct rg_process *process, struct rg_event *event,
			 uint64_t caller)
{
	bool noted = false;

	if (rg_config.stacks == RG_STACKS_NONE &&
	    rg_modules_holds(process, caller)) {
		event->stack[0] = caller;
		event->nr_stack = 1;
		return;
	}
	/* the verdict may have asked for it already */
	if (!event->nr_stack)
		event->nr_stack = (uint8_t)rg_unwind(process, caller,
						     event->stack, &noted);
	if (!noted)
		rg_modules_note(process, event->stack, event->nr_stack);
}

/* Nearly all others need no explanation, and are to stay short. */
static bool wants_explanation(const struct rg_event *event)
{
	return event->error || event->nr_findings;
}

static void record(struct rg_process *process, const struct rg_moment *moment,
		   struct rg_event *event, uint64_t caller)
{
	if (!rg_trace_wanted(process)) {
		rg_trace_lose_call(process->heir, RG_LOST_SETUP);
		return;
	}
	event->tid = rg_thread_id(process);
	note_callers(process, event, caller);
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
	int64_t result = rg_execute_raw(req);
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

	/* they had no cookie yet, so the supervisor has recorded them */
	if (rg_config.tiers[RG_TIER_SUPERVISOR] == RG_TIER_WORKS)
		return;

	for (uint32_t i = 0; process && i < nr_early; i++) {
		const struct rg_moment unknown = rg_trace_no_moment(process);
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

/* ----------------------------------------------------------- one call */

__attribute__((noinline)) static void
end_stopped(const struct rg_process *process, const struct rg_verdict *verdict)
{
	/* none where a plugin denied */
	const struct rg_finding_info *info = rg_finding_info(verdict->finding);

	if (verdict->kind == RG_VERDICT_ABORT || rg_config.options.verbose)
		rg_message_stop(info ? info->id : "plugin",
				info ? info->sentence : "denied the call");
	if (verdict->kind == RG_VERDICT_ABORT)
		rg_execute_abort(process);
}

/* Others that are in flight count only where there are threads. */
static int enter(struct rg_process *process, const struct rg_request *req,
		 uint32_t *facts)
{
	bool overlaps;
	int place;

	if (!rg_has_threads())
		return RG_HISTORY_NO_PLACE;
	place = rg_history_enter(process, req, &overlaps);
	if (overlaps)
		*facts |= RG_FACT_OVERLAPPING_CALL;
	return place;
}

/* What is not going to be made cannot be made to fail. */
static bool wants_injection(bool refused, const struct rg_judgement *judgement)
{
	return rg_config.options.injections.nr && !refused &&
	       judgement->verdict.kind == RG_VERDICT_ALLOW;
}

/* As if nothing were held in quarantine. */
static void judge_before(struct rg_process *process,
			 const struct rg_request *req, uint64_t caller,
			 const struct rg_vma_answer *ahead,
			 struct rg_judgement *ret_judgement)
{
	if (rg_keep_wanted())
		rg_keep_make_way(process, req, caller);
	rg_judge_before(process, req, ahead, ret_judgement);
}

/* The call has been made, or stopped, or need not be made. */
static void finish(struct rg_process *process, struct rg_judgement *judgement,
		   const struct rg_made *made, uint64_t caller,
		   struct rg_event *event)
{
	int64_t result = made->result;

	if (rg_trace_wanted(process))
		event->duration_ns = made->duration_ns;
	fill_result(event, result);
	if (rg_verdict_stops(judgement->verdict.kind))
		rg_judge_stopped(judgement, event);
	else
		rg_judge_after(process, judgement, result, event);
	rg_verdict_after(process, caller, judgement, result, event);
	if (wants_explanation(event))
		rg_judge_sight(judgement, event);
	count(made->end.stream->slot, event);
	record(process, &made->end, event, caller);
	if (judgement->ticket != RG_NO_TICKET)
		rg_quarantine_describe(judgement->ticket, event);
	RG_PROBE_RETURN(event->req.addr, result, event->path, event->check,
			event->nr_findings);
	rg_plugin_after(process, event, caller, judgement, result);
	if (rg_verdict_denies(judgement->verdict.kind))
		end_stopped(process, &judgement->verdict);
}

static void begin_event(enum rg_tier tier, const struct rg_request *req,
			struct rg_event *event)
{
	rg_event_clear(event);
	event->timestamp = 0; /* until it is appended */
	event->tier = tier;
	event->req = *req;
}

/* As planned, and nothing is to be said of it. */
static bool ended_as_planned(const struct rg_judgement *judgement,
			     const struct rg_request *req, int64_t result)
{
	return judgement->planned && !judgement->findings &&
	       judgement->verdict.kind == RG_VERDICT_ALLOW &&
	       !rg_sys_failed(result) && !(req->flags >> 32) &&
	       !rg_plugin_is_open() && !rg_keep_wanted() &&
	       rg_plan_compare(&judgement->plan, req, result) == RG_AGREE_YES;
}

/* It is no longer to be asked of its history. */
static void take_history(const struct rg_made *made,
			 struct rg_judgement *judgement)
{
	judgement->noted |= made->noted;
	if (made->creeps)
		judgement->facts |= RG_FACT_CREEPING;
}

/* Growing calls do not move it. */
static void leave_vdso(const struct rg_request *req)
{
	if (!(req->flags & (RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP)))
		return;
	rg_clock_leave_vdso(req->addr, req->old_len);
	rg_clock_leave_vdso(req->new_addr, req->new_len);
}

/* Out of line, as what follows: plain calls need not make room for this. */
__attribute__((noinline)) static int64_t
make_judged(struct rg_process *process, enum rg_tier tier,
	    const struct rg_request *asked, uint64_t caller,
	    const struct rg_vma_answer *ahead)
{
	struct rg_request req = rg_relocate_request(asked);
	bool refused = libc_refuses(tier, asked);
	struct rg_judgement judgement;
	struct rg_event event;
	struct rg_made made;
	int place;

	begin_event(tier, &req, &event);
	if (refused)
		rg_judge_libc(&judgement);
	else
		judge_before(process, &event.req, caller, ahead, &judgement);
	place = enter(process, &event.req, &judgement.facts);
	RG_PROBE_CALL(&event.req);
	rg_verdict_before(process, &event, caller, &judgement);
	rg_plugin_before(process, &event, caller, &judgement);
	if (wants_injection(refused, &judgement))
		rg_inject(process, &event, caller, &judgement);
	leave_vdso(&event.req);
	made = perform(process, &judgement, refused, &event.req);
	rg_history_leave(process, place);
	if (ended_as_planned(&judgement, &event.req, made.result) &&
	    rg_plain_end(process, tier, &event.req, caller, &made))
		return made.result;
	take_history(&made, &judgement);
	finish(process, &judgement, &made, caller, &event);
	return made.result;
}

static bool looks_ahead(struct rg_process *process, enum rg_tier tier,
			const struct rg_request *req)
{
	return rg_judge_looks(req) && !rg_keep_wanted() &&
	       !libc_refuses(tier, req) && rg_vma_query_fd(process) >= 0;
}

/* One that is planned: all of it lies between this look and the call. */
__attribute__((noinline)) static int64_t
make_looked_at(struct rg_process *process, enum rg_tier tier,
	       const struct rg_request *req, uint64_t caller)
{
	struct rg_vma_answer ahead;

	rg_vma_query_ask(rg_vma_query_fd(process),
			 req->addr & rg_config.limits.untag_mask, &ahead);
	return make_judged(process, tier, req, caller, &ahead);
}

/* A call that was plain until it was made. */
__attribute__((noinline)) static void finish_made(struct rg_process *process,
						  enum rg_tier tier,
						  const struct rg_request *req,
						  uint64_t caller,
						  const struct rg_made *made)
{
	struct rg_judgement judgement;
	struct rg_event event;

	begin_event(tier, req, &event);
	rg_judge_nothing(&judgement);
	take_history(made, &judgement);
	finish(process, &judgement, made, caller, &event);
}

static int64_t make_plain(struct rg_process *process, enum rg_tier tier,
			  const struct rg_request *req, uint64_t caller,
			  int place)
{
	struct rg_made made;

	if (!rg_plain_make(process, tier, req, caller, place, &made))
		finish_made(process, tier, req, caller, &made);
	return made.result;
}

int64_t rg_call_make(enum rg_tier tier, const struct rg_request *req,
		     uint64_t caller)
{
	struct rg_process *process = rg_process();
	uint32_t facts = 0;
	int place;

	if (!process)
		return make_early(tier, req, caller);
	if (rg_plain_may_be(req)) {
		place = enter(process, req, &facts);
		if (!facts)
			return make_plain(process, tier, req, caller, place);
		rg_history_leave(process, place);
	}
	if (looks_ahead(process, tier, req))
		return make_looked_at(process, tier, req, caller);
	return make_judged(process, tier, req, caller, NULL);
}

int64_t rg_call_make_unseen(const struct rg_request *req)
{
	struct rg_process *process = rg_process();
	int64_t result = rg_execute_raw(req);

	if (process)
		rg_trace_lose_call(rg_trace_wanted(process) ? process->slot
							    : process->heir,
				   RG_LOST_STACK);
	return result;
}
