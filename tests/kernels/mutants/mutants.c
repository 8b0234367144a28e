/* SPDX-License-Identifier: MIT */

/*
 * --beside has a letter for each mutant, in the order of --beside=list: `a` to
 * await that it is caught, `t` to try it only, `-` to leave it out. Without,
 * all are awaited. Prints for each, separated by tabs:
 *
 *   mutant caught|left|elsewhere NAME BROKEN CALL
 *
 * where `elsewhere` is one of another generation's rules.
 */

#include "mutants.h"

#include "operators.h"
#include "rules.h"

#include "../oracle/beside.h"
#include "../oracle/case.h"
#include "../oracle/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#define MAX_MUTANTS 4096
/* The runner takes so many of the calls with unknown inputs for wrong. */
#define UNKNOWN_FRACTION 1000
/* No share of fewer than so many is told. */
#define LEAST_CALLS 10000
/* Or so many that lack what nobody can see; the model itself has some. */
#define INVISIBLE_FRACTION 200
/* What is not expected to be caught is tried in so many cases. */
#define TRIED_FRACTION 8

struct mutant {
	const char *name;
	const char *broken;
	plan_fn *plan;
	const struct change *change; /* of the rules; NULL for none */
	int part;		     /* the function; -1 for any */
};

/* What has become of one; in memory that all children share. */
struct fate {
	enum { AWAITED, TRIED, LEFT_OUT, ELSEWHERE } state;
	const char *caught; /* how, for people; NULL when it is not */
	uint64_t seed;
	enum profile profile;
	struct rg_request req;
	int64_t result;
	struct rg_plan plan;
	uint64_t unknown;   /* calls with inputs unknown to it alone */
	uint64_t invisible; /* the same, whatever input it is */
};

static struct mutant mutants[MAX_MUTANTS];
static unsigned int nr_mutants;
static struct fate *fates;
static uint64_t most_unknown;
static uint64_t most_invisible;

/* ----------------------------------------------------------- all there are */

static void add_mutants(void)
{
	static struct change changes[MAX_CHANGES];
	static char names[MAX_CHANGES][CHANGE_NAME_SIZE];
	unsigned int nr_changes = changes_list(changes);

	for (unsigned int i = 0; i < nr_source_mutants; i++) {
		struct mutant *mutant = &mutants[nr_mutants++];

		mutant->name = source_mutants[i].name;
		mutant->broken = source_mutants[i].broken;
		mutant->plan = source_mutants[i].plan;
		mutant->part = source_mutants[i].part;
	}
	for (unsigned int i = 0; i < nr_changes; i++) {
		struct mutant *mutant = &mutants[nr_mutants++];

		change_name(&changes[i], names[i]);
		mutant->name = names[i];
		mutant->broken = "generations.c";
		mutant->plan = rg_plan_make;
		mutant->change = &changes[i];
		mutant->part = -1;
	}
}

static void list(void)
{
	for (unsigned int i = 0; i < nr_mutants; i++)
		printf("%s\n", mutants[i].name);
	exit(0);
}

static void set_states(const char *letters)
{
	size_t nr_letters = letters ? strlen(letters) : 0;

	for (unsigned int i = 0; i < nr_mutants; i++) {
		const struct change *change = mutants[i].change;

		if (i < nr_letters && letters[i] != 'a')
			fates[i].state = letters[i] == 't' ? TRIED : LEFT_OUT;
		if (change && change->generation != machine.kernel.generation)
			fates[i].state = ELSEWHERE;
	}
}

/* ------------------------------------------- what breaks may also not end */

static sigjmp_buf escape;
static volatile sig_atomic_t is_planning;
static volatile sig_atomic_t nr_ticks;

static void on_fault(int signal_number)
{
	if (is_planning)
		siglongjmp(escape, 1);
	signal(signal_number, SIG_DFL);
}

/* The second tick in one plan, which takes microseconds. */
static void on_tick(int signal_number)
{
	(void)signal_number;
	if (is_planning && nr_ticks++)
		siglongjmp(escape, 2);
}

static void catch_signals(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	struct sigaction action = { .sa_flags = SA_NODEFER };

	action.sa_handler = on_fault;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &action, NULL);
	action.sa_handler = on_tick;
	sigaction(SIGVTALRM, &action, NULL);
}

/* Not while mremap runs, which a signal could interrupt. */
static void tick(bool on)
{
	struct itimerval timer = { { 0, on ? 200000 : 0 },
				   { 0, on ? 200000 : 0 } };

	setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

/* ---------------------------------------------------------------- judging */

#define INVISIBLE (RG_UNKNOWN_SPECIAL | RG_UNKNOWN_KSM | RG_UNKNOWN_VMAS)

unsigned char parts_reached[MAX_PARTS];

/* A mutant can only plan otherwise where the model comes by what is broken. */
static void trace(const struct call *call)
{
	memset(parts_reached, 0, sizeof(parts_reached));
	traced_plan(&call->req, &call->seen, &machine.kernel);
	traced_plan(&call->req, &call->hidden, &machine.kernel);
}

static bool is_worth_trying(const struct mutant *mutant,
			    const struct fate *fate)
{
	if (fate->caught || fate->state > TRIED)
		return false;
	if (fate->state == TRIED && running->seed % TRIED_FRACTION)
		return false;
	return mutant->part < 0 || parts_reached[mutant->part];
}

static struct rg_plan plan_of(const struct mutant *mutant,
			      const struct rg_request *req,
			      const struct rg_mm *mm)
{
	struct rg_plan plan;

	change_rules(mutant->change);
	plan = mutant->plan(req, mm, &machine.kernel);
	change_rules(NULL);
	return plan;
}

static const char *judge_seen(struct fate *fate, const struct call *call,
			      const struct rg_plan *right)
{
	uint32_t unknown = fate->plan.unknown;

	if (!memcmp(&fate->plan, right, sizeof(*right)))
		return NULL;
	fate->unknown += unknown & ~INVISIBLE && !(right->unknown & ~INVISIBLE);
	fate->invisible += unknown && !right->unknown;
	if (fate->unknown > most_unknown || fate->invisible > most_invisible)
		return "it does not know, and that too often";
	return judge_plan(call, &fate->plan);
}

static const char *judge_mutant(const struct mutant *mutant, struct fate *fate,
				const struct call *call,
				const struct rg_plan *plan,
				const struct rg_plan *hidden)
{
	const char *wrong;

	fate->plan = plan_of(mutant, &call->req, &call->seen);
	wrong = judge_seen(fate, call, plan);
	if (wrong)
		return wrong;
	fate->plan = plan_of(mutant, &call->req, &call->hidden);
	if (!memcmp(&fate->plan, hidden, sizeof(*hidden)))
		return NULL;
	return judge_hidden_plan(call, &fate->plan);
}

static const char *judge_safely(const struct mutant *mutant, struct fate *fate,
				const struct call *call,
				const struct rg_plan *plan,
				const struct rg_plan *hidden)
{
	static const char *const escapes[] = { NULL, "it crashes",
					       "it does not end" };
	const char *volatile wrong;
	int escaped = sigsetjmp(escape, 0);

	if (escaped) {
		change_rules(NULL);
		wrong = escapes[escaped];
	} else {
		nr_ticks = 0;
		is_planning = 1;
		wrong = judge_mutant(mutant, fate, call, plan, hidden);
	}
	is_planning = 0;
	return wrong;
}

static void judge_all(const struct layout *layout, const struct call *call,
		      const struct rg_plan *plan, const struct rg_plan *hidden)
{
	trace(call);
	tick(true);
	for (unsigned int i = 0; i < nr_mutants; i++) {
		struct fate *fate = &fates[i];

		if (!is_worth_trying(&mutants[i], fate))
			continue;
		fate->caught =
			judge_safely(&mutants[i], fate, call, plan, hidden);
		if (!fate->caught)
			continue;
		fate->seed = running->seed;
		fate->profile = layout->profile;
		fate->req = call->req;
		fate->result = call->result;
	}
	tick(false);
}

static bool are_all_caught(void)
{
	for (unsigned int i = 0; i < nr_mutants; i++) {
		if (fates[i].state == AWAITED && !fates[i].caught)
			return false;
	}
	return true;
}

/* --------------------------------------------------------------- printing */

static void print_result(int64_t result)
{
	if (result < 0 && result > -4096)
		printf("%s", strerrorname_np((int)-result));
	else
		printf("%#" PRIx64, (uint64_t)result);
}

static void print_planned(const struct rg_plan *plan)
{
	const struct rg_check_info *info = rg_check_info(plan->check);

	printf(", planned %s", rg_path_name(plan->path));
	if (plan->path == RG_PATH_REFUSE && info)
		printf(" with %s by %s", strerrorname_np(info->error),
		       info->name);
}

static void print_call(const struct fate *fate)
{
	const struct rg_request *req = &fate->req;

	printf("mremap(%#" PRIx64 ", %#" PRIx64 ", %#" PRIx64 ", %#" PRIx64
	       ", %#" PRIx64 ") = ",
	       req->addr, req->old_len, req->new_len, req->flags,
	       req->new_addr);
	print_result(fate->result);
	if (fate->plan.path < RG_NR_PATHS && strncmp(fate->caught, "it ", 3))
		print_planned(&fate->plan);
	printf(": %s (--profile=%s --seed=%" PRIu64 ")", fate->caught,
	       profile_name(fate->profile), fate->seed);
}

static void print_fates(void)
{
	static const char *const states[] = { "left", "left", NULL,
					      "elsewhere" };

	for (unsigned int i = 0; i < nr_mutants; i++) {
		const struct fate *fate = &fates[i];

		if (fate->state == LEFT_OUT)
			continue;
		printf("mutant %s\t%s\t%s\t",
		       fate->caught ? "caught" : states[fate->state],
		       mutants[i].name, mutants[i].broken);
		if (fate->caught)
			print_call(fate);
		printf("\n");
	}
}

/* --------------------------------------------------------------- the whole */

/* Before a case puts a mapping there, into which the stack cannot grow. */
static void use_stack(void)
{
	volatile char room[1 << 16];

	for (size_t i = 0; i < sizeof(room); i += 1024)
		room[i] = 0;
}

static void start(const char *argument, uint64_t calls)
{
	add_mutants();
	if (argument && !strcmp(argument, "list"))
		list();
	fates = mmap(NULL, nr_mutants * sizeof(*fates), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fates == MAP_FAILED) {
		perror("mutants");
		exit(2);
	}
	if (calls < LEAST_CALLS)
		calls = LEAST_CALLS;
	most_unknown = calls / UNKNOWN_FRACTION;
	most_invisible = calls / INVISIBLE_FRACTION;
	set_states(argument);
	catch_signals();
	use_stack();
}

static const struct beside all_mutants = {
	.start = start,
	.call = judge_all,
	.is_done = are_all_caught,
	.print = print_fates,
};

const struct beside *const beside = &all_mutants;
