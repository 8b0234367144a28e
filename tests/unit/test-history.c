/* SPDX-License-Identifier: MIT */

/*
 * Which calls meet others that are in flight: first by one thread that plays
 * many, beside a list of what is in flight, and then by threads, where of two
 * calls that were in flight together one at least must have been told.
 */

#include "unit.h"

#include "runtime/history.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAGE UINT64_C(4096)

static struct rg_process process;

__thread struct rg_thread rg_thread;

uint32_t rg_thread_ask(const struct rg_process *asked)
{
	rg_thread.epoch = asked->epoch;
	return rg_thread.tid;
}

static void begin(void)
{
	memset(&process, 0, sizeof(process));
	process.epoch = 1;
}

static void be(uint32_t tid)
{
	rg_thread = (struct rg_thread){ .epoch = 1, .tid = tid };
}

/* ------------------------------------------------------------ a few steps */

enum { ENTER, LEAVE };

/* In pages; without `to` it is no MREMAP_FIXED. */
struct step {
	int what;
	uint32_t tid;
	uint64_t at, pages, to;
	bool overlaps;
};

#define NR_STEPS 8

static const struct row {
	const char *name;
	struct step steps[NR_STEPS];
} rows[] = {
	{ "the same range",
	  { { ENTER, 1, 10, 2, 0, false }, { ENTER, 2, 10, 2, 0, true } } },
	{ "a page in common",
	  { { ENTER, 1, 10, 2, 0, false }, { ENTER, 2, 11, 2, 0, true } } },
	{ "neighbours",
	  { { ENTER, 1, 10, 2, 0, false }, { ENTER, 2, 12, 2, 0, false } } },
	{ "a destination that another call resizes",
	  { { ENTER, 1, 10, 2, 0, false }, { ENTER, 2, 50, 2, 11, true } } },
	{ "a range that another call moves something to",
	  { { ENTER, 1, 50, 2, 11, false }, { ENTER, 2, 10, 2, 0, true } } },
	{ "two destinations",
	  { { ENTER, 1, 50, 2, 11, false }, { ENTER, 2, 70, 2, 10, true } } },
	{ "one after the other",
	  { { ENTER, 1, 10, 2, 0, false },
	    { LEAVE, 1, 0, 0, 0, false },
	    { ENTER, 2, 10, 2, 0, false } } },
	{ "within a claim that another thread's call meets",
	  { { ENTER, 1, 10, 8, 0, false },
	    { LEAVE, 1, 0, 0, 0, false },
	    { ENTER, 2, 12, 1, 0, false },
	    { ENTER, 1, 12, 1, 0, true } } },
	{ "again, when both have looked around before",
	  { { ENTER, 1, 10, 8, 0, false },
	    { LEAVE, 1, 0, 0, 0, false },
	    { ENTER, 2, 12, 1, 0, false },
	    { LEAVE, 2, 0, 0, 0, false },
	    { ENTER, 1, 12, 1, 0, false },
	    { ENTER, 2, 12, 1, 0, true } } },
	{ "threads that begin with the same place",
	  { { ENTER, 1, 10, 2, 0, false },
	    { ENTER, 1 + RG_MAX_IN_FLIGHT, 10, 2, 0, true } } },
	{ "a place that another thread had",
	  { { ENTER, 1, 10, 2, 0, false },
	    { LEAVE, 1, 0, 0, 0, false },
	    { ENTER, 1 + RG_MAX_IN_FLIGHT, 10, 2, 0, false },
	    { ENTER, 2, 11, 1, 0, true } } },
	{ "a thread's own call, which it has jumped out of",
	  { { ENTER, 1, 10, 2, 0, false }, { ENTER, 1, 10, 2, 0, false } } },
	{ "what was jumped out of is not in flight",
	  { { ENTER, 1, 10, 2, 0, false },
	    { ENTER, 1, 20, 2, 0, false },
	    { ENTER, 2, 10, 2, 0, false } } },
};

static struct rg_request request(const struct step *step)
{
	return (struct rg_request){
		.addr = step->at * PAGE,
		.old_len = step->pages * PAGE,
		.new_len = step->pages * PAGE,
		.flags = step->to ? RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED : 0,
		.new_addr = step->to * PAGE,
	};
}

START_TEST(steps)
{
	const struct row *row = &rows[_i];
	int places[2 * RG_MAX_IN_FLIGHT];

	begin();
	for (int i = 0; i < NR_STEPS && row->steps[i].tid; i++) {
		const struct step *step = &row->steps[i];
		struct rg_request req = request(step);
		bool overlaps;

		be(step->tid);
		if (step->what == LEAVE) {
			rg_history_leave(&process, places[step->tid]);
			continue;
		}
		places[step->tid] = rg_history_enter(&process, &req, &overlaps);
		ck_assert_msg(overlaps == step->overlaps, "%s: step %d",
			      row->name, i);
	}
}
END_TEST

/* ------------------------------------------------------ many, one by one */

#define PLAYERS 9
#define SPREAD 24 /* pages that all of them call on */

static uint32_t state = 1;

static uint32_t chance(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static bool meet(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

static bool steps_meet(const struct step *a, const struct step *b)
{
	return meet(a->at, a->pages, b->at, b->pages) ||
	       (a->to && meet(a->to, a->pages, b->at, b->pages)) ||
	       (b->to && meet(a->at, a->pages, b->to, b->pages)) ||
	       (a->to && b->to && meet(a->to, a->pages, b->to, b->pages));
}

static struct step any_call(void)
{
	return (struct step){
		.at = 1 + chance(SPREAD),
		.pages = 1 + chance(3),
		.to = chance(4) ? 0 : 1 + chance(SPREAD),
	};
}

/* A thread each, three of which begin with the same place. */
START_TEST(many_steps)
{
	static const uint32_t tids[PLAYERS] = {
		1, 2, 3, 4, 5, 65, 6, 129, 100
	};
	struct step calls[PLAYERS] = { { 0 } };
	int places[PLAYERS];
	unsigned told = 0;

	begin();
	for (int i = 0; i < 200000 / unit_less(); i++) {
		uint32_t who = chance(PLAYERS);
		struct step *call = &calls[who];
		struct rg_request req;
		bool overlaps, wanted = false;

		be(tids[who]);
		if (call->pages) {
			rg_history_leave(&process, places[who]);
			call->pages = 0;
			continue;
		}
		/* often where it was before, as programs do it */
		if (!call->at || !chance(4))
			*call = any_call();
		else
			call->pages = 1;
		for (int other = 0; other < PLAYERS; other++)
			wanted |= other != (int)who && calls[other].pages &&
				  steps_meet(call, &calls[other]);
		req = request(call);
		places[who] = rg_history_enter(&process, &req, &overlaps);
		told += overlaps;
		ck_assert_msg(overlaps == wanted, "call %d: %s", i,
			      wanted ? "not told" : "told of none");
	}
	ck_assert_uint_gt(told, 1000 / unit_less());
}
END_TEST

/* ------------------------------------------------------ at the same time */

#define THREADS 4
#define CALLS 50000

struct made {
	uint64_t from, until; /* in flight all that time, if not longer */
	struct step call;
	bool overlaps;
};

static struct made made[THREADS][CALLS];
static pthread_barrier_t barrier;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void *call(void *arg)
{
	uint32_t who = (uint32_t)(uintptr_t)arg;
	uint32_t seed = who + 1;

	be(who + 1);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < CALLS / unit_less(); i++) {
		struct made *one = &made[who][i];
		struct rg_request req;
		int place;

		seed = seed * 1664525 + 1013904223;
		/* for a while on pages of its own, and then elsewhere */
		one->call = (struct step){
			.at = 1 + (seed >> 28 ? 4 * who : seed >> 24 & 15),
			.pages = 1 + (seed >> 22 & 3),
		};
		req = request(&one->call);
		place = rg_history_enter(&process, &req, &one->overlaps);
		one->from = now();
		do
			one->until = now();
		while (one->until < one->from + 300);
		rg_history_leave(&process, place);
	}
	return NULL;
}

/* Return: how many pairs were in flight together, and met. */
static unsigned compare(const struct made *a, const struct made *b)
{
	unsigned pairs = 0;

	const int nr = CALLS / unit_less();

	for (int i = 0, k = 0; i < nr; i++) {
		while (k < nr && b[k].until < a[i].from)
			k++;
		for (int j = k; j < nr && b[j].from < a[i].until; j++) {
			if (!steps_meet(&a[i].call, &b[j].call))
				continue;
			pairs++;
			ck_assert_msg(a[i].overlaps || b[j].overlaps,
				      "neither of %d and %d was told", i, j);
		}
	}
	return pairs;
}

START_TEST(at_once)
{
	pthread_t threads[THREADS];
	unsigned pairs = 0;

	begin();
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, call, (void *)i);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++) {
		for (int j = i + 1; j < THREADS; j++)
			pairs += compare(made[i], made[j]);
	}
	/* on one processor there may be none */
	printf("# %u pairs\n", pairs);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, steps, 0, NR_ROWS(rows));
	tcase_add_test(tc, many_steps);
	tcase_add_test(tc, at_once);
}
