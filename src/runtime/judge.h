/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_JUDGE_H
#define RG_RUNTIME_JUDGE_H

/*
 * When the model is asked, and with what: before a call (it is planned),
 * after a failure that changed nothing (it is explained), or not at all.
 */

#include "runtime/process.h"
#include "trace/event.h"

struct rg_judgement {
	bool planned;
	struct rg_plan plan; /* when planned */
};

/* Whatever the call is, libc refuses it by itself. */
void rg_judge_libc(struct rg_judgement *ret_judgement);

void rg_judge_before(struct rg_process *process, const struct rg_request *req,
		     struct rg_judgement *ret_judgement);

/* What the kernel did, and what that says of the plan, goes into the event. */
void rg_judge_after(struct rg_process *process,
		    const struct rg_judgement *judgement, int64_t result,
		    struct rg_event *event);

/* An event that no plan is made for. */
void rg_judge_unplanned(const struct rg_request *req, int64_t result,
			struct rg_event *event);

#endif
