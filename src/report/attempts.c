/* SPDX-License-Identifier: MIT */

#include "report/attempts.h"

#include <signal.h>
#include <stdlib.h>

static const char *const names[RG_NR_OUTCOMES] = {
	[RG_OUTCOME_CRASH] = "crash",
	[RG_OUTCOME_HANG] = "hang",
	[RG_OUTCOME_OTHER_OUTPUT] = "other-output",
	[RG_OUTCOME_OTHER_STATUS] = "other-status",
	[RG_OUTCOME_SAME] = "same",
	[RG_OUTCOME_NOTHING_FAILED] = "nothing-failed",
	[RG_OUTCOME_UNTRIED] = "not-tried",
};

const char *rg_outcome_name(enum rg_outcome outcome)
{
	return (unsigned)outcome < RG_NR_OUTCOMES ? names[outcome] : NULL;
}

bool rg_signal_is_crash(int number)
{
	switch (number) {
	case SIGILL:
	case SIGTRAP:
	case SIGABRT:
	case SIGBUS:
	case SIGFPE:
	case SIGSEGV:
	case SIGSYS:
		return true;
	default:
		return false;
	}
}

/* A shell, or what else starts a program, says so for one that crashed. */
static bool tells_of_crash(int exit_status)
{
	return rg_signal_is_crash(exit_status - 128);
}

enum rg_outcome rg_outcome_of(const struct rg_ending *before,
			      const struct rg_ending *after)
{
	if (!after->reached)
		return RG_OUTCOME_NOTHING_FAILED;
	if (after->hung)
		return RG_OUTCOME_HANG;
	if (after->signal)
		return RG_OUTCOME_CRASH;
	if (after->exit_status != before->exit_status)
		return tells_of_crash(after->exit_status)
			       ? RG_OUTCOME_CRASH
			       : RG_OUTCOME_OTHER_STATUS;
	return after->other_output ? RG_OUTCOME_OTHER_OUTPUT : RG_OUTCOME_SAME;
}

static int compare(const void *a, const void *b)
{
	const struct rg_attempt *left = a;
	const struct rg_attempt *right = b;

	if (left->outcome != right->outcome)
		return left->outcome < right->outcome ? -1 : 1;
	if (left->calls != right->calls)
		return left->calls > right->calls ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

void rg_attempts_sort(struct rg_attempts *attempts)
{
	if (attempts->nr)
		qsort(attempts->list, attempts->nr, sizeof(*attempts->list),
		      compare);
}

size_t rg_attempts_count(const struct rg_attempts *attempts,
			 enum rg_outcome outcome)
{
	size_t nr = 0;

	for (size_t i = 0; i < attempts->nr; i++)
		nr += attempts->list[i].outcome == outcome;
	return nr;
}
