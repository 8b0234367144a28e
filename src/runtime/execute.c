/* SPDX-License-Identifier: MIT */

#include "runtime/execute.h"

#include "runtime/config.h"
#include "runtime/history.h"
#include "runtime/keep.h"
#include "runtime/relocate.h"
#include "runtime/reserve.h"
#include "runtime/resettle.h"
#include "runtime/sys.h"

int64_t rg_execute_raw(const struct rg_request *req)
{
	return rg_sys_mremap(req->addr, req->old_len, req->new_len, req->flags,
			     req->new_addr);
}

bool rg_execute_may_try_again(struct rg_process *process,
			      const struct rg_request *req)
{
	struct rg_vma_query lookup = { .process = process };
	uint64_t len = rg_page_up(req->old_len);
	struct rg_vma vma;

	if (!(req->flags & RG_MREMAP_FIXED) || rg_page_up(req->new_len) != len)
		return true;
	return rg_vma_query_find(&lookup, req->addr, &vma) == 1 &&
	       vma.start <= req->addr && vma.end - req->addr >= len;
}

/* Out of line: nearly no call comes here. */
__attribute__((noinline)) int64_t
rg_execute_unplanned(struct rg_process *process, const struct rg_request *req)
{
	int64_t result = rg_resettle(process, NULL, req);

	if (result == RG_ELSEWHERE_NOT)
		result = rg_execute_raw(req);
	rg_resettle_note(process, req, result);
	return result;
}

/* Inline, as each return after a system call takes long. */
__attribute__((always_inline)) static inline int64_t
call_kernel(struct rg_process *process, struct rg_judgement *judgement,
	    const struct rg_request *req)
{
	if (rg_keep_wanted())
		return rg_keep_call(process, judgement, req);
	return rg_execute_raw(req);
}

/* ------------------------------------------------------------- noreplace */

/* reserved has a bit for each step of the plan whose place was a hole. */
static void release(struct rg_process *process, const struct rg_plan *plan,
		    uint32_t reserved)
{
	for (; reserved; reserved &= reserved - 1) {
		const struct rg_step *step =
			&plan->steps[__builtin_ctz(reserved)];

		rg_release(process, step->start, step->len);
	}
}

/* By the look that the verdict went by, if that is remembered. */
static bool was_hole(struct rg_vma_query *lookup, const struct rg_step *step)
{
	struct rg_vma vma;
	int found = rg_vma_query_find(lookup, step->start, &vma);

	return !found || (found == 1 && vma.start >= step->start + step->len);
}

/*
 * All that the call is going to unmap, where that was a hole: the caller's own
 * empty reservation is as good as ours. Return: 0, or -errno with nothing
 * left reserved; -EEXIST where somebody has come meanwhile.
 */
static int reserve_holes(struct rg_process *process,
			 struct rg_judgement *judgement, uint32_t *ret_reserved)
{
	const struct rg_plan *plan = &judgement->plan;
	uint32_t reserved = 0;
	int ret = 0;

	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++) {
		const struct rg_step *step = &plan->steps[i];

		if (step->kind != RG_STEP_UNMAP_DEST ||
		    !was_hole(&judgement->lookup, step))
			continue;
		ret = rg_reserve_at(step->start, step->len);
		if (ret)
			break;
		reserved |= 1u << i;
	}
	if (ret)
		release(process, plan, reserved);
	*ret_reserved = reserved;
	return ret;
}

/*
 * Where the reservation itself makes the kernel refuse, by a limit of memory
 * or maps, the call is made without.
 */
static int64_t call_without_replacing(struct rg_process *process,
				      struct rg_judgement *judgement,
				      const struct rg_request *req)
{
	uint32_t reserved;
	int ret = reserve_holes(process, judgement, &reserved);
	int64_t result;

	if (ret == -EEXIST)
		return ret;
	result = call_kernel(process, judgement, req);
	if (ret || !rg_sys_failed(result))
		return result;
	release(process, &judgement->plan, reserved);
	return reserved && result == -ENOMEM &&
			       rg_execute_may_try_again(process, req)
		       ? call_kernel(process, judgement, req)
		       : result;
}

static bool avoids_replacing(const struct rg_judgement *judgement)
{
	return rg_config.options.noreplace && judgement->planned &&
	       judgement->plan.fixed;
}

/* ---------------------------------------------------------- shrink first */

/* The kernels that lose what a FIXED move that shrinks was charged. */
static bool loses_charge(const struct rg_kernel *kernel)
{
	return kernel->version >= RG_KERNEL_VERSION(6, 15) &&
	       kernel->version < RG_KERNEL_VERSION(7, 3);
}

static bool shrinks_first(const struct rg_judgement *judgement)
{
	const struct rg_plan *plan = &judgement->plan;

	return rg_config.options.shrink_first && judgement->planned &&
	       plan->path == RG_PATH_MOVE && plan->fixed && !plan->unknown &&
	       plan->source.page_size <= rg_config.limits.page_size &&
	       loses_charge(&rg_config.kernel);
}

/* In place first, then to its place without a resize. */
static struct rg_request shrink(const struct rg_request *req)
{
	uint64_t old_len = rg_page_up(req->old_len);
	uint64_t new_len = rg_page_up(req->new_len);
	struct rg_request rest = *req;

	if (old_len > new_len &&
	    !rg_sys_failed(rg_sys_mremap(req->addr, old_len, new_len, 0, 0)))
		rest.old_len = new_len;
	return rest;
}

/* ------------------------------------------------------------- the call */

/* What leaves its old range behind does these two by itself. */
static bool shrinks_here(const struct rg_judgement *judgement,
			 const struct rg_request *req)
{
	return shrinks_first(judgement) &&
	       !(rg_keep_wanted() && rg_keep_shrinks(judgement, req));
}

/* So does what finds its own place. */
static int64_t call_elsewhere(struct rg_process *process,
			      struct rg_judgement *judgement,
			      const struct rg_request *req)
{
	const struct rg_options *options = &rg_config.options;
	int64_t result = RG_ELSEWHERE_NOT;

	if (rg_keep_wanted() && rg_keep_leaves_mappings())
		return result;
	if (options->move == RG_MOVE_ALWAYS)
		result = rg_relocate(process, judgement, req);
	if (result == RG_ELSEWHERE_NOT && rg_resettle_wanted())
		result = rg_resettle(
			process, judgement->planned ? &judgement->plan : NULL,
			req);
	return result;
}

__attribute__((noinline)) static int64_t
call_safely(struct rg_process *process, struct rg_judgement *judgement,
	    const struct rg_request *req)
{
	struct rg_request now =
		shrinks_here(judgement, req) ? shrink(req) : *req;
	int64_t result = call_elsewhere(process, judgement, req);

	if (result != RG_ELSEWHERE_NOT)
		return result;
	if (avoids_replacing(judgement))
		return call_without_replacing(process, judgement, &now);
	return call_kernel(process, judgement, &now);
}

static int64_t call_as_asked(struct rg_process *process,
			     struct rg_judgement *judgement,
			     const struct rg_request *req)
{
	const struct rg_options *options = &rg_config.options;

	if (options->noreplace || options->shrink_first ||
	    options->move == RG_MOVE_ALWAYS || rg_resettle_wanted())
		return call_safely(process, judgement, req);
	return call_kernel(process, judgement, req);
}

int64_t rg_execute(struct rg_process *process, struct rg_judgement *judgement,
		   const struct rg_request *req)
{
	int64_t result = call_as_asked(process, judgement, req);

	if (rg_resettle_wanted())
		rg_resettle_note(process, req, result);
	if (rg_keep_wanted())
		rg_keep_rest(process, judgement, req, result);
	return result;
}

/* As much as it takes: a handler of the program's may return. */
void rg_execute_abort(const struct rg_process *process)
{
	uint32_t tid = rg_sys_gettid();

	rg_sys_unblock_signal(SIGABRT);
	rg_sys_tgkill(process->pid, tid, SIGABRT);
	rg_sys_default_signal(SIGABRT);
	rg_sys_tgkill(process->pid, tid, SIGABRT);
	rg_sys_exit_group(128 + SIGABRT);
}
