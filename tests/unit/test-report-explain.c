/* SPDX-License-Identifier: MIT */

/* One call of a trace, explained: what is said of it, and what is not. */

#include "make-trace.h"
#include "unit.h"

#include "report/explanation.h"
#include "report/format.h"
#include "report/picture.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void a_function(void)
{
	errno = 0;
}

/* Refused as it crosses its mapping, which was seen: nothing else was. */
static struct rg_event a_crossing(void)
{
	struct rg_event event = a_failure(EFAULT, RG_CHECK_CROSSES_VMA);

	event.req = (struct rg_request){ 0x10000000, 12288, 16384,
					 RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED,
					 0x20000000 };
	event.plan_path = RG_PATH_REFUSE;
	event.judged = RG_JUDGED_PLANNED;
	event.agreement = RG_AGREE_YES;
	event.has_vma = true;
	event.vma_start = 0x10000000;
	event.vma_end = 0x10002000;
	event.vma_flags = RG_VMA_READ | RG_VMA_WRITE | RG_VMA_LOCKED;
	event.nr_findings = 2;
	event.findings[0] = 25;
	event.findings[1] = 103;
	return event;
}

static struct rg_event a_denial(void)
{
	struct rg_event event = a_crossing();

	event.error = EEXIST;
	event.check = RG_CHECK_NONE;
	event.plan_path = RG_PATH_MOVE;
	event.agreement = RG_AGREE_NONE;
	event.verdict = RG_VERDICT_DENY;
	event.findings[1] = 101;
	return event;
}

static struct rg_event an_injection(void)
{
	struct rg_event event = a_denial();

	event.verdict = RG_VERDICT_INJECT;
	return event;
}

static struct rg_event a_delay(void)
{
	struct rg_event event = a_crossing();

	event.verdict = RG_VERDICT_DELAY;
	return event;
}

static struct rg_event a_secret(void)
{
	struct rg_event event = an_event();

	event.judged = RG_JUDGED_UNSEEN;
	event.plan_path = RG_PATH_EXPAND_IN_PLACE;
	return event;
}

/* An errno, and nobody looked why. */
static struct rg_event a_riddle(void)
{
	struct rg_event event = a_failure(ENOMEM, RG_CHECK_NONE);

	event.unknown = RG_UNKNOWN_RLIMITS;
	return event;
}

/* What the plan was made of is recorded with it. */
static struct rg_event a_sight(void)
{
	struct rg_event event = a_crossing();

	rg_limits_set(&event.limits, RG_LIMIT_PAGE_SIZE, 4096);
	rg_limits_set(&event.limits, RG_LIMIT_MAX_MAP_COUNT, 65530);
	event.vmas[event.nr_vmas++] =
		(struct rg_event_vma){ 0x20002000, 0x20009000,
				       RG_VMA_READ | RG_VMA_SEALED };
	event.vmas[event.nr_vmas++] =
		(struct rg_event_vma){ 0x10002000, 0x10003000, 0 };
	/* of no interest */
	event.vmas[event.nr_vmas++] =
		(struct rg_event_vma){ 0x50000000, 0x50001000, RG_VMA_READ };
	return event;
}

/* Everything out of range that the reader lets through. */
static struct rg_event a_monster(void)
{
	struct rg_event event = a_crossing();

	event.req = (struct rg_request){ UINT64_MAX, UINT64_MAX, UINT64_MAX,
					 UINT64_MAX, UINT64_MAX };
	event.error = 255;
	event.damage = 255;
	event.unknown = UINT32_MAX;
	event.vma_start = UINT64_MAX;
	event.vma_end = 0;
	event.vma_flags = UINT32_MAX;
	event.check = RG_CHECK_OFFSET_WRAP;
	event.duration_ns = UINT32_MAX;
	for (int i = 0; i < RG_EVENT_MAX_FINDINGS; i++)
		event.findings[i] = (uint8_t)(100 + i);
	event.nr_findings = RG_EVENT_MAX_FINDINGS;
	event.nr_vmas = RG_EVENT_MAX_VMAS;
	for (uint8_t i = 0; i < RG_EVENT_MAX_VMAS; i++)
		event.vmas[i] =
			(struct rg_event_vma){ UINT64_MAX - 8 + i,
					       UINT64_MAX - i, UINT32_MAX };
	for (int i = 0; i < RG_NR_LIMITS; i++)
		rg_limits_set(&event.limits, (enum rg_limit)i, 3);
	return event;
}

/* No size of pages is none. */
static struct rg_event a_zero(void)
{
	struct rg_event event = a_sight();

	for (int i = 0; i < RG_NR_LIMITS; i++)
		rg_limits_set(&event.limits, (enum rg_limit)i, 0);
	return event;
}

static char *explained(struct rg_event event, bool json)
{
	struct rg_slot slot = { .pid = 1000,
				.paths = { 2 },
				.exe = "/opt/crosser" };
	struct rg_event events[2] = { an_event(), event };
	struct rg_module module = a_module();
	struct rg_explanation explanation;
	struct rg_report_error err = { "" };
	struct made_trace made;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	events[0].timestamp = MADE_SINCE + 1;
	events[1].nr_stack = 2;
	events[1].stack[0] = an_address(a_function);
	events[1].stack[1] = 0x1234;
	make_trace(&made);
	make_table(&made, &slot, 1);
	make_modules(&made, 0, &module, 1);
	make_segment(&made, 0, 0, events, 2);
	ck_assert_msg(!rg_explanation_make(made.path, 2, &explanation, &err),
		      "%s", err.text);
	remove_trace(&made);
	if (json)
		rg_render_explanation_json(&explanation, out);
	else
		rg_render_explanation_text(&explanation, out);
	rg_explanation_deinit(&explanation);
	ck_assert(!fclose(out));
	return text;
}

/* ------------------------------------------------------------------- text */

static const struct said {
	const char *name;
	struct rg_event (*event)(void);
	const char *says;
} saids[] = {
	{ "the call", a_crossing,
	  "mremap(0x10000000, 12288, 16384, MREMAP_MAYMOVE|MREMAP_FIXED, "
	  "0x20000000) = -1 EFAULT\n"
	  "event 2 of 2: process 1000 (/opt/crosser), thread 1\n"
	  "on Linux 6.18.44-test (G5)\n" },
	{ "the refusal", a_crossing, "\ncheck         crosses-vma: the old" },
	{ "the plan", a_crossing,
	  "\nplan          refuse, made before the call; so it went\n" },
	{ "the picture", a_crossing,
	  "  mapping  |====|                 0x10000000-0x10002000  8.0 KiB\n"
	  "  old      |---------|            0x10000000-0x10003000  12.0 KiB\n"
	  "  asked                   |~~~~|  0x20000000-0x20004000  16.0 KiB\n"
	  "  the mapping is readable, writable, locked\n" },
	{ "the picture of what was seen", a_sight,
	  "\nranges (not to scale; mappings as far as they were looked at)\n"
	  "  mapping  |====|                           "
	  "0x10000000-0x10002000  8.0 KiB\n"
	  "  mapping       |====|                      "
	  "0x10002000-0x10003000  4.0 KiB\n"
	  "  mapping                      |=========|  "
	  "0x20002000-0x20009000  28.0 KiB\n"
	  "  old      |---------|                      "
	  "0x10000000-0x10003000  12.0 KiB\n"
	  "  asked                   |~~~~~~~~~|       "
	  "0x20000000-0x20004000  16.0 KiB\n"
	  "  the mapping is readable, writable, locked\n"
	  "  the one at 0x10002000 is not accessible\n"
	  "  the one at 0x20002000 is readable, sealed\n" },
	{ "a limit that was seen", a_sight,
	  "recorded <= 65,530 (vm.max_map_count)\n" },
	{ "a check that passed", a_crossing,
	  "\n  passed   flags                  unknown flags: 0x0 = 0x0\n" },
	{ "what was not recorded", a_crossing,
	  "\n  passed   map-count              mappings, with those a call may "
	  "add: not\n"
	  "                                  recorded <= vm.max_map_count "
	  "(not recorded)\n" },
	{ "what follows from the answer", a_crossing,
	  "\n  passed   source-sealed          source sealed: no\n" },
	{ "the check that refused", a_crossing,
	  "\n  REFUSED  crosses-vma            length that must be mapped: "
	  "12,288 B, not <=\n"
	  "                                  8,192 B (mapping, from the old "
	  "address on)\n"
	  "  not reached: grow-special, mlock-limit," },
	{ "findings", a_crossing,
	  "\nfinding       RG025 crosses-vma (error): the old range crosses" },
	{ "where from", a_crossing,
	  "\ncalled from   a_function at unit/test-report-explain.c:" },
	{ "where from, without a name", a_crossing,
	  "\n              0x1234\n" },
	{ "the fix", a_crossing,
	  "\nfix           Look the range up in /proc/self/maps," },
	{ "denied", a_denial,
	  "\nverdict       deny, by the policy: the kernel was not asked\n" },
	{ "injected", an_injection,
	  "\nverdict       inject, on request: the kernel was not asked\n" },
	{ "injected: no check was asked", an_injection,
	  ", none of which was asked\n  not reached: flags, " },
	{ "delayed", a_delay,
	  "\nverdict       delay, on request: the call was made later\n" },
	{ "delayed: the checks were asked", a_delay,
	  "\n  REFUSED  crosses-vma " },
	{ "denied: no check was asked", a_denial,
	  ", none of which was asked\n  not reached: flags, " },
	{ "denied: the hazard's fix", a_denial,
	  "\nmore          remapguard explain RG101\n" },
	{ "never learned", a_secret, ", MREMAP_MAYMOVE) = ?\n" },
	{ "never learned, and planned", a_secret,
	  "\nplan          expand-in-place, made before the call, whose" },
	{ "not known which", a_riddle,
	  "\ncheck         which one refused is not known\n" },
	{ "one of several", a_riddle, "\n  perhaps  address-space-limit " },
	{ "before all of these", a_riddle, "\n  passed   crosses-vma " },
	{ "without a finding", a_riddle, "\nfinding       none\n" },
	{ "success", an_event, "\n  done     expand " },
	{ "success, where it is", an_event,
	  "\n  new      |~~~~~~~~~|  0x7f0000000000-0x7f0000002000  8.0 KiB\n" },
	{ "a monster", a_monster, "0xffffffffffffffff" },
	{ "limits of zero", a_zero, "\nfinding       RG025 crosses-vma" },
};

START_TEST(text_says)
{
	const struct said *row = &saids[_i];
	char *text = explained(row->event(), false);

	ck_assert_msg(strstr(text, row->says) != NULL, "%s: not in\n%s",
		      row->name, text);
	free(text);
}
END_TEST

static struct rg_event (*const events[])(void) = {
	a_crossing, a_denial,  a_secret, a_riddle,
	a_sight,    a_monster, a_zero,	 an_event,
};

/* But for the call itself, which is a line however long. */
START_TEST(text_fits)
{
	char *text = explained(events[_i](), false);
	char *line = strchr(text, '\n') + 1;

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

/* ------------------------------------------------------------------- JSON */

static const struct {
	const char *path;
	const char *want; /* as JSON */
} values[] = {
	{ "schema", "\"remapguard-explain-1\"" },
	{ "generation", "\"G5\"" },
	{ "event.number", "2" },
	{ "event.pid", "1000" },
	{ "event.addr", "\"0x10000000\"" },
	{ "event.errno", "\"EFAULT\"" },
	{ "event.check", "\"crosses-vma\"" },
	{ "event.judged", "\"planned\"" },
	{ "event.agreement", "\"agrees\"" },
	{ "event.verdict", "\"allow\"" },
	{ "event.damage", "[]" },
	{ "event.vma.end", "\"0x10002000\"" },
	{ "event.vma.flags", "[\"readable\",\"writable\",\"locked\"]" },
	{ "event.vmas.0.start", "\"0x20002000\"" },
	{ "event.vmas.0.flags", "[\"readable\",\"sealed\"]" },
	{ "event.limits",
	  "{\"page_size\":\"0x1000\",\"max_map_count\":\"0xfffa\"}" },
	{ "checks.0.check", "\"flags\"" },
	{ "checks.0.fate", "\"passed\"" },
	{ "checks.0.unit", "\"address\"" },
	{ "checks.0.value", "\"0x0\"" },
	{ "checks.0.relation", "\"equal\"" },
	{ "checks.0.bound", "\"0x0\"" },
	{ "findings.0.id", "\"RG025\"" },
	{ "findings.1.id", "\"RG103\"" },
	{ "stack.0.function", "\"a_function\"" },
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

START_TEST(json_says)
{
	char *text = explained(a_sight(), true);
	json_t *root = json_loads(text, 0, NULL);

	ck_assert_msg(root != NULL, "not JSON: %s", text);
	for (size_t i = 0; i < NR_ROWS(values); i++) {
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
END_TEST

START_TEST(json_is_json)
{
	char *text = explained(events[_i](), true);
	json_t *root = json_loads(text, 0, NULL);

	ck_assert_msg(root != NULL, "not JSON: %s", text);
	json_decref(root);
	free(text);
}
END_TEST

/* ---------------------------------------------------------------- pictures */

static const struct {
	const char *name;
	struct rg_range ranges[3];
	size_t nr;
	const char *want;
} pictures[] = {
	{ "apart",
	  { { "a", 0x1000, 0x2000, '=' }, { "b", 0x8000, 0x9000, '-' } },
	  2,
	  "  a        |====|            0x1000-0x2000  4.0 KiB\n"
	  "  b                  |----|  0x8000-0x9000  4.0 KiB\n" },
	{ "one within the other",
	  { { "a", 0x1000, 0x9000, '=' }, { "b", 0x2000, 0x3000, '-' } },
	  2,
	  "  a        |==============|  0x1000-0x9000  32.0 KiB\n"
	  "  b             |----|       0x2000-0x3000  4.0 KiB\n" },
	{ "nothing",
	  { { "a", 0x1000, 0x1000, '=' }, { "b", 0x1000, 0x2000, '-' } },
	  2,
	  "  a        |       0x1000-0x1000  0 B\n"
	  "  b        |----|  0x1000-0x2000  4.0 KiB\n" },
	{ "one of nothing",
	  { { "a", 0, 0, '=' } },
	  1,
	  "  a        |  0x0-0x0  0 B\n" },
};

START_TEST(picture)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	rg_print_picture(pictures[_i].ranges, pictures[_i].nr, out);
	fclose(out);
	ck_assert_msg(!strcmp(text, pictures[_i].want), "%s:\n%s",
		      pictures[_i].name, text);
	free(text);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, text_says, 0, NR_ROWS(saids));
	tcase_add_loop_test(tc, text_fits, 0, NR_ROWS(events));
	tcase_add_test(tc, json_says);
	tcase_add_loop_test(tc, json_is_json, 0, NR_ROWS(events));
	tcase_add_loop_test(tc, picture, 0, NR_ROWS(pictures));
}
