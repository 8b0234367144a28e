/* SPDX-License-Identifier: MIT */

/*
 * make-fleet KIND DIR: traces for the tests of formats, in the directory DIR.
 *
 *   fleet    three hosts' traces, HOST/PROGRAM.trace: those of docs/fleet.md
 *   odd      odd.trace: strings that a careless format breaks on, and numbers
 *            of all 64 bits
 *   many N   many.trace: N times 800 calls
 */

#include "make-trace.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)

/* MADE_SINCE is in 2030 by it: this program is older, and so believed. */
#define CLOCK_OFFSET UINT64_C(893456000000000000)

/* ------------------------------------------------- whose names are in them */

static void grow_ring(void)
{
	errno = 0;
}

static void move_over(void)
{
	errno = EPERM;
}

static void load_index(void)
{
	errno = ENOMEM;
}

/* ------------------------------------------------------------------ events */

static struct rg_event call_from(void (*function)(void))
{
	struct rg_event event = an_event();

	event.nr_stack = 1;
	event.stack[0] = an_address(function);
	return event;
}

static struct rg_event a_move(void (*function)(void), uint64_t len)
{
	struct rg_event event = call_from(function);

	event.req.old_len = len;
	event.req.new_len = 2 * len;
	event.result = 0x7f1000000000;
	event.path = RG_PATH_MOVE;
	event.duration_ns = (uint32_t)(len / 16);
	return event;
}

static struct rg_event a_clobber(void)
{
	struct rg_event event = a_move(move_over, 4096);

	event.req.flags |= RG_MREMAP_FIXED;
	event.req.new_addr = 0x7f1000000000;
	event.req.new_len = 4096;
	event.judged = RG_JUDGED_PLANNED;
	event.plan_path = RG_PATH_MOVE;
	event.agreement = RG_AGREE_YES;
	event.nr_findings = 1;
	event.findings[0] = 101;
	return event;
}

static struct rg_event a_slow_move(void)
{
	struct rg_event event = a_move(load_index, 64 * MIB);

	event.nr_findings = 1;
	event.findings[0] = 201;
	return event;
}

static struct rg_event refused(void (*function)(void), uint8_t error,
			       enum rg_check check)
{
	struct rg_event event = call_from(function);
	struct rg_event failure = a_failure(error, check);

	failure.nr_stack = event.nr_stack;
	failure.stack[0] = event.stack[0];
	failure.judged = RG_JUDGED_EXPLAINED;
	return failure;
}

/* ------------------------------------------------------------------- fleet */

struct audit {
	const char *host;
	const char *program;
	const char *kernel;
	const char *generation;
	struct rg_slot slot;
	struct rg_event events[10];
	size_t nr;
	bool accessed;
};

static void put_metadata(const struct made_trace *made,
			 const struct audit *audit)
{
	struct rg_ctf_env env = {
		.version = "0.1.0",
		.kernel = audit->kernel,
		.generation = audit->generation,
		.machine = "x86_64",
		.clock_offset_ns = CLOCK_OFFSET,
	};
	char text[RG_CTF_METADATA_MAX];
	size_t len = rg_ctf_metadata(&env, text, sizeof(text));

	make_file(made, RG_CTF_METADATA, text, len);
}

/* mkdtemp() chose the name; in documents it must be the same each time. */
static void give_name(const struct made_trace *made, const char *name)
{
	if (rename(made->path, name)) {
		perror(name);
		exit(1);
	}
}

static void make_audit(const struct audit *audit)
{
	struct rg_module module = a_module();
	struct rg_event events[10];
	struct made_trace made;
	char name[256];

	make_trace(&made);
	put_metadata(&made, audit);
	make_table(&made, &audit->slot, 1);
	make_modules(&made, 0, &module, 1);
	memcpy(events, audit->events, sizeof(events));
	/* calls of one thread do not overlap */
	for (size_t i = 0; i < audit->nr; i++)
		events[i].timestamp = MADE_SINCE + (i + 1) * 10000000;
	make_segment(&made, 0, 0, events, audit->nr);
	if (audit->accessed) {
		struct rg_access access = an_access();

		access.timestamp = MADE_SINCE + 40000000;
		access.move.timestamp = events[0].timestamp;
		access.nr_stack = 1;
		access.stack[0] = (uintptr_t)&move_over;
		access.move.nr_stack = 1;
		access.move.stack[0] = an_address(load_index);
		make_accesses(&made, 0, &access, 1);
	}
	mkdir(audit->host, 0777);
	snprintf(name, sizeof(name), "%s/%s.trace", audit->host,
		 audit->program);
	give_name(&made, name);
}

static struct rg_slot slot_of(const char *exe, uint64_t calls)
{
	struct rg_slot slot = {
		.pid = 1000,
		.ppid = 1,
		.start_ns = MADE_SINCE,
		.end_ns = MADE_SINCE + 5000000000,
		.ended = RG_ENDED_EXIT,
		.tiers = { RG_TIER_WORKS, RG_TIER_WORKS, RG_TIER_WORKS },
		.paths = { calls },
	};

	snprintf(slot.exe, sizeof(slot.exe), "%s", exe);
	snprintf(slot.comm, sizeof(slot.comm), "%s", rindex(exe, '/') + 1);
	return slot;
}

static void make_fleet(void)
{
	struct audit web1 = {
		.host = "web1",
		.program = "shop",
		.kernel = "6.12.95-amd64",
		.generation = "G3b",
		.slot = slot_of("/usr/bin/shop", 6),
		.events = { a_move(grow_ring, MIB), call_from(grow_ring),
			    call_from(grow_ring), a_clobber(), a_clobber(),
			    refused(move_over, EFAULT, RG_CHECK_CROSSES_VMA) },
		.nr = 6,
	};
	struct audit web2 = {
		.host = "web2",
		.program = "shop",
		.kernel = "6.18.44-amd64",
		.generation = "G5",
		.slot = slot_of("/usr/bin/shop", 5),
		.events = { a_move(grow_ring, MIB), call_from(grow_ring),
			    a_clobber(),
			    refused(load_index, ENOMEM,
				    RG_CHECK_ADDRESS_SPACE_LIMIT),
			    refused(load_index, ENOMEM,
				    RG_CHECK_ADDRESS_SPACE_LIMIT) },
		.nr = 5,
	};
	struct audit db1 = {
		.host = "db1",
		.program = "store",
		.kernel = "6.18.44-amd64",
		.generation = "G5",
		.slot = slot_of("/usr/sbin/store", 10),
		.events = { a_slow_move(), a_slow_move(), a_slow_move() },
		.nr = 3,
		.accessed = true,
	};

	web1.slot.failed = 1;
	web2.slot.failed = 2;
	db1.slot.ended = RG_ENDED_SIGNAL;
	db1.slot.signal = 11;
	db1.slot.accesses = 1;
	db1.slot.tiers[RG_TIER_LIBC] = RG_TIER_TOO_SMALL;
	make_audit(&web1);
	make_audit(&web2);
	make_audit(&db1);
}

/* --------------------------------------------------------------------- odd */

/* What ends strings, cells, lines and frames; escapes; and no UTF-8. */
#define ODD                                                                    \
	"a,b\"c\\d;e\r\n\t\x1b\x7f \xc3\xbc\xff\xc0\x80\xed\xa0\x80\xf0\x9f\x98\x80"

static void make_odd(void)
{
	struct rg_slot slot = slot_of("/" ODD, 4);
	struct rg_module module = a_module();
	struct rg_event events[] = { call_from(grow_ring), an_event(),
				     an_event(), an_event() };
	struct made_trace made;

	memcpy(slot.comm, "=" ODD, sizeof(slot.comm) - 1);
	module.path = "/lib/" ODD;
	events[0].timestamp = MADE_SINCE + 1;
	events[1].req = (struct rg_request){ .addr = UINT64_MAX,
					     .old_len = UINT64_MAX,
					     .new_len = UINT64_MAX - 1,
					     .flags = UINT64_MAX,
					     .new_addr = UINT64_MAX };
	events[1].error = 200;
	events[1].path = RG_PATH_REFUSE;
	events[1].duration_ns = UINT32_MAX;
	events[1].damage = (1 << RG_NR_DAMAGES) - 1;
	events[1].unknown = (1 << RG_NR_UNKNOWNS) - 1;
	events[2].judged = RG_JUDGED_UNSEEN;
	events[2].path = RG_PATH_INVALID;
	events[2].result = UINT64_MAX;
	events[3].nr_findings = 3;
	events[3].findings[0] = 201;
	events[3].findings[1] = 101;
	events[3].findings[2] = 255; /* of a later version */
	events[3].verdict = RG_VERDICT_DENY;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_modules(&made, 0, &module, 1);
	make_segment(&made, 0, 0, events, 4);
	give_name(&made, "odd.trace");
}

/* -------------------------------------------------------------------- many */

#define CALLS_A_SEGMENT 800

static void make_many(uint32_t segments)
{
	static struct rg_event events[CALLS_A_SEGMENT];
	struct rg_slot slot =
		slot_of("/usr/bin/many", segments * CALLS_A_SEGMENT);
	struct rg_module module = a_module();
	struct made_trace made;

	for (size_t i = 0; i < CALLS_A_SEGMENT; i++)
		events[i] = call_from(i % 2 ? grow_ring : load_index);
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_modules(&made, 0, &module, 1);
	for (uint32_t i = 0; i < segments; i++) {
		events[0].timestamp =
			MADE_SINCE + 1 + (uint64_t)i * 10 * CALLS_A_SEGMENT;
		make_segment(&made, 0, i, events, CALLS_A_SEGMENT);
	}
	give_name(&made, "many.trace");
}

static char **arguments;

/* make-trace.h makes its traces in tests. */
START_TEST(make)
{
	const char *kind = arguments[1];

	if (!strcmp(kind, "fleet"))
		make_fleet();
	else if (!strcmp(kind, "odd"))
		make_odd();
	else
		make_many((uint32_t)atoi(arguments[2]));
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("make-fleet");
	TCase *tc = tcase_create("make");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (argc < 3 || chdir(argv[argc - 1])) {
		fprintf(stderr, "make-fleet fleet|odd|many [N] DIR\n");
		return 2;
	}
	arguments = argv;
	tcase_add_test(tc, make);
	suite_add_tcase(suite, tc);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
