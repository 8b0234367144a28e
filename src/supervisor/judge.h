/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_JUDGE_H
#define RG_SUPERVISOR_JUDGE_H

/*
 * A call of another process, judged as the object would judge it: the same
 * model, findings and policy, asked of what can be seen from outside. What
 * only the process itself knows stays unsaid: other calls in flight, those
 * before (RG113, RG114, RG202), and what its loader mapped (RG110).
 */

#include "policy/caution.h"
#include "supervisor/fresh.h"
#include "supervisor/notice.h"
#include "supervisor/sight.h"
#include "supervisor/unwind.h"
#include "trace/event.h"

/* By what is judged; the same for all calls. */
struct rg_bench {
	const struct rg_options *options;
	struct rg_kernel kernel;
	struct rg_limits limits; /* of a process of this machine's word size */
	uint64_t ignored;	 /* findings nothing is done about, as a set */
	uint64_t errors;	 /* those that only an outcome shows */
	struct rg_caution caution;
};

/* Everything that judging one call needs and finds. */
struct rg_case {
	const struct rg_bench *bench;
	const struct rg_notice *notice;
	struct rg_fresh *thread;
	struct rg_sight sight;
	bool planned;
	struct rg_plan plan;	 /* when planned */
	struct rg_limits limits; /* that it was made with */
	uint64_t findings;
	struct rg_verdict verdict;
	struct rg_unwinder *unwinder; /* NULL: the instruction is all */
	uint8_t nr_stack;	      /* 0: not captured yet */
	uint64_t stack[RG_EVENT_MAX_STACK];
	bool site_known;
	struct rg_call_site site;
	char module[256]; /* what site points to */
	/* of the process: calls that fit each injection; NULL: none act */
	uint64_t *injected;
	uint32_t counted; /* a bit for each that this call was added to */
};

void rg_bench_init(struct rg_bench *bench, const struct rg_options *options,
		   const struct rg_kernel *kernel);

/* is_narrow: the process's addresses have 32 bits. */
void rg_case_open(struct rg_case *ret_case, const struct rg_bench *bench,
		  const struct rg_notice *notice, struct rg_fresh *thread,
		  bool is_narrow);

/* Who called, while the caller waits. */
void rg_case_unwind(struct rg_case *of);

/* Plan it, find, and decide. */
void rg_case_judge(struct rg_case *of);

/* The call was never made: none has counted it. */
void rg_case_uncount(struct rg_case *of);

/*
 * What is recorded of it. One that is let go has a plan, and its result is
 * never learned: RG_JUDGED_UNSEEN.
 */
void rg_case_describe(const struct rg_case *of, struct rg_event *ret_event);

#endif
