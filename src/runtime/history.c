/* SPDX-License-Identifier: MIT */

#include "runtime/history.h"

#include "runtime/config.h"

extern char __libc_single_threaded __attribute__((weak));

bool rg_has_threads(void)
{
	return !&__libc_single_threaded || !__libc_single_threaded;
}

static bool meet(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
	return a < b_end && b < a_end;
}

static uint64_t end_of(uint64_t start, uint64_t len)
{
	return start + len < start ? UINT64_MAX : start + len;
}

/* ------------------------------------------------------ calls in flight */

static struct rg_in_flight in_flight_of(const struct rg_request *req,
					uint32_t tid)
{
	uint64_t longer =
		req->old_len > req->new_len ? req->old_len : req->new_len;
	struct rg_in_flight call = {
		.start = req->addr,
		.end = end_of(req->addr, longer),
		.tid = tid,
		.frame = (uint64_t)(uintptr_t)__builtin_frame_address(0),
	};

	if (req->flags & RG_MREMAP_FIXED) {
		call.to = req->new_addr;
		call.to_end = end_of(req->new_addr, req->new_len);
	}
	return call;
}

static bool calls_meet(const struct rg_in_flight *a,
		       const struct rg_in_flight *b)
{
	return meet(a->start, a->end, b->start, b->end) ||
	       meet(a->to, a->to_end, b->start, b->end) ||
	       meet(a->start, a->end, b->to, b->to_end) ||
	       meet(a->to, a->to_end, b->to, b->to_end);
}

/*
 * A handler that jumped out of a call of ours has left its place taken. The
 * thread's next call from higher up its stack shows that it is gone.
 */
static bool was_left(const struct rg_in_flight *other,
		     const struct rg_in_flight *call)
{
	return other->tid == call->tid && other->frame <= call->frame;
}

static bool meets_others(struct rg_process *process, uint64_t others,
			 const struct rg_in_flight *call)
{
	bool found = false;

	for (; others; others &= others - 1) {
		int at = __builtin_ctzll(others);
		struct rg_in_flight other = process->in_flight[at];

		if (was_left(&other, call))
			rg_history_leave(process, at);
		else if (other.tid != call->tid && calls_meet(&other, call))
			found = true;
	}
	return found;
}

int rg_history_enter(struct rg_process *process, const struct rg_request *req,
		     bool *ret_overlaps)
{
	struct rg_in_flight call = in_flight_of(req, rg_thread_id(process));
	uint64_t taken = atomic_load(&process->places_taken);
	int place;

	*ret_overlaps = false;
	do {
		if (!~taken)
			return RG_HISTORY_NO_PLACE;
		place = __builtin_ctzll(~taken);
	} while (!atomic_compare_exchange_weak(&process->places_taken, &taken,
					       taken | UINT64_C(1) << place));
	process->in_flight[place] = call;
	/* whoever comes later sees this one */
	atomic_fetch_or(&process->in_flight_places, UINT64_C(1) << place);
	*ret_overlaps = meets_others(process,
				     atomic_load(&process->in_flight_places) &
					     ~(UINT64_C(1) << place),
				     &call);
	return place;
}

void rg_history_leave(struct rg_process *process, int place)
{
	if (place == RG_HISTORY_NO_PLACE)
		return;
	atomic_fetch_and(&process->in_flight_places, ~(UINT64_C(1) << place));
	atomic_fetch_and(&process->places_taken, ~(UINT64_C(1) << place));
}

/* ----------------------------------------------------- ranges moved away */

static void note_moved(struct rg_process *process, const struct rg_past *call)
{
	uint32_t at = atomic_fetch_add_explicit(&process->nr_moved, 1,
						memory_order_relaxed) %
		      RG_MAX_MOVED;
	uint64_t len = rg_path_moved_bytes(call->path, call->req);

	__atomic_store_n(&process->moved[at].len, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&process->moved[at].start, call->req->addr,
			 __ATOMIC_RELEASE);
	__atomic_store_n(&process->moved[at].len, len, __ATOMIC_RELEASE);
}

bool rg_history_moved_away(const struct rg_process *process, uint64_t addr)
{
	for (int i = 0; i < RG_MAX_MOVED; i++) {
		uint64_t len = __atomic_load_n(&process->moved[i].len,
					       __ATOMIC_ACQUIRE);
		uint64_t start = __atomic_load_n(&process->moved[i].start,
						 __ATOMIC_RELAXED);

		if (addr - start < len)
			return true;
	}
	return false;
}

/* -------------------------------------------------------- creeping growth */

/* So many steps in a row of one mapping, most of which moved it. */
#define CREEPING_STEPS 16

static bool is_small_step(const struct rg_request *req)
{
	return req->new_len - req->old_len <= req->old_len / 4;
}

static bool note_step(struct rg_process *process, const struct rg_past *call)
{
	struct rg_grower *grower =
		&process->growers[(call->caller >> 2) % RG_MAX_GROWERS];
	bool goes_on = grower->last == call->req->addr &&
		       grower->caller == call->caller &&
		       is_small_step(call->req);
	bool moved = call->path != RG_PATH_EXPAND_IN_PLACE;
	bool creeps;

	grower->last = call->result;
	if (!goes_on) {
		grower->caller = call->caller;
		grower->steps = 1;
		grower->moves = moved;
		return false;
	}
	grower->moves += moved;
	if (++grower->steps < CREEPING_STEPS)
		return false;
	creeps = grower->moves > CREEPING_STEPS / 2;
	grower->steps = 0;
	grower->moves = 0;
	return creeps;
}

bool rg_history_note_growth(struct rg_process *process,
			    const struct rg_past *call)
{
	if (call->path == RG_PATH_EXPAND_IN_PLACE)
		return note_step(process, call);
	if (call->path != RG_PATH_MOVE && call->path != RG_PATH_MULTI_MOVE)
		return false;
	note_moved(process, call);
	return call->req->new_len > call->req->old_len &&
	       note_step(process, call);
}
