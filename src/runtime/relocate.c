/* SPDX-License-Identifier: MIT */

#include "runtime/relocate.h"

#include "runtime/config.h"
#include "runtime/reserve.h"
#include "runtime/sys.h"

static bool grows(const struct rg_request *req)
{
	uint64_t old_len = rg_page_up(req->old_len);

	return old_len && rg_page_up(req->new_len) > old_len;
}

bool rg_relocate_applies(const struct rg_request *req)
{
	return req->flags == RG_MREMAP_MAYMOVE && grows(req);
}

struct rg_request rg_relocate_request(const struct rg_request *req)
{
	struct rg_request made = *req;

	if (rg_config.options.move == RG_MOVE_NEVER && rg_relocate_applies(req))
		made.flags = 0;
	return made;
}

bool rg_relocate_may_stay(const struct rg_judgement *judgement)
{
	return !judgement->planned ||
	       judgement->plan.path == RG_PATH_EXPAND_IN_PLACE;
}

void rg_relocate_planned(struct rg_judgement *judgement, int64_t result)
{
	judgement->plan.path = RG_PATH_MOVE;
	judgement->plan.result = (uint64_t)result;
}

int64_t rg_relocate(struct rg_process *process, struct rg_judgement *judgement,
		    const struct rg_request *req)
{
	uint64_t len = rg_page_up(req->new_len);
	uint64_t place;
	int64_t result;

	if (!rg_relocate_applies(req) || !rg_relocate_may_stay(judgement))
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
	rg_relocate_planned(judgement, result);
	return result;
}
