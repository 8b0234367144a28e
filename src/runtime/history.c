/* SPDX-License-Identifier: MIT */

#include "runtime/history.h"

#include "runtime/config.h"

extern char __libc_single_threaded __attribute__((weak));

/* Before glibc 2.32 nobody says. */
static const char unsaid;
static const char *is_single_threaded = &unsaid;

void rg_history_init(void)
{
	if (&__libc_single_threaded)
		is_single_threaded = &__libc_single_threaded;
}

bool rg_has_threads(void)
{
	return !*(const volatile char *)is_single_threaded;
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

/*
 * Threads show their calls to each other, and hardly ever have to look. Each
 * call has a place that nobody else writes to meanwhile, and each place has a
 * claim: ranges that its thread's calls have been within, which outlive them.
 *
 *     show the call; fence;
 *     within the claim, and no claim is newer than the last look around?  done
 *     else claim, where it is not within; one version more; look around:
 *     of all places whose claims meet ours, does the call there meet ours?
 *
 * Of two calls that meet, one looks at the other. Their claims meet. Whoever
 * claimed first has an older version seen than the other's claim made, and so
 * looks around at its next call; whoever finds a claim that meets its own looks
 * around at every call. And of two that look, each has shown itself before.
 */

static struct rg_ranges ranges_of(const struct rg_request *req)
{
	uint64_t longer =
		req->old_len > req->new_len ? req->old_len : req->new_len;
	struct rg_ranges ranges = {
		.start = req->addr,
		.end = end_of(req->addr, longer),
	};

	if (req->flags & RG_MREMAP_FIXED) {
		ranges.to = req->new_addr;
		ranges.to_end = end_of(req->new_addr, req->new_len);
	}
	return ranges;
}

static bool ranges_meet(const struct rg_ranges *a, const struct rg_ranges *b)
{
	return meet(a->start, a->end, b->start, b->end) ||
	       meet(a->to, a->to_end, b->start, b->end) ||
	       meet(a->start, a->end, b->to, b->to_end) ||
	       meet(a->to, a->to_end, b->to, b->to_end);
}

static bool are_within(const struct rg_ranges *ranges,
		       const struct rg_ranges *claim)
{
	return ranges->start >= claim->start && ranges->end <= claim->end &&
	       (ranges->to >= ranges->to_end ||
		(ranges->to >= claim->to && ranges->to_end <= claim->to_end));
}

/* Word by word: who reads meanwhile may see some of each. */
static void put(struct rg_ranges *to, const struct rg_ranges *from)
{
	__atomic_store_n(&to->start, from->start, __ATOMIC_RELAXED);
	__atomic_store_n(&to->end, from->end, __ATOMIC_RELAXED);
	__atomic_store_n(&to->to, from->to, __ATOMIC_RELAXED);
	__atomic_store_n(&to->to_end, from->to_end, __ATOMIC_RELAXED);
}

static struct rg_ranges get(const struct rg_ranges *from)
{
	return (struct rg_ranges){
		.start = __atomic_load_n(&from->start, __ATOMIC_RELAXED),
		.end = __atomic_load_n(&from->end, __ATOMIC_RELAXED),
		.to = __atomic_load_n(&from->to, __ATOMIC_RELAXED),
		.to_end = __atomic_load_n(&from->to_end, __ATOMIC_RELAXED),
	};
}

static uint32_t hide(struct rg_in_flight *place)
{
	uint32_t number =
		atomic_load_explicit(&place->number, memory_order_relaxed) | 1;

	atomic_store_explicit(&place->number, number, memory_order_relaxed);
	return number;
}

static void show(struct rg_in_flight *place, const struct rg_ranges *ranges,
		 uint64_t frame)
{
	uint32_t number = hide(place);

	atomic_thread_fence(memory_order_release);
	put(&place->ranges, ranges);
	place->frame = frame;
	atomic_store_explicit(&place->number, number + 1, memory_order_release);
}

/* Return: whether a call of another thread is shown there that meets ours. */
static bool shows_one(const struct rg_in_flight *place, uint32_t tid,
		      const struct rg_ranges *ranges)
{
	uint32_t number = atomic_load(&place->number);
	uint32_t whose = atomic_load(&place->tid);
	struct rg_ranges there = get(&place->ranges);

	atomic_thread_fence(memory_order_acquire);
	return !(number & 1) && whose && whose != tid &&
	       number == atomic_load(&place->number) &&
	       whose == atomic_load(&place->tid) && ranges_meet(&there, ranges);
}

/*
 * A handler that jumped out of a call of ours has left its place taken. The
 * thread's next call from higher up its stack shows that it is gone.
 */
static bool was_left(const struct rg_in_flight *place, uint32_t tid,
		     uint64_t frame)
{
	return atomic_load(&place->tid) == tid && place->frame <= frame;
}

/* Nearly always the first that is tried: each thread has one to begin with. */
static int take_place(struct rg_process *process, uint32_t tid, uint64_t frame)
{
	for (uint32_t i = 0; i < RG_MAX_IN_FLIGHT; i++) {
		uint32_t at = (tid + i) % RG_MAX_IN_FLIGHT;
		struct rg_in_flight *place = &process->in_flight[at];
		uint32_t nobody = 0;

		if (atomic_compare_exchange_strong(&place->tid, &nobody, tid) ||
		    was_left(place, tid, frame))
			return (int)at;
	}
	return RG_HISTORY_NO_PLACE;
}

static uint32_t claimant(const struct rg_process *process, int at)
{
	return atomic_load_explicit(&process->in_flight[at].claimant,
				    memory_order_relaxed);
}

/* What grows past its claim will grow again. */
static struct rg_ranges next_claim(const struct rg_ranges *claim,
				   const struct rg_ranges *ranges)
{
	struct rg_ranges next = *ranges;

	if (claim->start == ranges->start && claim->end < ranges->end)
		next.end = end_of(ranges->end, ranges->end - ranges->start);
	return next;
}

static uint64_t claim(struct rg_process *process, int at, uint32_t tid,
		      const struct rg_ranges *ranges)
{
	struct rg_ranges *own = &process->claims[at];
	struct rg_ranges next = *ranges;

	if (claimant(process, at) == tid)
		next = next_claim(own, ranges);
	atomic_store_explicit(&process->in_flight[at].claimant, tid,
			      memory_order_relaxed);
	put(own, &next);
	if (!(atomic_load(&process->claimed) >> at & 1))
		atomic_fetch_or(&process->claimed, UINT64_C(1) << at);
	return atomic_fetch_add(&process->claims_version, 1) + 1;
}

/* Return: whether a call of another thread meets this one. */
__attribute__((noinline)) static bool
look_around(struct rg_process *process, int at, uint32_t tid,
	    const struct rg_ranges *ranges)
{
	struct rg_in_flight *place = &process->in_flight[at];
	const struct rg_ranges *own = &process->claims[at];
	uint64_t version =
		claimant(process, at) == tid && are_within(ranges, own)
			? atomic_load(&process->claims_version)
			: claim(process, at, tid, ranges);
	uint64_t others = atomic_load(&process->claimed) & ~(UINT64_C(1) << at);
	bool found = false;

	for (; others; others &= others - 1) {
		int other = __builtin_ctzll(others);
		struct rg_ranges theirs = get(&process->claims[other]);

		if (!ranges_meet(own, &theirs) ||
		    claimant(process, other) == tid)
			continue;
		version = 0;
		found |= shows_one(&process->in_flight[other], tid, ranges);
	}
	place->seen = version;
	return found;
}

static bool need_not_look(const struct rg_process *process, int at,
			  uint32_t tid, const struct rg_ranges *ranges)
{
	return claimant(process, at) == tid &&
	       are_within(ranges, &process->claims[at]) &&
	       process->in_flight[at].seen ==
		       atomic_load(&process->claims_version);
}

int rg_history_enter(struct rg_process *process, const struct rg_request *req,
		     bool *ret_overlaps)
{
	uint64_t frame = (uint64_t)(uintptr_t)__builtin_frame_address(0);
	uint32_t tid = rg_thread_id(process);
	struct rg_ranges ranges = ranges_of(req);
	int at = take_place(process, tid, frame);

	*ret_overlaps = false;
	if (at == RG_HISTORY_NO_PLACE)
		return at;
	show(&process->in_flight[at], &ranges, frame);
	atomic_thread_fence(memory_order_seq_cst);
	if (!need_not_look(process, at, tid, &ranges))
		*ret_overlaps = look_around(process, at, tid, &ranges);
	return at;
}

/* It may be another's by now, see was_left(). */
void rg_history_leave(struct rg_process *process, int at)
{
	struct rg_in_flight *place;

	if (at == RG_HISTORY_NO_PLACE)
		return;
	place = &process->in_flight[at];
	if (atomic_load(&place->tid) != rg_thread_id(process))
		return;
	hide(place);
	atomic_store_explicit(&place->tid, 0, memory_order_release);
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
