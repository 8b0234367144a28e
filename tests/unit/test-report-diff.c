/* SPDX-License-Identifier: MIT */

/* What is a regression between two made traces, and what is not. */

#include "make-trace.h"
#include "unit.h"

#include "report/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void a_function(void)
{
	errno = 0;
}

static void another_function(void)
{
	errno = EPERM;
}

/* ------------------------------------------------------------------- traces */

/* So many calls of each kind, from a_function unless it says another. */
struct audit {
	unsigned plain;
	unsigned moves; /* of a page */
	unsigned slow;	/* of the kernel: a microsecond each */
	unsigned clobbers;
	unsigned clobbers_elsewhere;
	unsigned clobbers_unnamed;
	unsigned infos; /* with a finding that only informs */
	unsigned faults;
	unsigned faults_elsewhere;
};

#define MAX_EVENTS 400

struct events {
	struct rg_event list[MAX_EVENTS];
	size_t nr;
};

static void add(struct events *events, unsigned nr, struct rg_event event,
		uint64_t from)
{
	event.timestamp = MADE_SINCE + 1;
	event.nr_stack = 1;
	event.stack[0] = from;
	while (nr--) {
		ck_assert_uint_lt(events->nr, MAX_EVENTS);
		events->list[events->nr++] = event;
	}
}

static struct rg_event found(uint8_t finding)
{
	struct rg_event event = an_event();

	event.nr_findings = 1;
	event.findings[0] = finding;
	return event;
}

static struct rg_event moved(void)
{
	struct rg_event event = an_event();

	event.path = RG_PATH_MOVE;
	return event;
}

static struct rg_event slow(void)
{
	struct rg_event event = an_event();

	event.duration_ns = 1000000;
	return event;
}

static struct rg_tally *tally_of(const struct audit *audit)
{
	static struct events events;
	struct rg_event fault = a_failure(EFAULT, RG_CHECK_CROSSES_VMA);
	uint64_t here = an_address(a_function);
	uint64_t elsewhere = an_address(another_function);
	struct rg_module module = a_module();
	struct rg_tally *tally = rg_tally_new();
	struct rg_report_error err = { "" };
	struct rg_slot slot = { .pid = 1000 };
	struct made_trace made;

	events.nr = 0;
	add(&events, audit->plain, an_event(), here);
	add(&events, audit->moves, moved(), here);
	add(&events, audit->slow, slow(), here);
	add(&events, audit->clobbers, found(101), here);
	add(&events, audit->clobbers_elsewhere, found(101), elsewhere);
	add(&events, audit->clobbers_unnamed, found(101), 0x1234);
	add(&events, audit->infos, found(204), here);
	add(&events, audit->faults, fault, here);
	add(&events, audit->faults_elsewhere, fault, elsewhere);
	slot.paths[RG_PATH_MOVE] = events.nr;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_modules(&made, 0, &module, 1);
	make_segment(&made, 0, 0, events.list, events.nr);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	return tally;
}

/* --------------------------------------------------------------------- rows */

static const struct row {
	const char *name;
	struct audit a;
	struct audit b;
	unsigned tolerance;
	bool regression;
} rows[] = {
	{ "nothing at all", .tolerance = 10 },
	{ "the same",
	  { .plain = 3, .clobbers = 2, .faults = 4 },
	  { .plain = 3, .clobbers = 2, .faults = 4 },
	  0,
	  false },
	{ "more calls are more work",
	  { .plain = 3 },
	  { .plain = 300 },
	  0,
	  false },
	{ "more time is the machine's, too",
	  { .plain = 3 },
	  { .slow = 3 },
	  0,
	  false },
	{ "a new finding", { .plain = 3 }, { .clobbers = 1 }, 10, true },
	{ "a finding that is gone",
	  { .clobbers = 1 },
	  { .plain = 1 },
	  0,
	  false },
	{ "fewer of a finding",
	  { .clobbers = 5 },
	  { .clobbers = 4 },
	  0,
	  false },
	{ "more of a finding", { .clobbers = 5 }, { .clobbers = 6 }, 10, true },
	{ "more of a finding, within the tolerance",
	  { .clobbers = 100 },
	  { .clobbers = 110 },
	  10,
	  false },
	{ "more of a finding, just beyond the tolerance",
	  { .clobbers = 100 },
	  { .clobbers = 111 },
	  10,
	  true },
	{ "no tolerance", { .clobbers = 100 }, { .clobbers = 101 }, 0, true },
	{ "a finding at another place, and fewer in all",
	  { .clobbers = 100 },
	  { .clobbers = 50, .clobbers_elsewhere = 1 },
	  10,
	  true },
	{ "a place without a name is another with each build",
	  { .clobbers = 100 },
	  { .clobbers = 50, .clobbers_unnamed = 1 },
	  10,
	  false },
	{ "what only informs", { .plain = 3 }, { .infos = 3 }, 0, false },
	{ "a new failure",
	  { .plain = 3 },
	  { .plain = 3, .faults = 1 },
	  10,
	  true },
	{ "more failures", { .faults = 10 }, { .faults = 12 }, 10, true },
	{ "more failures, within the tolerance",
	  { .faults = 10 },
	  { .faults = 12 },
	  20,
	  false },
	{ "fewer failures", { .faults = 10 }, { .faults = 9 }, 0, false },
	{ "a failure at another place",
	  { .faults = 100 },
	  { .faults = 99, .faults_elsewhere = 1 },
	  10,
	  true },
	{ "more bytes moved", { .moves = 10 }, { .moves = 12 }, 10, true },
	{ "more bytes moved, within the tolerance",
	  { .moves = 10 },
	  { .moves = 11 },
	  10,
	  false },
	{ "fewer bytes moved", { .moves = 10 }, { .moves = 1 }, 0, false },
};

START_TEST(regression)
{
	const struct row *row = &rows[_i];
	struct rg_tally *a = tally_of(&row->a);
	struct rg_tally *b = tally_of(&row->b);
	struct rg_diff diff;

	rg_diff_make(a, b, row->tolerance, &diff);
	ck_assert_msg(diff.regression == row->regression,
		      "%s: regression: %d, wanted %d", row->name,
		      diff.regression, row->regression);
	rg_diff_deinit(&diff);
	rg_tally_free(a);
	rg_tally_free(b);
}
END_TEST

/* ---------------------------------------------------------------- the texts */

static const struct audit before = { .plain = 2, .moves = 1, .clobbers = 3 };
static const struct audit after = { .plain = 1, .moves = 3, .faults = 2 };

static const struct {
	const char *name;
	const char *line; /* is in the text */
} lines[] = {
	{ "verdict", "2 regressions.\n" },
	{ "calls", "calls                       6           6  same\n" },
	{ "failed", "failed                      0           2  new\n" },
	{ "bytes",
	  "moved                 4.0 KiB    12.0 KiB  more: REGRESSION\n" },
	{ "finding",
	  "  RG101 clobber (hazard):           3           0  gone\n" },
	{ "failure",
	  "  EFAULT: the old range reaches past the end of the mapping at its "
	  "start\n                            0           2  new: "
	  "REGRESSION\n" },
	{ "mover", "Callers that move more\n"
		   "      a_function at unit/test-report-diff.c:" },
	{ "audits", "a  BEFORE, Linux 6.18.44-test\nb  AFTER, Linux " },
};

START_TEST(text)
{
	const struct rg_diff_names names = { "BEFORE", "AFTER" };
	struct rg_tally *a = tally_of(&before);
	struct rg_tally *b = tally_of(&after);
	struct rg_diff diff;
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	rg_diff_make(a, b, 10, &diff);
	rg_render_diff_text(&diff, &names, out);
	fclose(out);
	ck_assert_msg(strstr(got, lines[_i].line) != NULL, "%s: got\n%s",
		      lines[_i].name, got);
	free(got);
	rg_diff_deinit(&diff);
	rg_tally_free(a);
	rg_tally_free(b);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, regression, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, text, 0, NR_ROWS(lines));
}
