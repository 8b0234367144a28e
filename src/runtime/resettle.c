/* SPDX-License-Identifier: MIT */

#include "runtime/resettle.h"

#include "runtime/config.h"
#include "runtime/congruent.h"
#include "runtime/execute.h"
#include "runtime/growth.h"
#include "runtime/history.h"
#include "runtime/place.h"
#include "runtime/relocate.h"
#include "runtime/reserve.h"
#include "runtime/sys.h"

/* Below, programs keep what has to be reached by 32 bits. */
#define LOW (UINT64_C(1) << 32)

/* Shorter ranges move at less than this costs. */
#define LEAST_LEN (UINT64_C(1) << 20)

/* So often a place with room is looked for. */
#define TRIES 4

bool rg_resettle_wanted(void)
{
	return rg_config.options.placement == RG_PLACEMENT_CONGRUENT ||
	       rg_config.options.grow_ahead;
}

uint64_t rg_resettle_least(void)
{
	if (!rg_resettle_wanted())
		return UINT64_MAX;
	return rg_config.options.grow_ahead ? LEAST_LEN
					    : RG_CONGRUENT_LEAST_LEN;
}

static void count(uint32_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool is_planned_otherwise(const struct rg_plan *plan)
{
	return plan && plan->path != RG_PATH_MOVE;
}

/* By its arguments. */
static bool may_be_resettled(const struct rg_request *req)
{
	return rg_relocate_applies(req) && req->old_len >= LEAST_LEN &&
	       req->addr + req->old_len > LOW;
}

/* What may have grown is remembered. */
static bool may_grow(const struct rg_request *req)
{
	return !(req->flags & ~(uint64_t)RG_MREMAP_MAYMOVE) &&
	       req->old_len >= LEAST_LEN && req->new_len > req->old_len;
}

bool rg_resettle_leaves(const struct rg_request *req)
{
	if (rg_config.options.grow_ahead)
		return !may_grow(req);
	return !may_be_resettled(req) || rg_congruent_leaves(req);
}

/* ------------------------------------------------------------- where to */

/* Each time it outgrows its room the next is so much larger: 1, 3, 7, 15 … */
static uint64_t room_for(struct rg_growth growth, uint64_t len)
{
	uint64_t most = rg_place_max() / 4;
	uint64_t room = len * ((UINT64_C(2) << growth.rooms) - 1);

	if (!rg_config.options.grow_ahead || !growth.times || len > most)
		return 0;
	return least(room, most);
}

static struct rg_aim aim_of(struct rg_process *process,
			    const struct rg_request *req, uint64_t room)
{
	struct rg_aim anywhere = {
		.kind = room ? RG_AIM_PLACE : RG_AIM_NONE,
		.unit = rg_config.limits.page_size,
	};

	if (rg_config.options.placement != RG_PLACEMENT_CONGRUENT)
		return anywhere;
	return room ? rg_congruent_aim_anyway(req)
		    : rg_congruent_aim(process, req);
}

/*
 * For a moment there is more address space in use than the call takes, and
 * another thread must not meet a limit for that.
 */
static bool may_meet_limit(void)
{
	struct rlimit64 limit;

	return rg_has_threads() && (rg_sys_getrlimit(RLIMIT_AS, &limit) ||
				    limit.rlim_cur != RLIM64_INFINITY);
}

/* Return: the place for len, with a hole behind it, or 0. */
static uint64_t reserve_with_room(const struct rg_aim *aim, uint64_t len,
				  uint64_t room)
{
	for (int tries = 0; tries < TRIES; tries++) {
		uint64_t place =
			rg_place_congruent(len + room, aim->unit, aim->offset);
		int ret = place ? rg_reserve_at(place, len + room) : -ENOMEM;

		if (!ret) {
			rg_reserve_trim(place + len, place + len + room);
			return place;
		}
		if (ret != -EEXIST)
			break;
	}
	return 0;
}

static uint64_t reserve(uint64_t addr, const struct rg_aim *aim, uint64_t len,
			uint64_t room, bool *ret_has_room)
{
	uint64_t place = room ? reserve_with_room(aim, len, room) : 0;

	*ret_has_room = place;
	return place ? place
		     : rg_reserve_congruent(addr, len, aim->unit, aim->offset);
}

/* -------------------------------------------------------------- the move */

static int64_t grow_in_place(const struct rg_request *req)
{
	return rg_sys_mremap(req->addr, req->old_len, req->new_len, 0, 0);
}

/*
 * Then it was not for want of room that it did not grow there, and the kernel
 * would not move it either: a driver's mapping, or a limit. That something is
 * there is told as fast as anything, and makes the reservation faster.
 */
static bool has_hole_behind(const struct rg_request *req)
{
	uint64_t end = req->addr + rg_page_up(req->old_len);
	uint64_t new_end = req->addr + rg_page_up(req->new_len);

	if (rg_reserve_at(end, new_end - end))
		return false;
	rg_reserve_trim(end, new_end);
	return true;
}

static int64_t move_to(const struct rg_request *req, uint64_t place)
{
	return rg_sys_mremap(req->addr, req->old_len, req->new_len,
			     RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED, place);
}

static int64_t leave(struct rg_process *process)
{
	count(&process->slot->misplaced);
	return RG_ELSEWHERE_NOT;
}

static int64_t move(struct rg_process *process, const struct rg_request *req,
		    const struct rg_aim *aim, uint64_t room,
		    struct rg_growth *growth)
{
	uint64_t len = rg_page_up(req->new_len);
	bool has_room;
	uint64_t place;
	int64_t result;

	if (may_meet_limit() || has_hole_behind(req))
		return leave(process);
	place = reserve(req->addr, aim, len, room, &has_room);
	if (!place)
		return leave(process);
	result = move_to(req, place);
	if (rg_sys_failed(result)) {
		rg_release(process, place, len);
		return leave(process);
	}
	count(&process->slot->placed);
	if (has_room) {
		count(&process->slot->rooms);
		growth->rooms += growth->rooms < RG_GROWTH_MOST;
	}
	return result;
}

/* By the kernel's choice; where that fails it is as if nobody had asked. */
static int64_t learn(const struct rg_request *req)
{
	int64_t result = rg_execute_raw(req);

	if (rg_sys_failed(result))
		return RG_ELSEWHERE_NOT;
	rg_congruent_learn(req, (uint64_t)result);
	return result;
}

static int64_t resettle(struct rg_process *process, const struct rg_plan *plan,
			const struct rg_request *req, struct rg_growth *growth)
{
	uint64_t room = room_for(*growth, rg_page_up(req->new_len));
	struct rg_aim aim = aim_of(process, req, room);

	if (aim.kind == RG_AIM_NONE)
		return RG_ELSEWHERE_NOT;
	if (aim.kind == RG_AIM_LEARN)
		return learn(req);
	if (!plan) {
		int64_t result = grow_in_place(req);

		/* the errno of a call that may not move is another */
		if (!rg_sys_failed(result))
			return result;
		if (result != -ENOMEM)
			return RG_ELSEWHERE_NOT;
	}
	return move(process, req, &aim, room, growth);
}

int64_t rg_resettle(struct rg_process *process, const struct rg_plan *plan,
		    const struct rg_request *req)
{
	struct rg_growth growth = { 0 };
	int64_t result;

	if (!may_be_resettled(req) || is_planned_otherwise(plan))
		return RG_ELSEWHERE_NOT;
	if (!rg_config.options.grow_ahead)
		return resettle(process, plan, req, &growth);
	growth = rg_growth_of(req->addr);
	result = resettle(process, plan, req, &growth);
	if (result != RG_ELSEWHERE_NOT)
		rg_growth_note(req->addr, growth);
	return result;
}

/* ------------------------------------------------------------ afterwards */

void rg_resettle_note(struct rg_process *process, const struct rg_request *req,
		      int64_t result)
{
	struct rg_growth growth;

	if (rg_sys_failed(result) || !may_grow(req))
		return;
	if (!rg_congruent_are(req->addr, (uint64_t)result))
		rg_congruent_learn(req, (uint64_t)result);
	if (!rg_config.options.grow_ahead)
		return;
	growth = rg_growth_of(req->addr);
	growth.times += growth.times < RG_GROWTH_MOST;
	if ((uint64_t)result != req->addr)
		rg_growth_forget(req->addr);
	else if (growth.rooms)
		count(&process->slot->rooms_used);
	rg_growth_note((uint64_t)result, growth);
}
