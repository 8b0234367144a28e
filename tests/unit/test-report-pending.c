/* SPDX-License-Identifier: MIT */

/* Events that wait for their turn, and whose turn it is. */

#include "make-trace.h"
#include "unit.h"

#include "report/json-writer.h"
#include "report/pending.h"
#include "report/turns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------- pending */

static struct rg_read_event a_call(uint64_t time)
{
	struct rg_read_event read = { .source = { .slot = 3, .segment = 4 } };

	read.call = an_event();
	read.call.timestamp = time;
	return read;
}

static struct rg_read_event with_stack(uint64_t time)
{
	struct rg_read_event read = a_call(time);

	read.call.nr_stack = RG_EVENT_MAX_STACK;
	for (int i = 0; i < RG_EVENT_MAX_STACK; i++)
		read.call.stack[i] = time + i;
	return read;
}

static struct rg_read_event with_sight(uint64_t time)
{
	struct rg_read_event read = with_stack(time);

	read.call.nr_stack = 2;
	read.call.nr_findings = 1;
	read.call.findings[0] = 101;
	read.call.nr_vmas = 2;
	read.call.vmas[0] = (struct rg_event_vma){ 1, 2, 3 };
	read.call.vmas[1] = (struct rg_event_vma){ 4, 5, 6 };
	rg_limits_set(&read.call.limits, RG_LIMIT_RLIMIT_AS, 77);
	return read;
}

static struct rg_read_event stale(uint64_t time)
{
	struct rg_read_event read = { .source.kind = RG_CTF_STREAM_ACCESSES };

	read.access = an_access();
	read.access.timestamp = time;
	read.access.nr_registers = 2;
	read.access.registers[1] = 11;
	read.access.nr_stack = 2;
	read.access.stack[1] = 12;
	read.access.move.nr_stack = 2;
	read.access.move.stack[1] = 13;
	return read;
}

static struct rg_read_event (*const made[])(uint64_t time) = {
	a_call, with_stack, with_sight, stale, a_call, with_sight, a_call,
};

static bool same_words(const uint64_t *a, const uint64_t *b, size_t nr)
{
	return !memcmp(a, b, nr * sizeof(*a));
}

static void check_call(const struct rg_event *got, const struct rg_event *want)
{
	ck_assert(!memcmp(&got->req, &want->req, sizeof(got->req)));
	ck_assert_uint_eq(got->result, want->result);
	ck_assert_uint_eq(got->nr_findings, want->nr_findings);
	ck_assert_uint_eq(got->findings[0], want->findings[0]);
	ck_assert_uint_eq(got->nr_stack, want->nr_stack);
	ck_assert(same_words(got->stack, want->stack, got->nr_stack));
	ck_assert_uint_eq(got->nr_vmas, want->nr_vmas);
	for (uint8_t i = 0; i < got->nr_vmas; i++)
		ck_assert_uint_eq(got->vmas[i].end, want->vmas[i].end);
	ck_assert_uint_eq(got->limits.known, want->limits.known);
	if (got->limits.known)
		ck_assert_uint_eq(got->limits.rlimit_as,
				  want->limits.rlimit_as);
}

static void check_access(const struct rg_access *got,
			 const struct rg_access *want)
{
	ck_assert_uint_eq(got->addr, want->addr);
	ck_assert_uint_eq(got->move.from, want->move.from);
	ck_assert(same_words(got->registers, want->registers, 2));
	ck_assert(same_words(got->stack, want->stack, 2));
	ck_assert(same_words(got->move.stack, want->move.stack, 2));
}

static void check_next(struct rg_pending *pending, size_t number)
{
	struct rg_read_event want = made[number](100 + number);
	static struct rg_read_event got; /* with what the last one left */

	ck_assert(!rg_pending_is_empty(pending));
	ck_assert_uint_eq(rg_pending_time(pending), 100 + number);
	rg_pending_take(pending, &got);
	ck_assert(!memcmp(&got.source, &want.source, sizeof(got.source)));
	ck_assert_uint_eq(rg_read_event_time(&got), 100 + number);
	if (want.source.kind == RG_CTF_STREAM_ACCESSES)
		check_access(&got.access, &want.access);
	else
		check_call(&got.call, &want.call);
}

START_TEST(what_waits_is_whole)
{
	struct rg_pending pending = { 0 };

	ck_assert(rg_pending_is_empty(&pending));
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < NR_ROWS(made); i++) {
			struct rg_read_event event = made[i](100 + i);

			rg_pending_put(&pending, &event);
		}
		for (size_t i = 0; i < NR_ROWS(made); i++)
			check_next(&pending, i);
		ck_assert(rg_pending_is_empty(&pending));
	}
	rg_pending_deinit(&pending);
}
END_TEST

/* ----------------------------------------------------------------- turns */

/* Streams of different steps: each comes when it is due, ties by rank. */
START_TEST(the_earliest_is_first)
{
	enum { STREAMS = 37, EACH = 50 };
	uint64_t left[STREAMS];
	struct rg_turns turns = { 0 };
	uint64_t last = 0;
	uint64_t last_rank = 0;

	for (uint64_t i = 0; i < STREAMS; i++) {
		struct rg_turn turn = { .time = i * 7 % 11,
					.rank = STREAMS - i,
					.stream = &left[i] };

		left[i] = EACH;
		rg_turns_add(&turns, &turn);
	}
	for (int i = 0; i < STREAMS * EACH; i++) {
		struct rg_turn first = turns.heap[0];
		uint64_t *stream = first.stream;

		ck_assert(first.time > last ||
			  (first.time == last && first.rank > last_rank));
		ck_assert(rg_turns_stays_first(&turns, first.time));
		last = first.time;
		last_rank = first.rank;
		if (--*stream)
			rg_turns_put_back(&turns,
					  first.time + 1 + first.rank % 3);
		else
			rg_turns_drop(&turns);
	}
	ck_assert_uint_eq(turns.nr, 0);
	rg_turns_deinit(&turns);
}
END_TEST

START_TEST(stays_first)
{
	static const struct {
		const char *name;
		uint64_t time;
		bool want;
	} times[] = {
		{ "earlier than all", 5, true },
		{ "as the second, with a lower rank", 20, true },
		{ "after the second", 21, false },
		{ "after all", 99, false },
	};
	struct rg_turn list[] = { { 10, 1, NULL },
				  { 30, 2, NULL },
				  { 20, 3, NULL } };
	struct rg_turns turns = { 0 };

	for (size_t i = 0; i < NR_ROWS(list); i++)
		rg_turns_add(&turns, &list[i]);
	ck_assert_msg(rg_turns_stays_first(&turns, times[_i].time) ==
			      times[_i].want,
		      "%s", times[_i].name);
	rg_turns_deinit(&turns);
}
END_TEST

/* ------------------------------------------------------------------ JSON */

static json_t *element(int number)
{
	return json_pack("{s:i,s:[i,{}],s:s}", "number", number, "list", 1,
			 "text", "two\nlines");
}

static void write_pieces(FILE *out)
{
	struct rg_json_writer writer = { .out = out };

	rg_json_begin_object(&writer, NULL);
	rg_json_put(&writer, "first", json_string("value"));
	rg_json_begin_array(&writer, "none");
	rg_json_end_array(&writer);
	rg_json_begin_array(&writer, "some");
	rg_json_put(&writer, NULL, element(1));
	rg_json_begin_object(&writer, NULL);
	rg_json_put(&writer, "inner", element(2));
	rg_json_end_object(&writer);
	rg_json_end_array(&writer);
	rg_json_put(&writer, "last", json_array());
	rg_json_end_object(&writer);
}

/* As the library would lay it out. */
START_TEST(json_in_pieces)
{
	json_t *whole = json_pack("{s:s,s:[],s:[o,{s:o}],s:[]}", "first",
				  "value", "none", "some", element(1), "inner",
				  element(2), "last");
	char *want = json_dumps(whole, JSON_INDENT(2));
	char *got = NULL;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	ck_assert(want && out);
	write_pieces(out);
	ck_assert(!fclose(out));
	ck_assert_uint_eq(len, strlen(want) + 1);
	ck_assert_int_eq(got[len - 1], '\n');
	got[len - 1] = '\0';
	ck_assert_str_eq(got, want);
	free(got);
	free(want);
	json_decref(whole);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_test(tc, what_waits_is_whole);
	tcase_add_test(tc, the_earliest_is_first);
	tcase_add_loop_test(tc, stays_first, 0, 4);
	tcase_add_test(tc, json_in_pieces);
}
