/* SPDX-License-Identifier: MIT */

#include "runtime/keep.h"

#include "runtime/accesses.h"
#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/execute.h"
#include "runtime/history.h"
#include "runtime/place.h"
#include "runtime/quarantine.h"
#include "runtime/relocate.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "runtime/template.h"

/*
 * Without threads the kernel moves it as ever, and then the hole it leaves is
 * taken, if it still is one:
 *
 *     mremap(old …) = new        old: a hole
 *     mmap(old, NOREPLACE)       old: reserved
 *     mremap(template … old)     old: held
 *
 * With threads somebody else could be given the hole. So what moves leaves its
 * mapping behind (MREMAP_DONTUNMAP), without its pages, until ours takes its
 * place. That cannot resize, so what grows does so in two steps:
 *
 *     mremap(old …, no MAYMOVE)            if it can grow in place: done
 *     mremap(old … DONTUNMAP, hint) = new  old: zeroes, or the file
 *     mremap(template … old)               old: held
 *     mremap(new …)                        grown
 *
 * The hint is a place of our own choice with room behind it; where somebody
 * has come meanwhile the last call moves it on. If a step fails it is moved
 * back, and the call made as the program has it.
 */

#define DONTUNMAP_MOVES_ALL RG_KERNEL_VERSION(5, 13)

/*
 * Kernels that get its charges wrong, all seen: before 5.11, where what it
 * leaves is in the middle of a mapping, the next mapping is charged for from
 * then on, whatever that is; and from 6.15 to 6.17 what it leaves is not.
 */
static bool dontunmap_charges_wrong(void)
{
	uint32_t version = rg_config.kernel.version;

	return version < RG_KERNEL_VERSION(5, 11) ||
	       (version >= RG_KERNEL_VERSION(6, 15) &&
		version < RG_KERNEL_VERSION(6, 18));
}

bool rg_keep_leaves_mappings(void)
{
	return rg_has_threads() && !dontunmap_charges_wrong();
}

static bool has(const struct rg_request *req, uint64_t flag)
{
	return req->flags & flag;
}

static bool grows(const struct rg_request *req)
{
	return rg_page_up(req->new_len) > rg_page_up(req->old_len);
}

static struct rg_access_move move_of(struct rg_process *process,
				     const struct rg_request *req,
				     int64_t result)
{
	return (struct rg_access_move){
		.timestamp = rg_clock_now(),
		.pid = process->pid,
		.tid = rg_thread_id(process),
		.from = req->addr,
		.len = rg_page_up(req->old_len),
		.to = (uint64_t)result,
		.to_len = rg_page_up(req->new_len),
	};
}

/* ------------------------------------------------------------- making way */

/* The kernel will say EFAULT, as there is nothing there for the program. */
static void tell(const struct rg_request *req, uint64_t caller)
{
	struct rg_sighting sighting = {
		.kind = RG_ACCESS_SYSTEM_CALL,
		.system_call = SYS_mremap,
		.caller = caller,
	};

	sighting.ticket =
		rg_quarantine_find(req->addr, req->addr + 1, &sighting.addr);
	if (sighting.ticket != RG_NO_TICKET)
		rg_accesses_report(&sighting);
}

__attribute__((noinline)) void rg_keep_make_way(struct rg_process *process,
						const struct rg_request *req,
						uint64_t caller)
{
	uint64_t old_len = rg_page_up(req->old_len);
	uint64_t new_len = rg_page_up(req->new_len);

	tell(req, caller);
	rg_quarantine_make_way(process, req->addr, old_len ? old_len : 1);
	if (has(req, RG_MREMAP_FIXED))
		rg_quarantine_make_way(process, req->new_addr, new_len);
	else if (!has(req, RG_MREMAP_MAYMOVE) && new_len > old_len)
		rg_quarantine_make_way(process, req->addr + old_len,
				       new_len - old_len);
}

/* -------------------------------------------------------------- it grows */

static void unmap(uint64_t start, uint64_t len)
{
	rg_sys_munmap((void *)(uintptr_t)start, len);
}

/*
 * Not even a full table of maps may keep it from going back: what is held
 * makes room, and at last its own old place.
 */
static void move_back(struct rg_process *process, uint64_t from, uint64_t to,
		      uint64_t len)
{
	for (int tries = 0; tries < 3; tries++) {
		if (!rg_sys_failed(rg_sys_mremap(
			    from, len, len, RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED,
			    to)))
			return;
		if (tries || !rg_quarantine_give_up(process))
			unmap(to, len);
	}
}

/* It has left its mapping behind. Return: where it has grown, or -errno. */
static int64_t grow_there(struct rg_process *process,
			  struct rg_judgement *judgement,
			  const struct rg_request *req, int64_t there)
{
	struct rg_access_move move = move_of(process, req, there);
	uint64_t ticket = rg_quarantine_claim(process, &move);
	bool covered = ticket != RG_NO_TICKET &&
		       !rg_template_cover(move.from, move.len);
	int64_t grown = rg_sys_mremap(move.to, move.len, req->new_len,
				      RG_MREMAP_MAYMOVE, 0);

	if (rg_sys_failed(grown))
		move_back(process, move.to, move.from, move.len);
	else if (!covered)
		unmap(move.from, move.len);
	if (ticket == RG_NO_TICKET)
		return grown;
	covered = covered && !rg_sys_failed(grown);
	if (covered && grown != there)
		rg_quarantine_went(ticket, (uint64_t)grown);
	rg_quarantine_settle(process, ticket, covered);
	judgement->ticket = covered ? ticket : RG_NO_TICKET;
	return grown;
}

static int64_t grow_elsewhere(struct rg_process *process,
			      struct rg_judgement *judgement,
			      const struct rg_request *req)
{
	uint64_t old_len = rg_page_up(req->old_len);
	uint64_t hint =
		rg_place_find(req->addr, old_len, rg_page_up(req->new_len));
	int64_t there =
		rg_sys_mremap(req->addr, old_len, old_len,
			      RG_MREMAP_MAYMOVE | RG_MREMAP_DONTUNMAP, hint);
	int64_t grown;

	if (rg_sys_failed(there))
		return rg_execute_raw(req);
	judgement->kept = true;
	grown = grow_there(process, judgement, req, there);
	if (!rg_sys_failed(grown)) {
		rg_relocate_planned(judgement, grown);
		return grown;
	}
	judgement->kept = false;
	return rg_execute_raw(req);
}

static int64_t grow(struct rg_process *process, struct rg_judgement *judgement,
		    const struct rg_request *req)
{
	bool moves = rg_config.options.move == RG_MOVE_ALWAYS &&
		     rg_relocate_may_stay(judgement);
	int64_t result = moves ? -ENOMEM
			       : rg_sys_mremap(req->addr, req->old_len,
					       req->new_len, 0, 0);

	if (!rg_sys_failed(result))
		return result;
	if (result != -ENOMEM)
		return rg_execute_raw(req);
	return grow_elsewhere(process, judgement, req);
}

/* ------------------------------------------------------ to a given place */

static bool leaves_mapping_behind(const struct rg_vma *vma)
{
	if (vma->flags & (RG_VMA_LOCKED | RG_VMA_UFFD | RG_VMA_SEALED))
		return false;
	if (vma->kind == RG_KIND_ANON)
		return true;
	return (vma->kind == RG_KIND_FILE || vma->kind == RG_KIND_SHMEM) &&
	       rg_config.kernel.version >= DONTUNMAP_MOVES_ALL;
}

/* What the kernel refuses to cut off is refused before it has moved. */
static bool may_have_sealed_tail(const struct rg_judgement *judgement,
				 const struct rg_request *req)
{
	return rg_page_up(req->new_len) < rg_page_up(req->old_len) &&
	       judgement->plan.unknown & RG_UNKNOWN_SEALED;
}

/* What is not certain to be accepted would destroy before it is refused. */
static bool goes_to_given_place(const struct rg_judgement *judgement,
				const struct rg_request *req)
{
	return req->flags == (RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED) &&
	       judgement->planned && judgement->plan.path == RG_PATH_MOVE &&
	       !grows(req) && leaves_mapping_behind(&judgement->plan.source) &&
	       !may_have_sealed_tail(judgement, req);
}

bool rg_keep_shrinks(const struct rg_judgement *judgement,
		     const struct rg_request *req)
{
	return rg_keep_leaves_mappings() && goes_to_given_place(judgement, req);
}

/* What is cut off stays until it has moved: it may still be refused. */
static int64_t move_given(struct rg_process *process,
			  struct rg_judgement *judgement,
			  const struct rg_request *req)
{
	struct rg_access_move move =
		move_of(process, req, (int64_t)req->new_addr);
	uint64_t len = move.to_len;
	uint64_t ticket = rg_quarantine_claim(process, &move);
	int64_t result;

	judgement->kept = true;
	if (ticket == RG_NO_TICKET)
		return rg_execute_raw(req);
	result = rg_sys_mremap(req->addr, len, len,
			       req->flags | RG_MREMAP_DONTUNMAP, req->new_addr);
	if (rg_sys_failed(result)) {
		rg_quarantine_settle(process, ticket, false);
		return rg_execute_raw(req);
	}
	if (rg_template_cover(move.from, move.len)) {
		unmap(move.from, move.len);
		rg_quarantine_settle(process, ticket, false);
		return result;
	}
	rg_quarantine_settle(process, ticket, true);
	judgement->ticket = ticket;
	return result;
}

/* ------------------------------------------------------------- the call */

/* Whoever goes there from now on is to be recorded. */
static bool is_taken(struct rg_process *process, uint64_t len)
{
	if (!rg_quarantine_takes(process, len))
		return false;
	rg_accesses_prepare(process);
	return true;
}

/* It leaves nothing behind, but may have to move all the same. */
static int64_t call_as_ever(struct rg_process *process,
			    struct rg_judgement *judgement,
			    const struct rg_request *req)
{
	int64_t moved = RG_ELSEWHERE_NOT;

	if (rg_config.options.move == RG_MOVE_ALWAYS)
		moved = rg_relocate(process, judgement, req);
	return moved != RG_ELSEWHERE_NOT ? moved : rg_execute_raw(req);
}

/*
 * The kernel goes on counting as locked what MREMAP_DONTUNMAP leaves behind,
 * and RLIMIT_MEMLOCK would be met for it. Without another flag this one does
 * nothing, but for what is locked it is EBUSY.
 */
static bool may_be_locked(const struct rg_request *req)
{
	return rg_sys_msync(req->addr, rg_page_up(req->old_len),
			    MS_INVALIDATE) != 0;
}

static int64_t call_among_threads(struct rg_process *process,
				  struct rg_judgement *judgement,
				  const struct rg_request *req)
{
	bool grows_freely = rg_relocate_applies(req);

	if (!grows_freely && !goes_to_given_place(judgement, req))
		return rg_execute_raw(req);
	if (may_be_locked(req))
		return call_as_ever(process, judgement, req);
	if (!is_taken(process, rg_page_up(req->old_len))) {
		judgement->kept = true;
		return call_as_ever(process, judgement, req);
	}
	return grows_freely ? grow(process, judgement, req)
			    : move_given(process, judgement, req);
}

bool rg_keep_wanted(void)
{
	return rg_quarantine_on && rg_stack_room() >= RG_STACK_FOR_MORE;
}

__attribute__((noinline)) int64_t rg_keep_call(struct rg_process *process,
					       struct rg_judgement *judgement,
					       const struct rg_request *req)
{
	int64_t result = rg_keep_leaves_mappings()
				 ? call_among_threads(process, judgement, req)
				 : rg_execute_raw(req);

	if (result == -ENOMEM && rg_quarantine_give_up(process) &&
	    rg_execute_may_try_again(process, req))
		result = rg_execute_raw(req);
	return result;
}

/* ------------------------------------------------------------ afterwards */

static bool has_moved(const struct rg_request *req, int64_t result)
{
	return (uint64_t)result != req->addr && rg_page_up(req->old_len) &&
	       !has(req, RG_MREMAP_DONTUNMAP);
}

__attribute__((noinline)) void rg_keep_rest(struct rg_process *process,
					    struct rg_judgement *judgement,
					    const struct rg_request *req,
					    int64_t result)
{
	struct rg_access_move move;

	if (rg_sys_failed(result) || !rg_page_up(req->old_len))
		return;
	move = move_of(process, req, result);
	rg_quarantine_follow(judgement->ticket, &move);
	if (has_moved(req, result) && !judgement->kept &&
	    is_taken(process, move.len))
		judgement->ticket = rg_quarantine_hold_hole(process, &move);
}
