/* SPDX-License-Identifier: MIT */

#include "make-trace.h"
#include "unit.h"

#include "report/format.h"
#include "report/render.h"
#include "report/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------- traces to show */

static void a_function(void)
{
	errno = 0;
}

/* Two failures for different reasons, a move, a shrink; one call lost. */
static void make_busy(struct made_trace *made)
{
	struct rg_slot slot = {
		.pid = 1000,
		.ppid = 999,
		.paths = { [RG_PATH_REFUSE] = 6 },
		.lost = { [RG_LOST_NO_SPACE] = 1 },
		.ended = RG_ENDED_SIGNAL,
		.signal = SIGKILL,
		.tiers = { RG_TIER_WORKS, RG_TIER_TOO_SMALL, RG_TIER_WORKS },
		.comm = "busy",
		.exe = "/opt/busy",
		.placed = 1003,
		.misplaced = 1,
		.rooms = 2,
		.rooms_used = 5,
	};
	struct rg_module module = {
		0, 0x10000, 0x20000, 0x10000, 0, { 0 }, "/nowhere/libring.so"
	};
	struct rg_event events[5] = {
		a_failure(ENOMEM, RG_CHECK_NO_ROOM),
		a_failure(EINVAL, RG_CHECK_OVERLAP),
		a_failure(ENOMEM, RG_CHECK_NO_ROOM),
		an_event(),
		an_event(),
	};

	events[3].path = RG_PATH_MOVE;
	events[3].req.old_len = 3 << 20;
	events[3].req.new_len = 9 << 20;
	events[3].tier = RG_TIER_LIBC;
	events[4].path = RG_PATH_SHRINK;
	for (int i = 0; i < 5; i++) {
		events[i].nr_stack = 1;
		events[i].stack[0] = 0x12345;
	}
	make_trace(made);
	make_table(made, &slot, 1);
	make_modules(made, 0, &module, 1);
	make_segment(made, 0, 0, events, 5);
}

static void make_quiet(struct made_trace *made)
{
	struct rg_slot slot = { .pid = 1000,
				.ended = RG_ENDED_EXIT,
				.tiers = { 1, 1, 1, 1 },
				.exe = "/bin/true" };

	make_trace(made);
	make_table(made, &slot, 1);
}

/* Names that would move the cursor, or are no UTF-8, or are far too long. */
static void make_hostile(struct made_trace *made)
{
	struct rg_slot slot = { .pid = UINT32_MAX,
				.paths = { UINT64_MAX },
				.comm = "\033[2Jx\n",
				.ended = RG_ENDED_SIGNAL,
				.signal = 255 };
	char path[RG_MODULE_PATH_MAX];
	struct rg_module module = { 0, 0, UINT64_MAX, 0, 0, { 0 }, path };
	struct rg_event event = a_failure(255, RG_CHECK_NONE);

	memset(path, 0xff, sizeof(path));
	memcpy(path, "/\033]0;\x07\xc2\x9b\n", 9);
	path[sizeof(path) - 1] = '\0';
	memset(slot.exe, 0xe4, sizeof(slot.exe));
	memcpy(slot.exe, "/bin/\033[31m\xc2\x9b", 12);
	event.nr_stack = 2;
	event.stack[0] = 0x12345;
	event.stack[1] = UINT64_MAX;
	event.duration_ns = UINT32_MAX;
	make_trace(made);
	make_table(made, &slot, 1);
	make_modules(made, 0, &module, 1);
	make_segment(made, 0, 0, &event, 1);
}

/* Hazards, refusals and denials, of a place that has a name. */
static void make_found(struct made_trace *made)
{
	struct rg_slot slot = { .pid = 1000,
				.paths = { [RG_PATH_REFUSE] = 4 },
				.ended = RG_ENDED_EXIT,
				.tiers = { 1, 1, 1, 1 },
				.exe = "/opt/found" };
	struct rg_module module = a_module();
	struct rg_event events[4] = {
		a_failure(EINVAL, RG_CHECK_OVERLAP),
		a_failure(EEXIST, RG_CHECK_NONE),
		a_failure(EEXIST, RG_CHECK_NONE),
		an_event(),
	};

	for (int i = 0; i < 4; i++) {
		events[i].nr_findings = 1;
		events[i].findings[0] = 101;
		events[i].judged = RG_JUDGED_PLANNED;
		events[i].nr_stack = 1;
		events[i].stack[0] = an_address(a_function);
	}
	events[0].timestamp = MADE_SINCE + 1;
	events[0].findings[0] = 8;
	events[1].verdict = RG_VERDICT_DENY;
	events[2].verdict = RG_VERDICT_ABORT;
	events[3].judged = RG_JUDGED_UNPLANNED;
	make_trace(made);
	make_table(made, &slot, 1);
	make_modules(made, 0, &module, 1);
	make_segment(made, 0, 0, events, 4);
}

static char *render(void (*make)(struct made_trace *made), bool json)
{
	struct rg_report_error err = { "" };
	struct rg_tally *tally = rg_tally_new();
	struct rg_look plain = { .colour = false };
	struct made_trace made;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	make(&made);
	ck_assert_msg(!rg_tally_add(tally, made.path, &err), "%s", err.text);
	remove_trace(&made);
	if (json)
		rg_render_json(tally, out);
	else
		rg_render_text(tally, &plain, out);
	ck_assert(!fclose(out));
	rg_tally_free(tally);
	return text;
}

/* ------------------------------------------------------------------ text */

static const struct said {
	const char *name;
	void (*make)(struct made_trace *made);
	const char *says;
} saids[] = {
	{ "title", make_busy, "busy  -  5 calls  -  kernel 6.18.44-test (G5)" },
	{ "failures", make_busy, "\n3 failed\n" },
	{ "most common reason", make_busy, "\n        2  ENOMEM   " },
	{ "other reason", make_busy, "\n        1  EINVAL   " },
	{ "moved bytes", make_busy, "\n2 succeeded, moving 3.0 MiB\n" },
	{ "path", make_busy, "        1  shrank in place\n" },
	{ "caller without a name", make_busy, "libring.so+0x2345\n" },
	{ "object without names", make_busy,
	  "/nowhere/libring.so cannot be read: offsets instead of names\n" },
	{ "lost", make_busy,
	  "\n1 call not in the trace\n        1  no room for the trace" },
	{ "how it ended", make_busy, "SIGKILL   /opt/busy\n" },
	{ "places", make_busy,
	  "\n\n1,001 growths moved to where page tables move whole.\n"
	  "2 growths moved to where there is room for the next.\n"
	  "5 growths of those in place afterwards.\n"
	  "1 growth left to the kernel's choice: no such place, or a limit.\n" },
	{ "coverage", make_busy,
	  "Not seen: calls inside libc (realloc of large blocks, stdio) (tier "
	  "libc: libc's\nmremap has no room for a jump)." },
	{ "hazards first", make_found,
	  "\n2 kinds of findings (remapguard explain RGnnn)\n"
	  "        3  RG101 clobber (hazard, 2 denied)\n"
	  "           the destination holds mappings, which are silently "
	  "destroyed\n"
	  "           a_function at " },
	{ "then refusals", make_found, "\n        1  RG008 overlap (error)\n" },
	{ "verdicts", make_found,
	  "        2  of them denied by the policy: the kernel was not "
	  "asked\n"
	  "        1  of these ended the program\n" },
	{ "what was not looked at", make_found,
	  "\nNot judged in full: 1 call, for which nobody" },
	{ "no calls", make_quiet, "true  -  0 calls" },
	{ "no calls explained", make_quiet, "No call of mremap was seen." },
	{ "errno without a name", make_hostile, "errno-255" },
	{ "names made harmless", make_hostile, "?[31m??" },
};

START_TEST(text_says)
{
	const struct said *row = &saids[_i];
	char *text = render(row->make, false);

	ck_assert_msg(strstr(text, row->says) != NULL, "%s: not in\n%s",
		      row->name, text);
	free(text);
}
END_TEST

static void (*const makers[])(struct made_trace *made) = {
	make_busy,
	make_quiet,
	make_hostile,
	make_found,
};

START_TEST(text_fits)
{
	char *text = render(makers[_i], false);
	char *line = text;

	for (char *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		ck_assert_msg(rg_columns(line) <= 80, "too wide: %s", line);
		for (const char *at = line; *at; at++)
			ck_assert_msg((unsigned char)*at >= ' ',
				      "control character: %s", line);
	}
	free(text);
}
END_TEST

/* ------------------------------------------------------------------ JSON */

/* Paths into the report, "a.b.0.c", and the number or string there. */
struct value {
	const char *path;
	const char *want; /* as JSON */
};

static const struct value found_values[] = {
	{ "totals.denied", "2" },
	{ "totals.aborted", "1" },
	{ "totals.unknown_findings", "0" },
	{ "findings.0.id", "\"RG101\"" },
	{ "findings.0.name", "\"clobber\"" },
	{ "findings.0.severity", "\"hazard\"" },
	{ "findings.0.count", "3" },
	{ "findings.0.denied", "2" },
	{ "findings.0.first_event", "2" },
	{ "findings.0.unjudged", "1" },
	{ "findings.0.callers.0.function", "\"a_function\"" },
	{ "findings.0.callers.0.count", "3" },
	{ "findings.1.id", "\"RG008\"" },
	{ "findings.1.severity", "\"error\"" },
	{ "findings.1.unjudged", "0" },
};

static const struct value busy_values[] = {
	{ "schema", "\"remapguard-report-1\"" },
	{ "kernel", "\"6.18.44-test\"" },
	{ "generation", "\"G5\"" },
	{ "totals.calls", "5" },
	{ "totals.failed", "3" },
	{ "totals.lost", "1" },
	{ "totals.planned", "0" },
	{ "totals.explained", "0" },
	{ "totals.unplanned", "5" },
	{ "totals.unseen", "0" },
	{ "totals.mismatches", "0" },
	{ "totals.racy", "0" },
	{ "totals.unknown", "0" },
	{ "totals.bytes_moved", "3145728" },
	{ "totals.denied", "0" },
	{ "totals.fixed", "0" },
	{ "totals.paths",
	  "{\"no-resize\":0,\"shrink\":1,\"expand-in-place\":0,\"move\":1,"
	  "\"duplicate\":0,\"dontunmap\":0,\"multi-move\":0,\"refuse\":3}" },
	{ "totals.errors", "{\"ENOMEM\":2,\"EINVAL\":1}" },
	{ "totals.tiers",
	  "{\"symbol\":4,\"libc\":1,\"syscall\":0,\"supervisor\":0}" },
	{ "placement",
	  "{\"placed\":1003,\"misplaced\":1,\"rooms\":2,\"rooms_used\":5}" },
	{ "processes.0.pid", "1000" },
	{ "processes.0.exe", "\"/opt/busy\"" },
	{ "processes.0.comm", "\"busy\"" },
	{ "processes.0.calls", "5" },
	{ "processes.0.lost", "1" },
	{ "processes.0.tiers",
	  "{\"symbol\":true,\"libc\":false,\"syscall\":true,"
	  "\"supervisor\":false}" },
	{ "processes.0.ended", "\"signal\"" },
	{ "findings", "[]" },
	{ "checks.0.errno", "\"ENOMEM\"" },
	{ "checks.0.check", "\"no-room\"" },
	{ "checks.0.count", "2" },
	{ "sites.0.calls", "5" },
	{ "sites.0.failed", "3" },
	{ "sites.0.moves", "1" },
	{ "sites.0.bytes_moved", "3145728" },
	{ "sites.0.ns_total", "500" },
	{ "sites.0.stack.0.function", "\"\"" },
	{ "sites.0.stack.0.module", "\"/nowhere/libring.so\"" },
	{ "sites.0.stack.0.file", "\"\"" },
	{ "sites.0.stack.0.line", "0" },
	{ "unnamed.0.why", "\"missing\"" },
};

static json_t *value_at(json_t *root, const char *path)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *part = strtok(copy, "."); part && root;
	     part = strtok(NULL, "."))
		root = json_is_array(root)
			       ? json_array_get(root, (size_t)atoi(part))
			       : json_object_get(root, part);
	return root;
}

static void check_values(void (*make)(struct made_trace *made),
			 const struct value *values, size_t nr)
{
	char *text = render(make, true);
	json_t *root = json_loads(text, 0, NULL);

	ck_assert_msg(root != NULL, "not JSON: %s", text);
	for (size_t i = 0; i < nr; i++) {
		json_t *got = value_at(root, values[i].path);
		json_t *want =
			json_loads(values[i].want, JSON_DECODE_ANY, NULL);
		char *shown = json_dumps(got, JSON_ENCODE_ANY);

		ck_assert_msg(got && json_equal(got, want), "%s: %s",
			      values[i].path, shown ? shown : "not there");
		free(shown);
		json_decref(want);
	}
	json_decref(root);
	free(text);
}

START_TEST(json_says)
{
	check_values(make_busy, busy_values, NR_ROWS(busy_values));
	check_values(make_found, found_values, NR_ROWS(found_values));
}
END_TEST

START_TEST(json_is_json)
{
	char *text = render(makers[_i], true);
	json_t *root = json_loads(text, 0, NULL);

	ck_assert_msg(root != NULL, "not JSON: %s", text);
	json_decref(root);
	free(text);
}
END_TEST

/* --------------------------------------------------------------- numbers */

static const struct number {
	const char *(*format)(uint64_t value, struct rg_word *word);
	uint64_t value;
	const char *want;
} numbers[] = {
	{ rg_format_count, 0, "0" },
	{ rg_format_count, 999, "999" },
	{ rg_format_count, 1204, "1,204" },
	{ rg_format_count, UINT64_MAX, "18,446,744,073,709,551,615" },
	{ rg_format_bytes, 512, "512 B" },
	{ rg_format_bytes, 4096, "4.0 KiB" },
	{ rg_format_bytes, UINT64_C(1503238553), "1.4 GiB" },
	{ rg_format_bytes, UINT64_C(7) << 52, "28672.0 TiB" },
	{ rg_format_duration, 999, "999 ns" },
	{ rg_format_duration, 1000, "1.0 us" },
	{ rg_format_duration, UINT64_C(1250000), "1.2 ms" },
	{ rg_format_duration, UINT64_C(3600000000000), "3600.0 s" },
};

START_TEST(number_is)
{
	struct rg_word word;
	const char *got = numbers[_i].format(numbers[_i].value, &word);

	ck_assert_str_eq(got, numbers[_i].want);
}
END_TEST

START_TEST(shortened)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *want;
	} texts[] = {
		{ "short", 10, "short" },
		{ "exactly-10", 10, "exactly-10" },
		{ "/usr/lib/x86_64/libring.so", 16, "/usr...ibring.so" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", 3, "\xc3\xa4\xc3\xb6\xc3\xbc" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc", 5,
		  "...\xc3\xb6\xc3\xbc" },
		{ "abc", 2, "..." },
	};

	for (size_t i = 0; i < NR_ROWS(texts); i++) {
		struct rg_word word;

		ck_assert_str_eq(
			rg_format_short(texts[i].text, texts[i].columns, &word),
			texts[i].want);
	}
}
END_TEST

START_TEST(caller_is)
{
	static const struct {
		struct rg_caller caller;
		const char *want;
	} callers[] = {
		{ { .has_stack = false }, "(no stack)" },
		{ { { "grow", "/bin/ring", "/src/ring/a.c", 7, 0 }, "", true },
		  "grow at ring/a.c:7" },
		{ { { "grow", "/bin/ring", "a.c", 7, 0 }, "realloc", true },
		  "grow at a.c:7, in realloc" },
		{ { { "grow", "/lib/libring.so", "", 0, 0x10 }, "", true },
		  "grow in libring.so" },
		{ { { "", "/lib/libring.so", "", 0, 0x10 }, "realloc", true },
		  "libring.so+0x10, in realloc" },
		{ { { "", "", "", 0, 0x10 }, "", true }, "0x10" },
		{ { { "R<long>::grow(long, void (*)(int)) const", "", "a.cc", 7,
		      0 },
		    "",
		    true },
		  "R<long>::grow at a.cc:7" },
		{ { { "R::operator()(int)", "", "a.cc", 7, 0 }, "", true },
		  "R::operator() at a.cc:7" },
		{ { { "a_function_of_a_very_long_name_indeed", "", "a.c", 7,
		      0 },
		    "realloc",
		    true },
		  "a_functi...y_long_name_indeed at a.c:7, in realloc" },
	};

	for (size_t i = 0; i < NR_ROWS(callers); i++) {
		struct rg_caller caller = callers[i].caller;
		struct rg_word word;

		ck_assert_str_eq(rg_format_caller(&caller, 50, &word),
				 callers[i].want);
	}
}
END_TEST

/* --------------------------------------------------------------- summary */

START_TEST(summary)
{
	char want[1024];
	struct made_trace made;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	make_busy(&made);
	ck_assert(!rg_report_summary(made.path, out));
	remove_trace(&made);
	fclose(out);
	snprintf(want, sizeof(want),
		 "remapguard: 5 mremap calls, 3 failed, 3.0 MiB moved\n"
		 "remapguard: 2 ENOMEM: %s\n"
		 "remapguard: and 1 other reason of failure\n"
		 "remapguard: 1 call not in the trace\n"
		 "remapguard: see: remapguard report %s\n",
		 rg_check_info(RG_CHECK_NO_ROOM)->sentence, made.path);
	ck_assert_str_eq(text, want);
	free(text);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, text_says, 0, NR_ROWS(saids));
	tcase_add_loop_test(tc, text_fits, 0, NR_ROWS(makers));
	tcase_add_test(tc, json_says);
	tcase_add_loop_test(tc, json_is_json, 0, NR_ROWS(makers));
	tcase_add_loop_test(tc, number_is, 0, NR_ROWS(numbers));
	tcase_add_test(tc, shortened);
	tcase_add_test(tc, caller_is);
	tcase_add_test(tc, summary);
}
