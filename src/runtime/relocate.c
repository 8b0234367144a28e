/* SPDX-License-Identifier: MIT */

#include "runtime/relocate.h"

#include "runtime/config.h"
#include "runtime/reserve.h"
#include "runtime/sys.h"

/* Alone: then new_addr means nothing, and the kernel picks the place. */
static bool may_move(const struct rg_request *req)
{
	return req->flags == RG_MREMAP_MAYMOVE;
}

static uint64_t round_up(uint64_t len, uint64_t to)
{
	return (len + to - 1) & -to;
}

static bool grows(const struct rg_request *req)
{
	uint64_t page_size = rg_config.limits.page_size;

	return req->old_len && round_up(req->new_len, page_size) >
				       round_up(req->old_len, page_size);
}

bool rg_relocate_applies(const struct rg_request *req)
{
	return may_move(req) && grows(req);
}

struct rg_request rg_relocate_request(const struct rg_request *req)
{
	struct rg_request made = *req;

	if (rg_config.options.move == RG_MOVE_NEVER && rg_relocate_applies(req))
		made.flags = 0;
	return made;
}

/* What will be refused is the kernel's to refuse, and what moves moves. */
static bool may_stay(const struct rg_judgement *judgement)
{
	return !judgement->planned ||
	       judgement->plan.path == RG_PATH_EXPAND_IN_PLACE;
}

int64_t rg_relocate(struct rg_process *process, struct rg_judgement *judgement,
		    const struct rg_request *req)
{
	uint64_t len = round_up(req->new_len, rg_config.limits.page_size);
	uint64_t place;
	int64_t result;

	if (!rg_relocate_applies(req) || !may_stay(judgement))
		return RG_ELSEWHERE_NOT;
	place = rg_reserve(len);
	if (!place)
		return RG_ELSEWHERE_NOT;
	result = rg_sys_mremap(req->addr, req->old_len, req->new_len,
			       RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED, place);
	if (rg_sys_failed(result)) {
		rg_release(process, place, len);
		return RG_ELSEWHERE_NOT;
	}
	judgement->plan.path = RG_PATH_MOVE;
	judgement->plan.result = (uint64_t)result;
	return result;
}
