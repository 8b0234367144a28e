/* SPDX-License-Identifier: MIT */

/*
 * What a report needs does not grow with the number of events: its memory, as
 * the kernel counts it, and its tables.
 */

#include "make-trace.h"
#include "unit.h"

#include "report/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define NR_PROCESSES 4
#define PER_SEGMENT 250
#define MB 1024 /* of ru_maxrss, which is in KiB */

extern char **environ;

/* Some fail, some have findings, all have a stack of eight frames. */
static struct rg_event event_number(size_t number)
{
	struct rg_event event =
		number % 10 ? an_event()
			    : a_failure(EFAULT, RG_CHECK_CROSSES_VMA);

	event.nr_stack = 8;
	for (int i = 0; i < 8; i++)
		event.stack[i] = 0x10000 + number % 50 * (i < 2) + 16 * i;
	event.nr_findings = number % 3 == 0;
	event.findings[0] = 201;
	return event;
}

static void make_events(const struct made_trace *made, uint32_t slot, size_t nr)
{
	struct rg_event events[PER_SEGMENT];

	for (size_t at = 0; at < nr; at += PER_SEGMENT) {
		for (size_t i = 0; i < PER_SEGMENT; i++)
			events[i] = event_number(at + i);
		events[0].timestamp = MADE_BEGIN + 10 * at + slot;
		make_segment(made, slot, (uint32_t)(at / PER_SEGMENT), events,
			     PER_SEGMENT);
	}
}

static void make_large(struct made_trace *made, size_t events)
{
	struct rg_slot slots[NR_PROCESSES];
	struct rg_module module = { 0, 0x10000, 0x20000,	  0x10000,
				    0, { 0 },	"/lib/libring.so" };

	make_trace(made);
	for (uint32_t i = 0; i < NR_PROCESSES; i++) {
		slots[i] = (struct rg_slot){
			.pid = 1000 + i,
			.paths = { events / NR_PROCESSES },
		};
		make_events(made, i, events / NR_PROCESSES);
		make_modules(made, i, &module, 1);
	}
	make_table(made, slots, NR_PROCESSES);
}

/* The most that the command had in memory, in KiB. */
static long memory_of_report(const struct made_trace *made, const char *format)
{
	char *argv[] = { getenv("REMAPGUARD"), (char *)"report", (char *)format,
			 (char *)made->path, NULL };
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	int status;
	pid_t pid;

	ck_assert(argv[0]);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
					 O_WRONLY, 0);
	ck_assert(!posix_spawn(&pid, argv[0], &actions, NULL, argv, environ));
	posix_spawn_file_actions_destroy(&actions);
	ck_assert_int_eq(wait4(pid, &status, 0, &usage), pid);
	ck_assert_msg(!status, "%s: wait status %d", format, status);
	return usage.ru_maxrss;
}

START_TEST(memory_is_flat)
{
	static const char *const formats[] = {
		"--format=text",   "--format=json",	"--format=sarif",
		"--format=folded", "--format=perfetto", "--format=csv",
		"--format=html",
	};
	struct made_trace few;
	struct made_trace many;

	make_large(&few, 20000);
	make_large(&many, 200000);
	for (size_t i = 0; i < NR_ROWS(formats); i++) {
		long less = memory_of_report(&few, formats[i]);
		long more = memory_of_report(&many, formats[i]);

		ck_assert_msg(more < less + 3 * MB, "%s: %ld KiB, then %ld KiB",
			      formats[i], less, more);
	}
	remove_trace(&few);
	remove_trace(&many);
}
END_TEST

/* --------------------------------------------------- tables have an end */

static uint64_t calls_of_sites(const struct rg_tally *tally)
{
	uint64_t calls = 0;

	for (size_t i = 0; i < tally->sites.nr; i++)
		calls += tally->sites.list[i].calls;
	return calls;
}

/*
 * Each event has a stack of its own, of three frames; with `callers` callers
 * in all.
 */
static void make_stacks(struct made_trace *made, size_t nr, size_t callers)
{
	struct rg_slot slot = { .pid = 1000, .paths = { nr } };
	struct rg_event events[PER_SEGMENT];

	make_trace(made);
	make_table(made, &slot, 1);
	for (size_t at = 0; at < nr; at += PER_SEGMENT) {
		for (size_t i = 0; i < PER_SEGMENT; i++) {
			events[i] = an_event();
			events[i].nr_stack = 3;
			events[i].stack[0] = 0x1000 + (at + i) % callers;
			events[i].stack[1] = 0x1000000 + at + i;
			events[i].stack[2] = 0x10;
		}
		events[0].timestamp = MADE_BEGIN + 10 * at;
		make_segment(made, 0, (uint32_t)(at / PER_SEGMENT), events,
			     PER_SEGMENT);
	}
}

START_TEST(stacks_have_an_end)
{
	static const struct {
		const char *name;
		size_t events;
		size_t callers;
		size_t sites;
	} ends[] = {
		{ "all fit", 65500, 10, 65500 },
		{ "cut to a caller each", 70000, 10, RG_SITES_MAX + 10 },
		{ "too many callers, too", 140000, 140000,
		  2 * RG_SITES_MAX + 1 },
	};
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };
	size_t events = ends[_i].events;
	struct made_trace made;

	make_stacks(&made, events, ends[_i].callers);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	ck_assert_msg(tally->sites.nr == ends[_i].sites, "%s: %zu sites",
		      ends[_i].name, tally->sites.nr);
	ck_assert_msg(
		tally->totals.stacks_cut ==
			(events > RG_SITES_MAX ? events - RG_SITES_MAX : 0),
		"%s: cut", ends[_i].name);
	ck_assert_msg(calls_of_sites(tally) == events, "%s: calls",
		      ends[_i].name);
	rg_tally_free(tally);
}
END_TEST

START_TEST(stale_accesses_have_an_end)
{
	struct rg_stales stales = { 0 };
	struct rg_stale stale = { 0 };

	for (size_t i = 0; i < RG_STALES_MAX; i++) {
		stale.site = i;
		ck_assert(rg_stales_intern(&stales, &stale));
	}
	stale.site = 5;
	ck_assert_ptr_eq(rg_stales_intern(&stales, &stale), &stales.list[5]);
	stale.site = RG_STALES_MAX;
	ck_assert_ptr_null(rg_stales_intern(&stales, &stale));
	rg_stales_deinit(&stales);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_test(tc, memory_is_flat);
	tcase_add_loop_test(tc, stacks_have_an_end, 0, 3);
	tcase_add_test(tc, stale_accesses_have_an_end);
}
