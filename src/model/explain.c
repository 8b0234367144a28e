/* SPDX-License-Identifier: MIT */

/*
 * The way of a call, told afterwards. The generation's lists say which stops
 * there are; how the call fared at each follows from where it ended:
 *
 *   passed … passed │ refused │ not reached …
 *
 * and where only the errno is known, from which checks give it:
 *
 *   passed … │ possible │ unknown … │ possible │ not reached …
 */

#include "model/remap.h"

struct way {
	const struct rg_account *account;
	struct rg_remap r;
	struct rg_stop *stops;
	size_t nr;
	uint64_t asked; /* checks that are among the stops */
	bool unmaps;	/* so counters are no longer what they were */
};

/* ------------------------------------------------------------- the stops */

static void add_check(struct way *way, enum rg_check check)
{
	struct rg_stop *stop = &way->stops[way->nr];

	if (way->asked & UINT64_C(1) << check || way->nr == RG_MAX_STOPS)
		return;
	way->asked |= UINT64_C(1) << check;
	way->nr++;
	*stop = (struct rg_stop){ .check = check };
	rg_compared(&way->r, way->unmaps, stop);
}

static void add_checks(struct way *way, const enum rg_check *checks)
{
	while (*checks)
		add_check(way, *checks++);
}

static void add_step(struct way *way, enum rg_step_kind step)
{
	if (way->nr == RG_MAX_STOPS)
		return;
	way->stops[way->nr++] =
		(struct rg_stop){ .step = step, .matters = true };
	way->unmaps |= step == RG_STEP_UNMAP_DEST || step == RG_STEP_UNMAP_TAIL;
}

static void unmap_dest(struct way *way)
{
	static const enum rg_check checks[] = {
		RG_CHECK_DEST_UNSPLITTABLE,
		RG_CHECK_DEST_MAP_COUNT,
		RG_CHECK_NONE,
	};

	if (way->r.rules->seals != RG_SEALS_NONE)
		add_check(way, RG_CHECK_DEST_SEALED);
	add_checks(way, checks);
	add_step(way, RG_STEP_UNMAP_DEST);
}

static void unmap_tail(struct way *way)
{
	static const enum rg_check checks[] = {
		RG_CHECK_TAIL_UNSPLITTABLE,
		RG_CHECK_TAIL_MAP_COUNT,
		RG_CHECK_NONE,
	};

	add_check(way, RG_CHECK_TAIL_RANGE);
	if (way->r.rules->seals != RG_SEALS_NONE)
		add_check(way, RG_CHECK_TAIL_SEALED);
	add_checks(way, checks);
	add_step(way, RG_STEP_UNMAP_TAIL);
}

static void move(struct way *way)
{
	if (!way->r.old_len) {
		add_step(way, RG_STEP_COPY);
		return;
	}
	add_step(way, RG_STEP_MOVE);
	add_step(way, rg_when(&way->r, RG_WHEN_DONTUNMAP)
			      ? RG_STEP_KEEP_SOURCE
			      : RG_STEP_UNMAP_SOURCE);
}

/* Which of the two ways of a growing range holds the check; 0 for neither. */
static uint32_t branch_with(const struct rg_rules *rules, enum rg_check check)
{
	const struct rg_stage *stage;

	for (stage = rules->grow; stage->what; stage++) {
		if (stage->what == check)
			return stage->when & RG_WHEN_IN_PLACE;
	}
	for (stage = rules->move; stage->what; stage++) {
		if (stage->what == check)
			return RG_WHEN_MOVE;
	}
	return 0;
}

/* Did it grow in place, or move? */
static uint32_t branch_of(const struct way *way)
{
	const struct rg_account *account = way->account;
	const struct rg_remap *r = &way->r;

	if (account->path == RG_PATH_EXPAND_IN_PLACE)
		return RG_WHEN_IN_PLACE;
	if (account->moves || account->path == RG_PATH_MOVE ||
	    account->path == RG_PATH_DUPLICATE ||
	    account->check == RG_CHECK_NO_ROOM)
		return RG_WHEN_MOVE;
	if (r->vma.end && r->old_len != r->vma.end - r->addr)
		return RG_WHEN_MOVE;
	if (account->path == RG_PATH_REFUSE && !account->check)
		return RG_WHEN_MOVE;
	return branch_with(r->rules, account->check);
}

static void take_act(struct way *way, enum rg_act act)
{
	switch (act) {
	case RG_ACT_ROUND_HUGETLB:
		rg_act_round_hugetlb(&way->r);
		break;
	case RG_ACT_UNMAP_DEST:
		unmap_dest(way);
		break;
	case RG_ACT_UNMAP_TAIL:
		unmap_tail(way);
		break;
	case RG_ACT_TRY_IN_PLACE:
		way->r.when |= branch_of(way);
		break;
	case RG_ACT_EXPAND:
		add_step(way, RG_STEP_EXPAND);
		break;
	case RG_ACT_PICK:
		if (!rg_when(&way->r, RG_WHEN_FIXED))
			add_step(way, RG_STEP_PICK);
		break;
	case RG_ACT_MOVE:
		move(way);
		break;
	case RG_ACT_CUT_SOURCE:
	case RG_ACT_END:
		break;
	}
}

static void take_list(struct way *way, const struct rg_stage *stages)
{
	for (; stages->what; stages++) {
		if (!rg_when(&way->r, stages->when))
			continue;
		/* what grows in place is done by then */
		if (stages->what == RG_CHECK_NO_ROOM &&
		    !rg_when(&way->r, RG_WHEN_MOVE))
			continue;
		if (stages->what < RG_NR_CHECKS)
			add_check(way, (enum rg_check)stages->what);
		else
			take_act(way, (enum rg_act)stages->what);
	}
}

static void take_many(struct way *way)
{
	static const enum rg_check checks[] = {
		RG_CHECK_SOURCE_UNMAPPED,
		RG_CHECK_MULTI_GAP,
		RG_CHECK_MULTI_UNFIT,
		RG_CHECK_NONE,
	};

	/* which of several decided is not known */
	if (way->r.vma.end - way->r.addr < way->r.old_len)
		way->r.vma = (struct rg_vma){ 0 };
	add_checks(way, checks);
	way->r.when |= RG_WHEN_MOVE;
	take_list(way, way->r.rules->source);
	take_list(way, way->r.rules->to);
	take_list(way, way->r.rules->move);
}

/* The same forks as in plan.c. */
static void take_all(struct way *way)
{
	const struct rg_rules *rules = way->r.rules;

	if (way->account->check == RG_CHECK_LIBC_FLAGS)
		add_check(way, RG_CHECK_LIBC_FLAGS);
	take_list(way, rules->args);
	take_list(way, rules->entry);
	if (rules->moves_many && rg_when(&way->r, RG_WHEN_FIXED) &&
	    way->r.old_len == way->r.new_len) {
		take_many(way);
		return;
	}
	take_list(way, rules->source);
	if (rg_when(&way->r, RG_WHEN_TO)) {
		way->r.when |= RG_WHEN_MOVE;
		take_list(way, rules->to);
	} else {
		take_list(way, rg_when(&way->r, RG_WHEN_GROW) ? rules->grow
							      : rules->stay);
	}
	if (rg_when(&way->r, RG_WHEN_MOVE))
		take_list(way, rules->move);
}

/* ------------------------------------------------------------- the fates */

/* The checks of which one has refused. */
static uint64_t suspects(const struct way *way)
{
	const struct rg_account *account = way->account;
	uint64_t found = 0;

	if (account->path != RG_PATH_REFUSE)
		return 0;
	if (account->check)
		return way->asked & UINT64_C(1) << account->check;
	for (size_t i = 0; i < way->nr; i++) {
		enum rg_check check = way->stops[i].check;

		if (check && way->stops[i].matters &&
		    rg_check_info(check)->error == account->error)
			found |= UINT64_C(1) << check;
	}
	return found;
}

static enum rg_fate fate_until(const struct rg_account *account,
			       enum rg_check check, enum rg_fate otherwise)
{
	if (check && account->may_refuse & UINT64_C(1) << check)
		return RG_FATE_POSSIBLE;
	return otherwise;
}

/* Somewhere among the suspects it ended. */
static void settle_refusal(struct way *way, uint64_t left)
{
	bool sure = !(left & (left - 1));
	enum rg_fate now = RG_FATE_PASSED;

	for (size_t i = 0; i < way->nr; i++) {
		struct rg_stop *stop = &way->stops[i];
		uint64_t bit = UINT64_C(1) << stop->check;

		if (!left) {
			stop->fate = RG_FATE_NOT_REACHED;
		} else if (stop->check && left & bit) {
			stop->fate = sure ? RG_FATE_REFUSED : RG_FATE_POSSIBLE;
			left &= ~bit;
			now = RG_FATE_UNKNOWN;
		} else {
			stop->fate = fate_until(way->account, stop->check, now);
		}
	}
}

static void settle(struct way *way)
{
	bool done = way->account->path != RG_PATH_INVALID &&
		    way->account->path != RG_PATH_REFUSE;
	uint64_t left = suspects(way);

	if (left) {
		settle_refusal(way, left);
		return;
	}
	for (size_t i = 0; i < way->nr; i++)
		way->stops[i].fate =
			fate_until(way->account, way->stops[i].check,
				   done ? RG_FATE_PASSED : RG_FATE_UNKNOWN);
}

/*
 * What did refuse, or may have, matters whatever was thought before; and what
 * is asked by yes or no, the answer tells.
 */
static void conclude(struct rg_stop *stop)
{
	struct rg_comparison *compared = &stop->compared;

	if (stop->fate == RG_FATE_REFUSED || stop->fate == RG_FATE_POSSIBLE)
		stop->matters = true;
	if (compared->unit != RG_UNIT_YES_NO || compared->value.known)
		return;
	compared->value.known =
		stop->fate == RG_FATE_PASSED || stop->fate == RG_FATE_REFUSED;
	compared->value.value =
		compared->bound.value ^ (stop->fate == RG_FATE_REFUSED);
}

size_t rg_explain(const struct rg_account *account,
		  struct rg_stop ret_stops[RG_MAX_STOPS])
{
	struct way way = { .account = account, .stops = ret_stops };

	rg_remap_init(&way.r, account->req, account->limits, account->kernel);
	if (!way.r.rules)
		return 0;
	way.r.vma = account->source;
	take_all(&way);
	settle(&way);
	for (size_t i = 0; i < way.nr; i++)
		conclude(&way.stops[i]);
	return way.nr;
}
