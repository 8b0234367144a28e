/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_JUDGE_H
#define RG_RUNTIME_JUDGE_H

/*
 * When the model is asked, and with what: before a call (it is planned),
 * after a failure that changed nothing (it is explained), or not at all.
 */

#include "policy/policy.h"
#include "runtime/process.h"
#include "runtime/vma-query.h"
#include "trace/event.h"

struct rg_judgement {
	bool planned;
	struct rg_plan plan;	    /* when planned */
	struct rg_mm mm;	    /* what it was made of; see rg_judge_mm() */
	struct rg_vma_query lookup; /* the mappings in it */
	uint32_t facts;		    /* enum rg_fact */
	uint64_t findings;	    /* a set, as far as told before the call */
	struct rg_verdict verdict;
	/* with a quarantine, see keep.c */
	bool noted;	 /* rg_history_note() has been told of the call */
	bool kept;	 /* nothing is left to be done about the old range */
	uint64_t ticket; /* that it is held by, or RG_NO_TICKET */
};

/* What a plan was made of; NULL where nothing was looked at. */
static inline const struct rg_mm *rg_judge_mm(const struct rg_judgement *made)
{
	return made->planned && made->mm.find_vma ? &made->mm : NULL;
}

/* Nothing is known of it, and nothing is asked. */
void rg_judge_nothing(struct rg_judgement *ret_judgement);

/* Whatever the call is, libc refuses it by itself. */
void rg_judge_libc(struct rg_judgement *ret_judgement);

/* Will it be planned, and first of all the mapping at its address be asked? */
bool rg_judge_looks(const struct rg_request *req);

/*
 * Plan it, as far as it is to be planned. ahead: of that mapping, what has been
 * asked already; or NULL.
 */
void rg_judge_before(struct rg_process *process, const struct rg_request *req,
		     const struct rg_vma_answer *ahead,
		     struct rg_judgement *ret_judgement);

/* Plan what was not planned: something hangs on it. */
void rg_judge_closer(struct rg_process *process, const struct rg_request *req,
		     struct rg_judgement *judgement);

/*
 * What the kernel did, and what that says of the plan, goes into the event.
 * The judgement's look is the last that was taken.
 */
void rg_judge_after(struct rg_process *process, struct rg_judgement *judgement,
		    int64_t result, struct rg_event *event);

/* What the last look has seen goes into the event. */
void rg_judge_sight(const struct rg_judgement *judgement,
		    struct rg_event *event);

/* The call was stopped: the event has what was planned, and no comparison. */
void rg_judge_stopped(const struct rg_judgement *judgement,
		      struct rg_event *event);

/* An event that no plan is made for. */
void rg_judge_unplanned(const struct rg_request *req, int64_t result,
			struct rg_event *event);

#endif
