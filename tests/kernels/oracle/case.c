/* SPDX-License-Identifier: MIT */

#include "case.h"

#include "child.h"
#include "machine.h"
#include "random.h"
#include "request.h"
#include "row.h"
#include "strain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

struct tally *tally;
struct running *running;

/* --------------------------------------------------------------- counting */

/*
 * What no process can see of itself: drivers' hooks, signals with KSM, which
 * holes the kernel searches for the largest of ranges; near the limit of
 * commitments what each processor has counted and not yet added up; and near
 * that of maps which pieces of a move have merged with their neighbours. (How
 * many maps there are before the call is always known here.)
 */
#define INVISIBLE                                                              \
	(RG_UNKNOWN_SPECIAL | RG_UNKNOWN_KSM | RG_UNKNOWN_VMAS |               \
	 RG_UNKNOWN_COMMIT | RG_UNKNOWN_MAP_COUNT)

static void count(const struct verdict *verdict)
{
	uint32_t unknown = verdict->plan.unknown;

	tally->calls++;
	tally->unknown += (unknown & ~INVISIBLE) != 0;
	tally->invisible += unknown && !(unknown & ~INVISIBLE);
	for (int i = 0; i < RG_NR_UNKNOWNS; i++)
		tally->unknowns[i] += unknown >> i & 1;
	tally->paths[verdict->plan.path]++;
	tally->checks[verdict->plan.check]++;
}

/* ---------------------------------------------------------------- running */

void case_print_operations(void)
{
	for (unsigned int i = 0; i < operation_log->nr; i++)
		operation_print(&operation_log->operations[i]);
}

static void print(const struct layout *layout, const struct verdict *verdict)
{
	printf("# disagreement: %s, kernel %s, --profile=%s --seed=%" PRIu64
	       " --calls=1\n",
	       verdict->wrong, rg_generation_name(machine.kernel.generation),
	       profile_name(layout->profile), running->seed);
	judge_print(layout, verdict);
	case_print_operations();
	row_print(verdict, judge_now(), judge_limits());
	fflush(stdout);
}

bool case_run(struct layout *layout, uint64_t seed)
{
	struct verdict verdict = { 0 };
	unsigned int nr;

	running->seed = seed;
	random_start(seed);
	operation_log->nr = 0;
	layout_build(layout);
	judge_start(layout, seed);
	for (int i = 0; i < CALLS_A_CASE && !verdict.wrong; i++) {
		struct rg_request req;

		strain_vary(layout, judge_now());
		req = request_choose(layout, judge_now());
		verdict = judge_call(layout, &req);
		count(&verdict);
	}
	if (!verdict.wrong && seed % 4 == 0)
		verdict.wrong = judge_end();
	running->verdict = verdict;
	if (!verdict.wrong) {
		layout_tear_down(layout);
		return true;
	}
	/* not in the list of what is done again */
	nr = operation_log->nr;
	strain_end(layout);
	operation_log->nr = nr;
	return false;
}

/* -------------------------------------------------------------- shrinking */

static struct operation_log kept;

/* What is kept, but for the operations [from, to). */
struct replay {
	enum profile profile;
	unsigned int from;
	unsigned int to;
	bool show;
};

static int replay_in_child(void *arg)
{
	const struct replay replay = *(const struct replay *)arg;
	static struct layout layout;
	struct verdict verdict = { 0 };
	bool started = false;

	layout_enter(&layout, replay.profile);
	random_start(running->seed);
	operation_log->nr = 0;
	for (unsigned int i = 0; i < kept.nr && !verdict.wrong; i++) {
		const uint64_t *args = kept.operations[i].args;
		struct rg_request req = { args[0], args[1], args[2], args[3],
					  args[4] };

		if (i >= replay.from && i < replay.to)
			continue;
		if (kept.operations[i].kind != OP_CALL) {
			operation_do(kept.operations[i]);
			continue;
		}
		if (!started)
			judge_start(&layout, running->seed);
		started = true;
		verdict = judge_call(&layout, &req);
	}
	if (!verdict.wrong && started)
		verdict.wrong = judge_end();
	if (replay.show && verdict.wrong)
		print(&layout, &verdict);
	layout_tear_down(&layout);
	return verdict.wrong ? 1 : 0;
}

static bool still_fails(enum profile profile, unsigned int from,
			unsigned int to, bool show)
{
	struct replay replay = { profile, from, to, show };
	pid_t pid = child_start(replay_in_child, &replay);
	int status = 0;

	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static void leave_out(unsigned int from, unsigned int to)
{
	memmove(&kept.operations[from], &kept.operations[to],
		(kept.nr - to) * sizeof(kept.operations[0]));
	kept.nr -= to - from;
}

/* It depends on more than what is noted. */
static void print_lost(enum profile profile)
{
	static struct layout none;

	*operation_log = kept;
	none.profile = profile;
	printf("# what follows is of the first run: it does not fail again\n");
	print(&none, &running->verdict);
}

/* Halves first, then ever smaller runs, down to single operations. */
void case_shrink(enum profile profile)
{
	kept = *operation_log;
	for (unsigned int len = kept.nr; len; len /= 2) {
		for (unsigned int from = 0; from + len <= kept.nr;) {
			if (still_fails(profile, from, from + len, false))
				leave_out(from, from + len);
			else
				from += len;
		}
	}
	if (!still_fails(profile, kept.nr, kept.nr, true))
		print_lost(profile);
	fflush(stdout);
}
