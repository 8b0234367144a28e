/* SPDX-License-Identifier: MIT */

/*
 * The pages that `remapguard explain` prints: docs/findings.md has one for
 * each finding and says what the code does, docs/model.md has a row for each
 * check, and all of it fits a terminal.
 */

#include "unit.h"

#include "report/check-order.h"
#include "report/format.h"
#include "report/pages.h"
#include "report/render-page.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------- as the catalogue has it */

static void want_fact(const struct rg_finding_info *info, struct rg_text page,
		      const char *fact, const char *want)
{
	struct rg_text got = rg_page_fact(page, fact);

	ck_assert_msg(got.len == strlen(want) && !memcmp(got.at, want, got.len),
		      "%s: %s is %.*s, and should be %s", info->id, fact,
		      (int)got.len, got.at, want);
}

static void format_profiles(const struct rg_finding_info *info, char *text,
			    size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	for (int i = 0; i < RG_NR_PROFILES; i++) {
		enum rg_action action = (enum rg_action)info->actions[i];

		fprintf(out, "%s%s %s", i ? ", " : "",
			rg_profile_name((enum rg_profile)i),
			rg_action_name(action));
		if (action == RG_ACTION_DENY)
			fprintf(out, " (%s)",
				info->error ? strerrorname_np(info->error)
					    : "the kernel's errno");
	}
	fclose(out);
}

static void format_checks(enum rg_finding finding, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");
	const char *before = "";

	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		enum rg_check check = (enum rg_check)i;

		if (rg_finding_of_check(check) != finding)
			continue;
		fprintf(out, "%s`%s`", before, rg_check_info(check)->name);
		before = ", ";
	}
	if (!*before)
		fputs("none", out);
	fclose(out);
}

START_TEST(page_is_as_the_table)
{
	enum rg_finding finding = (enum rg_finding)_i;
	const struct rg_finding_info *info = rg_finding_info(finding);
	struct rg_text page = rg_page_of(finding);
	char text[512];

	ck_assert_msg(page.len > 0, "%s %s has no page", info->id, info->name);
	want_fact(info, page, "Severity", rg_severity_name(info->severity));
	format_profiles(info, text, sizeof(text));
	want_fact(info, page, "Profiles", text);
	want_fact(info, page, "Told of",
		  info->needs_vmas ? "calls whose mappings were looked at"
				   : "every call");
	format_checks(finding, text, sizeof(text));
	want_fact(info, page, "Checks", text);
	ck_assert_msg(rg_page_fact(page, "Kernels").len > 0, "%s: Kernels",
		      info->id);
}
END_TEST

/* The sentence of the table, as a sentence. */
START_TEST(page_begins_with_its_sentence)
{
	enum rg_finding finding = (enum rg_finding)_i;
	const struct rg_finding_info *info = rg_finding_info(finding);
	struct rg_text page = rg_page_of(finding);
	char *plain = rg_plain_markdown(page);
	char want[256];

	snprintf(want, sizeof(want), " %s. ", info->sentence);
	want[1] = (char)toupper(want[1]);
	ck_assert_msg(!strncmp(plain, want, strlen(want)),
		      "%s does not begin with %s", info->id, want);
	free(plain);
}
END_TEST

START_TEST(page_has_all_parts)
{
	static const char *const parts[] = { "Asked", "The kernel",
					     "Why it matters", "Fix" };
	enum rg_finding finding = (enum rg_finding)_i;
	struct rg_text page = rg_page_of(finding);

	for (size_t i = 0; i < NR_ROWS(parts); i++)
		ck_assert_msg(rg_page_part(page, parts[i]).len > 0, "%s: %s",
			      rg_finding_info(finding)->id, parts[i]);
	ck_assert_msg(memmem(page.at, page.len, "\n```", 4) != NULL,
		      "%s: no example", rg_finding_info(finding)->id);
}
END_TEST

/* In the table's order, so none is there twice or for nothing. */
START_TEST(no_other_pages)
{
	const char *at = rg_pages().at;
	int nr = 0;

	while ((at = strstr(at, "\n## "))) {
		const struct rg_finding_info *info =
			rg_finding_info((enum rg_finding)nr++);

		at += strlen("\n## ");
		ck_assert_msg(info && !strncmp(at, info->id, strlen(info->id)),
			      "a page too many, or out of order: %.20s", at);
	}
	ck_assert_int_eq(nr, RG_NR_FINDINGS);
	ck_assert_uint_eq(rg_page_of(RG_NR_FINDINGS).len, 0);
}
END_TEST

/* ---------------------------------------------------------------- checks */

/* "| `RG_CHECK_FLAGS` `flags` | EINVAL | … | RG001 |" of docs/model.md */
START_TEST(check_has_its_row)
{
	const struct rg_check_info *info = rg_check_info((enum rg_check)_i);
	const struct rg_finding_info *as =
		rg_finding_info(rg_finding_of_check((enum rg_check)_i));
	FILE *in = fopen(getenv("MODEL_MD"), "re");
	char line[512];
	char begin[128];
	char end[32];
	bool found = false;

	ck_assert_msg(in != NULL, "MODEL_MD does not name docs/model.md");
	snprintf(begin, sizeof(begin), "| `%s` `%s` | %s |", info->id,
		 info->name, strerrorname_np(info->error));
	snprintf(end, sizeof(end), "| %s%s|\n", as ? as->id : "",
		 as ? " " : "");
	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, begin, strlen(begin)) != 0)
			continue;
		found = true;
		ck_assert_msg(
			strlen(line) > strlen(end) &&
				!strcmp(line + strlen(line) - strlen(end), end),
			"%s does not end with %s", line, end);
	}
	ck_assert_msg(found, "no row begins with %s", begin);
	fclose(in);
}
END_TEST

static const struct {
	const char *name;
	enum rg_generation generation;
	enum rg_call_kind kind;
	enum rg_check check;
	bool asked;
	uint32_t damage; /* of all kinds */
} places[] = {
	{ "flags come first", RG_GEN_G0, RG_CALL_FIXED, RG_CHECK_FLAGS, true,
	  0 },
	{ "too late", RG_GEN_G4, RG_CALL_FIXED, RG_CHECK_CROSSES_VMA, true,
	  RG_DAMAGE_DEST_UNMAPPED | RG_DAMAGE_TAIL_UNMAPPED },
	{ "in time", RG_GEN_G5, RG_CALL_FIXED, RG_CHECK_CROSSES_VMA, true, 0 },
	{ "not for a no-op", RG_GEN_G5, RG_CALL_NO_OP, RG_CHECK_CROSSES_VMA,
	  false, 0 },
	{ "not yet", RG_GEN_G2, RG_CALL_FIXED, RG_CHECK_DEST_SEALED, false, 0 },
	{ "counted among the rest", RG_GEN_G6, RG_CALL_NO_OP,
	  RG_CHECK_MAP_COUNT, true, 0 },
};

START_TEST(place)
{
	struct rg_check_place got = rg_check_place(
		places[_i].generation, places[_i].kind, places[_i].check);

	ck_assert_msg((got.place != 0) == places[_i].asked, "%s: %u",
		      places[_i].name, got.place);
	ck_assert_msg(got.place <= got.nr, "%s: of %u", places[_i].name,
		      got.nr);
	ck_assert_msg(rg_check_damage(places[_i].generation,
				      places[_i].check) == places[_i].damage,
		      "%s: damage", places[_i].name);
}
END_TEST

/* Who tests a check tests it of some kind of call, and the reverse. */
START_TEST(asked_by_whom_has_it)
{
	enum rg_check check = (enum rg_check)_i;

	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++) {
		enum rg_generation generation = (enum rg_generation)i;
		bool asked = false;

		for (int kind = 0; kind < RG_NR_CALL_KINDS; kind++)
			asked |= rg_check_place(generation,
						(enum rg_call_kind)kind, check)
					 .place != 0;
		ck_assert_msg(
			asked == rg_generation_has_check(generation, check),
			"%s: %s", rg_check_info(check)->name,
			rg_generation_name(generation));
	}
}
END_TEST

/* ---------------------------------------------------------------- output */

static char *page_text(int finding, int check)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (check == RG_CHECK_NONE)
		rg_render_finding_text((enum rg_finding)finding, out);
	else
		rg_render_check_text((enum rg_check)check, out);
	fclose(out);
	return text;
}

static void check_text(int finding, int check)
{
	char *text = page_text(finding, check);
	char *line = text;

	ck_assert_msg(!strstr(text, "**") && !strchr(text, '`'),
		      "marks left in:\n%s", text);
	for (char *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		ck_assert_msg(rg_columns(line) <= 80, "too wide: %s", line);
		for (const char *at = line; *at; at++)
			ck_assert_msg((unsigned char)*at >= ' ',
				      "control character: %s", line);
	}
	ck_assert_msg(!*line, "no newline at the end: %s", line);
	free(text);
}

START_TEST(finding_fits)
{
	check_text(_i, RG_CHECK_NONE);
}
END_TEST

START_TEST(check_fits)
{
	check_text(RG_NR_FINDINGS, _i);
}
END_TEST

START_TEST(page_json)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	json_t *root;

	rg_render_page_json(RG_FINDING_OVERLAP, RG_CHECK_OVERLAP, out);
	fclose(out);
	root = json_loads(text, 0, NULL);
	ck_assert_msg(root != NULL, "not JSON: %s", text);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(root, "finding"), "id")),
			 "RG008");
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(root, "check"), "finding")),
			 "RG008");
	ck_assert_uint_eq(
		json_array_size(json_object_get(json_object_get(root, "check"),
						"generations")),
		RG_NR_GENERATIONS - 1);
	json_decref(root);
	free(text);
}
END_TEST

START_TEST(markdown)
{
	static const struct {
		const char *text;
		const char *want;
	} texts[] = {
		{ "one\ntwo **three** `four`\n", "  one two three four\n" },
		{ "one\n\ntwo", "  one\n\n  two\n" },
		{ "- one\n  more\n- two\n", "  - one more\n  - two\n" },
		{ "one\n```c\nf(\"`\");\n\n g();\n```\ntwo\n",
		  "  one\n      f(\"`\");\n\n       g();\n  two\n" },
		{ "```c\nnever ends", "      never ends\n" },
		{ "\n\none *star*\n\n", "  one *star*\n" },
		{ "", "" },
	};
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	rg_print_markdown(
		out, (struct rg_text){ texts[_i].text, strlen(texts[_i].text) },
		2);
	fclose(out);
	ck_assert_str_eq(got, texts[_i].want);
	free(got);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, page_is_as_the_table, 0, RG_NR_FINDINGS);
	tcase_add_loop_test(tc, page_begins_with_its_sentence, 0,
			    RG_NR_FINDINGS);
	tcase_add_loop_test(tc, page_has_all_parts, 0, RG_NR_FINDINGS);
	tcase_add_test(tc, no_other_pages);
	tcase_add_loop_test(tc, check_has_its_row, 1, RG_NR_CHECKS);
	tcase_add_loop_test(tc, place, 0, NR_ROWS(places));
	tcase_add_loop_test(tc, asked_by_whom_has_it, 1, RG_NR_CHECKS);
	tcase_add_loop_test(tc, finding_fits, 0, RG_NR_FINDINGS);
	tcase_add_loop_test(tc, check_fits, 1, RG_NR_CHECKS);
	tcase_add_test(tc, page_json);
	tcase_add_loop_test(tc, markdown, 0, 7);
}
