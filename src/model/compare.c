/* SPDX-License-Identifier: MIT */

/*
 * What the kernel did, against what the plan says. A difference is a
 * mismatch only if nothing that the plan did not know explains it.
 */

#include "model/remap.h"

#include <errno.h>

/* The kernel's own, which a tracer or a filter may see. */
#define ERESTARTSYS 512
#define ERESTART_RESTARTBLOCK 516

#define MAX_ERRNO 4095

static bool is_error(int64_t result)
{
	return result < 0 && result >= -MAX_ERRNO;
}

/* The call was not carried out, for reasons that are not mremap's. */
static bool interrupted(int error)
{
	return error == EINTR || error == ENOSYS ||
	       (error >= ERESTARTSYS && error <= ERESTART_RESTARTBLOCK);
}

/* A driver's hook returns what it likes. */
static bool is_hook(enum rg_check check)
{
	return check == RG_CHECK_DRIVER_ADDRESS ||
	       check == RG_CHECK_DRIVER_MOVE;
}

static bool check_explains(enum rg_check check, int error)
{
	return is_hook(check) || rg_check_info(check)->error == error;
}

static bool explains_another(enum rg_check check, int error)
{
	return is_hook(check) || rg_check_info(check)->error != error;
}

static bool maybe_explains(const struct rg_plan *plan, int error)
{
	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (plan->may_refuse & UINT64_C(1) << i &&
		    check_explains((enum rg_check)i, error))
			return true;
	}
	return false;
}

static bool another_explains(const struct rg_plan *plan)
{
	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (plan->may_refuse & UINT64_C(1) << i &&
		    explains_another((enum rg_check)i, plan->error))
			return true;
	}
	return false;
}

bool rg_plan_refuses_surely(const struct rg_plan *plan)
{
	return plan->path == RG_PATH_REFUSE && !plan->may_succeed &&
	       !another_explains(plan);
}

static enum rg_agreement compare_error(const struct rg_plan *plan, int error)
{
	if (plan->path == RG_PATH_REFUSE && plan->error == error)
		return RG_AGREE_YES;
	if (interrupted(error) || maybe_explains(plan, error))
		return RG_AGREE_UNKNOWN;
	return RG_AGREE_MISMATCH;
}

static const struct rg_step *step_of(const struct rg_plan *plan,
				     enum rg_step_kind kind)
{
	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++) {
		if (plan->steps[i].kind == kind)
			return &plan->steps[i];
	}
	return NULL;
}

/*
 * An address the kernel picked. Its alignment class is not compared: where
 * no hole is large enough to align in, the kernel takes one that is not.
 */
static bool picked_plausibly(const struct rg_plan *plan,
			     const struct rg_request *req, uint64_t addr)
{
	const struct rg_step *step = step_of(plan, RG_STEP_MOVE);
	uint64_t start = step ? step->start : req->addr;
	uint64_t len = step ? step->len : 0;

	return !(addr & 4095) && addr != start && addr - start >= len;
}

static enum rg_agreement compare_address(const struct rg_plan *plan,
					 const struct rg_request *req,
					 uint64_t addr)
{
	bool picks = step_of(plan, RG_STEP_PICK);

	if (picks ? picked_plausibly(plan, req, addr) : addr == plan->result)
		return RG_AGREE_YES;
	if (plan->may_move && !plan->fixed)
		return RG_AGREE_UNKNOWN;
	return RG_AGREE_MISMATCH;
}

enum rg_agreement rg_plan_compare(const struct rg_plan *plan,
				  const struct rg_request *req, int64_t result)
{
	if (!plan || plan->path == RG_PATH_INVALID)
		return RG_AGREE_NONE;
	if (is_error(result))
		return compare_error(plan, (int)-result);
	if (plan->path == RG_PATH_REFUSE)
		return plan->may_succeed ? RG_AGREE_UNKNOWN : RG_AGREE_MISMATCH;
	return compare_address(plan, req, (uint64_t)result);
}

/* Without MREMAP_FIXED: where it ended tells what it was. */
static enum rg_path resize_observed(uint64_t old_len, uint64_t new_len,
				    bool moved)
{
	if (!old_len)
		return RG_PATH_DUPLICATE;
	if (moved)
		return RG_PATH_MOVE;
	if (old_len == new_len)
		return RG_PATH_NO_RESIZE;
	return new_len < old_len ? RG_PATH_SHRINK : RG_PATH_EXPAND_IN_PLACE;
}

/* On the way of every call that is recorded: no more than it takes. */
enum rg_path rg_path_observed(const struct rg_request *req, int64_t result,
			      const struct rg_limits *limits)
{
	uint64_t old_len = rg_round_up(req->old_len, limits->page_size);
	uint64_t new_len = rg_round_up(req->new_len, limits->page_size);
	uint64_t addr = req->addr & limits->untag_mask;

	if (is_error(result))
		return RG_PATH_REFUSE;
	if (req->flags & RG_MREMAP_DONTUNMAP)
		return RG_PATH_DONTUNMAP;
	if (req->flags & RG_MREMAP_FIXED)
		return old_len ? RG_PATH_MOVE : RG_PATH_DUPLICATE;
	return resize_observed(old_len, new_len, (uint64_t)result != addr);
}
