/* SPDX-License-Identifier: MIT */

#include "report/render-page.h"

#include "report/callers.h"
#include "report/check-order.h"
#include "report/format.h"
#include "report/json.h"
#include "report/pages.h"
#include "report/text-rows.h"

#include <stdlib.h>
#include <string.h>

/* Fields may be added, never renamed. */
#define SCHEMA "remapguard-explain-1"

static enum rg_generation generation_at(int i)
{
	return (enum rg_generation)i;
}

/* ----------------------------------------------------------- a finding */

void rg_render_finding_text(enum rg_finding finding, FILE *out)
{
	const struct rg_finding_info *info = rg_finding_info(finding);

	fprintf(out, "%s %s\n\n", info->id, info->name);
	rg_print_markdown(out, rg_page_of(finding), 0);
}

static json_t *actions_object(const struct rg_finding_info *info)
{
	json_t *actions = json_object();

	for (int i = 0; i < RG_NR_PROFILES; i++)
		json_object_set_new(actions,
				    rg_profile_name((enum rg_profile)i),
				    json_string(rg_action_name(
					    (enum rg_action)info->actions[i])));
	return actions;
}

static json_t *checks_of(enum rg_finding finding)
{
	json_t *checks = json_array();

	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (rg_finding_of_check((enum rg_check)i) == finding)
			json_array_append_new(
				checks,
				json_string(
					rg_check_info((enum rg_check)i)->name));
	}
	return checks;
}

static json_t *plain_json(struct rg_text text)
{
	char *plain = rg_plain_markdown(text);
	json_t *string = rg_json_string(plain);

	free(plain);
	return string;
}

static json_t *finding_object(enum rg_finding finding)
{
	static const char *const parts[][2] = {
		{ "asked", "Asked" },
		{ "kernel", "The kernel" },
		{ "matters", "Why it matters" },
		{ "fix", "Fix" },
	};
	const struct rg_finding_info *info = rg_finding_info(finding);
	struct rg_text page = rg_page_of(finding);
	json_t *object = json_object();
	char buf[16];

	json_object_set_new(object, "id", json_string(info->id));
	json_object_set_new(object, "name", json_string(info->name));
	json_object_set_new(object, "severity",
			    json_string(rg_severity_name(info->severity)));
	json_object_set_new(object, "sentence", json_string(info->sentence));
	json_object_set_new(object, "needs_vmas",
			    json_boolean(info->needs_vmas));
	json_object_set_new(object, "actions", actions_object(info));
	json_object_set_new(
		object, "errno",
		json_string(info->error
				    ? rg_error_name((uint8_t)info->error, buf)
				    : ""));
	json_object_set_new(object, "checks", checks_of(finding));
	json_object_set_new(object, "kernels",
			    plain_json(rg_page_fact(page, "Kernels")));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		json_object_set_new(
			object, parts[i][0],
			plain_json(rg_page_part(page, parts[i][1])));
	json_object_set_new(object, "page", json_stringn(page.at, page.len));
	return object;
}

/* ------------------------------------------------------------- a check */

static void print_after(uint32_t after, FILE *out)
{
	static const enum rg_step_kind steps[] = { RG_STEP_UNMAP_DEST,
						   RG_STEP_UNMAP_TAIL };
	const char *before = ", after ";

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!(after & 1u << steps[i]))
			continue;
		fprintf(out, "%s%s", before, rg_step_name(steps[i]));
		before = " and ";
	}
}

/* "shrinking 5 of 9; MREMAP_FIXED 12 of 27, after unmap-dest", to be freed. */
static char *places_text(enum rg_generation generation, enum rg_check check)
{
	const char *before = "";
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (int i = 0; i < RG_NR_CALL_KINDS; i++) {
		enum rg_call_kind kind = (enum rg_call_kind)i;
		struct rg_check_place place =
			rg_check_place(generation, kind, check);

		if (!place.place)
			continue;
		fprintf(out, "%s%s %u of %u", before, rg_call_kind_words(kind),
			place.place, place.nr);
		print_after(place.after, out);
		before = "; ";
	}
	fclose(out);
	return text;
}

/* The last of the generations from first on whose text is the same. */
static int last_alike(int first, enum rg_check check, const char *text)
{
	int last = first;
	bool alike = true;

	while (alike && last + 1 < RG_NR_GENERATIONS) {
		char *next = places_text(generation_at(last + 1), check);

		alike = !strcmp(next, text);
		free(next);
		last += alike;
	}
	return last;
}

static void print_generations(int first, int last, const char *text, FILE *out)
{
	const char *from = rg_generation_name(generation_at(first));
	const char *until = rg_generation_name(generation_at(last));
	struct rg_word name;

	snprintf(name.text, sizeof(name.text), "%s%s%s", from,
		 last > first ? " to " : "", last > first ? until : "");
	fprintf(out, "  %-*s", RG_ROW_INDENT - 2, name.text);
	rg_print_wrapped(out, *text ? text : "not asked", RG_ROW_INDENT);
}

static void print_places(enum rg_check check, FILE *out)
{
	int first = RG_GEN_UNKNOWN + 1;

	fputs("\nplace among the checks of each kind of call:\n", out);
	while (first < RG_NR_GENERATIONS) {
		char *text = places_text(generation_at(first), check);
		int last = last_alike(first, check, text);

		print_generations(first, last, text, out);
		free(text);
		first = last + 1;
	}
}

static uint32_t damage_anywhere(enum rg_check check)
{
	uint32_t damage = 0;

	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++)
		damage |= rg_check_damage(generation_at(i), check);
	return damage;
}

static void print_damage(enum rg_check check, FILE *out)
{
	uint32_t damage = damage_anywhere(check);
	const char *label = "damage";

	if (!damage)
		rg_print_row(out, &label, "none: nothing is undone by then");
	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (damage & 1u << i)
			rg_print_row(out, &label, "%s, on some kernels: %s",
				     rg_damage_name((enum rg_damage)(1u << i)),
				     rg_damage_words(i));
	}
}

static bool is_asked(enum rg_check check)
{
	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++) {
		if (rg_generation_has_check(generation_at(i), check))
			return true;
	}
	return false;
}

void rg_print_fix(enum rg_finding finding, FILE *out)
{
	char *fix = rg_plain_markdown(rg_page_part(rg_page_of(finding), "Fix"));

	fprintf(out, "%-*s", RG_ROW_INDENT, "fix");
	rg_print_wrapped(out, fix, RG_ROW_INDENT);
	free(fix);
}

static void print_reported_as(enum rg_check check, FILE *out)
{
	enum rg_finding finding = rg_finding_of_check(check);
	const struct rg_finding_info *info = rg_finding_info(finding);
	const char *label = "finding";

	if (!info) {
		rg_print_row(out, &label, "none");
		return;
	}
	rg_print_row(out, &label, "%s %s", info->id, info->name);
	rg_print_fix(finding, out);
}

void rg_render_check_text(enum rg_check check, FILE *out)
{
	const struct rg_check_info *info = rg_check_info(check);
	const char *label = "check";
	char buf[16];

	rg_print_row(out, &label, "%s: %s", info->name, info->sentence);
	label = "errno";
	rg_print_row(out, &label, "%s",
		     rg_error_name((uint8_t)info->error, buf));
	if (is_asked(check))
		print_damage(check, out);
	print_reported_as(check, out);
	if (is_asked(check))
		print_places(check, out);
	else
		fputs("\nNo kernel asks this.\n", out);
}

static json_t *places_array(enum rg_generation generation, enum rg_check check)
{
	json_t *array = json_array();

	for (int i = 0; i < RG_NR_CALL_KINDS; i++) {
		enum rg_call_kind kind = (enum rg_call_kind)i;
		struct rg_check_place place =
			rg_check_place(generation, kind, check);

		if (place.place)
			json_array_append_new(
				array, json_pack("{s:s,s:i,s:i}", "call",
						 rg_call_kind_words(kind),
						 "place", (int)place.place,
						 "of", (int)place.nr));
	}
	return array;
}

static json_t *generations_array(enum rg_check check)
{
	json_t *array = json_array();

	for (int i = RG_GEN_UNKNOWN + 1; i < RG_NR_GENERATIONS; i++) {
		enum rg_generation generation = generation_at(i);

		if (!rg_generation_has_check(generation, check))
			continue;
		json_array_append_new(
			array,
			json_pack("{s:s,s:s,s:o,s:o}", "generation",
				  rg_generation_name(generation), "releases",
				  rg_generation_releases(generation), "damage",
				  rg_json_damage(
					  rg_check_damage(generation, check)),
				  "places", places_array(generation, check)));
	}
	return array;
}

static json_t *check_object(enum rg_check check)
{
	const struct rg_check_info *info = rg_check_info(check);
	enum rg_finding finding = rg_finding_of_check(check);
	const struct rg_finding_info *as = rg_finding_info(finding);
	json_t *object = json_object();
	char buf[16];

	json_object_set_new(object, "id", json_string(info->id));
	json_object_set_new(object, "name", json_string(info->name));
	json_object_set_new(
		object, "errno",
		json_string(rg_error_name((uint8_t)info->error, buf)));
	json_object_set_new(object, "sentence", json_string(info->sentence));
	json_object_set_new(object, "finding",
			    as ? json_string(as->id) : json_null());
	json_object_set_new(
		object, "fix",
		plain_json(rg_page_part(rg_page_of(finding), "Fix")));
	json_object_set_new(object, "generations", generations_array(check));
	return object;
}

void rg_render_page_json(enum rg_finding finding, enum rg_check check,
			 FILE *out)
{
	json_t *page = json_object();

	json_object_set_new(page, "schema", json_string(SCHEMA));
	if (finding != RG_NR_FINDINGS)
		json_object_set_new(page, "finding", finding_object(finding));
	if (check != RG_CHECK_NONE)
		json_object_set_new(page, "check", check_object(check));
	rg_json_write(page, out);
}
