/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_PLAIN_H
#define RG_RUNTIME_PLAIN_H

/*
 * Nearly every call is plain: it resizes, nothing has to be known before it is
 * made, and it succeeds. It is made, counted and recorded here, with no more
 * than that takes; what else shows of it is left to call.c.
 */

#include "runtime/trace.h"

/* A call that has been made. */
struct rg_made {
	int64_t result;	      /* of the system call: -errno for a failure */
	uint32_t duration_ns; /* this and the next: with a trace */
	struct rg_moment end;
	const struct rg_plan *plan; /* that it has ended by; NULL: none */
	bool noted; /* rg_history_note() has been told */
	bool creeps;
};

/* Once, when the options and all that they ask for are known. */
void rg_plain_init(void);

/* May it be made here? */
bool rg_plain_may_be(const struct rg_request *req);

/*
 * place: among the calls in flight, which is left as soon as it is made.
 * Return: whether it was plain to its end. If not, it was made all the same,
 * and *ret_made has all there is of it so far.
 */
bool rg_plain_make(struct rg_process *process, enum rg_tier tier,
		   const struct rg_request *req, uint64_t caller, int place,
		   struct rg_made *ret_made);

/*
 * One that was planned, has ended so, and has no finding: it is counted and
 * recorded as one that is plain. Return: whether it was; as above.
 */
bool rg_plain_end(struct rg_process *process, enum rg_tier tier,
		  const struct rg_request *req, uint64_t caller,
		  struct rg_made *made);

#endif
