/* SPDX-License-Identifier: MIT */

/*
 * A plan for people: rows with the names that the JSON has, in the order in
 * which things happen.
 */

#include "report/render-plan.h"

#include "report/callers.h"
#include "report/text-rows.h"
#include "report/text-stops.h"

#include <inttypes.h>

/* What was not seen, and where it could be: a key of --limits, or smaps. */
static const char *const unknown_words[RG_NR_UNKNOWNS] = {
	"which rules the kernel has",
	"which part of the address space the kernel searches for a hole",
	"is a mapping sealed with mseal(2)? smaps shows it",
	"is a mapping locked in memory? smaps shows it",
	"what the owner of a special mapping makes of it; smaps shows some",
	"is a mapping charged to the commit limit? smaps shows it",
	"does userfaultfd watch a mapping? smaps shows it",
	"does a signal come while merged pages are separated?",
	"map_count, max_map_count",
	"total_pages, data_pages, locked_pages",
	"rlimit_as, rlimit_data, rlimit_data_max, rlimit_memlock",
	"overcommit, and the numbers that it compares",
	"cap_ipc_lock, cap_sys_rawio, cap_sys_admin",
	"task_size, untag_mask",
	"mmap_min_addr",
	"is a mapping a stack? smaps shows it",
};

/* ------------------------------------------------------------------ call */

static void print_call(const struct rg_prediction *prediction, FILE *out)
{
	rg_print_call(&prediction->req, out);
	fprintf(out, "\non Linux %s (%s)\n\n", prediction->release,
		rg_generation_name(prediction->kernel.generation));
}

/* --------------------------------------------------------------- outcome */

static void print_refusal(const struct rg_plan *plan, FILE *out)
{
	const struct rg_check_info *info = rg_check_info(plan->check);
	const char *check = "check";
	const char *error = "errno";
	char buf[16];

	if (!info)
		return;
	rg_print_row(out, &check, "%s: %s", info->name, info->sentence);
	rg_print_row(out, &error, "%s",
		     rg_error_name((uint8_t)plan->error, buf));
}

static void print_damage(const struct rg_plan *plan, FILE *out)
{
	const char *label = "damage";

	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (plan->damage & 1u << i)
			rg_print_row(out, &label, "%s: %s",
				     rg_damage_name((enum rg_damage)(1u << i)),
				     rg_damage_words(i));
	}
	if (plan->path == RG_PATH_REFUSE && !plan->damage)
		rg_print_row(out, &label, "none");
}

static void format_to(const struct rg_step *step, struct rg_word *word)
{
	bool has_to = step->kind == RG_STEP_MOVE || step->kind == RG_STEP_COPY;

	word->text[0] = '\0';
	if (has_to && step->to)
		snprintf(word->text, sizeof(word->text), " to 0x%" PRIx64,
			 step->to);
	else if (has_to)
		snprintf(word->text, sizeof(word->text), " to there");
}

static void print_step(const struct rg_step *step, const char **label,
		       FILE *out)
{
	struct rg_word bytes;
	struct rg_word to;

	rg_format_bytes(step->len, &bytes);
	format_to(step, &to);
	if (step->kind == RG_STEP_PICK)
		rg_print_row(out, label, "%s a hole of %.32s",
			     rg_step_name(step->kind), bytes.text);
	else
		rg_print_row(out, label,
			     "%s 0x%" PRIx64 "-0x%" PRIx64 " (%.32s)%.32s",
			     rg_step_name(step->kind), step->start,
			     step->start + step->len, bytes.text, to.text);
}

static void print_steps(const struct rg_plan *plan, FILE *out)
{
	const char *label = "steps";
	struct rg_word word;

	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++)
		print_step(&plan->steps[i], &label, out);
	if (plan->nr_steps > RG_PLAN_MAX_STEPS)
		rg_print_row(out, &label, "and %.32s more",
			     rg_format_count(plan->nr_steps - RG_PLAN_MAX_STEPS,
					     &word));
}

static void print_cost(const struct rg_prediction *prediction, FILE *out)
{
	uint64_t entry = prediction->page_size * prediction->page_size / 8;
	enum rg_cost cost = prediction->plan.cost;
	const char *label = "cost";
	struct rg_word bytes;

	if (cost == RG_COST_PUD)
		entry *= prediction->page_size / 8;
	if (cost == RG_COST_PTE)
		rg_print_row(out, &label, "pte: page by page");
	else if (cost != RG_COST_NONE)
		rg_print_row(
			out, &label, "%s: whole page-table entries of %.32s",
			rg_cost_name(cost), rg_format_bytes(entry, &bytes));
}

static void print_result(const struct rg_plan *plan, FILE *out)
{
	const char *label = "result";
	struct rg_word bytes;

	if (plan->path == RG_PATH_REFUSE || plan->path == RG_PATH_INVALID)
		return;
	if (plan->result_align)
		rg_print_row(
			out, &label,
			"where the kernel picks it: a multiple of %.32s, if "
			"there is such a hole",
			rg_format_bytes(plan->result_align, &bytes));
	else
		rg_print_row(out, &label, "0x%" PRIx64, plan->result);
}

/* ----------------------------------------------------------------- doubts */

static void print_unknown(const struct rg_plan *plan, FILE *out)
{
	const char *label = "unknown";

	for (int i = 0; i < RG_NR_UNKNOWNS; i++) {
		if (plan->unknown & 1u << i)
			rg_print_row(
				out, &label, "%s: %s",
				rg_unknown_name((enum rg_unknown)(1u << i)),
				unknown_words[i]);
	}
}

static void print_alternatives(const struct rg_plan *plan, FILE *out)
{
	const char *refuse = "may refuse";
	const char *otherwise = "may also";
	char buf[16];

	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		const struct rg_check_info *info =
			rg_check_info((enum rg_check)i);

		if (plan->may_refuse & UINT64_C(1) << i)
			rg_print_row(out, &refuse, "%s (%s): %s", info->name,
				     rg_error_name((uint8_t)info->error, buf),
				     info->sentence);
	}
	if (plan->may_succeed)
		rg_print_row(out, &otherwise, "succeed");
	if (plan->may_move)
		rg_print_row(out, &otherwise, "move, or not move");
}

static void print_assumed(const struct rg_prediction *prediction, FILE *out)
{
	const char *label = "assumed";

	for (size_t i = 0; i < prediction->nr_assumed; i++)
		rg_print_row(out, &label, "%s", prediction->assumed[i].text);
}

void rg_render_plan_text(const struct rg_prediction *prediction, FILE *out)
{
	const struct rg_plan *plan = &prediction->plan;
	const char *label = "path";

	print_call(prediction, out);
	rg_print_row(out, &label, "%s: %s", rg_path_name(plan->path),
		     rg_path_words(plan->path));
	print_refusal(plan, out);
	print_damage(plan, out);
	print_steps(plan, out);
	print_cost(prediction, out);
	print_result(plan, out);
	print_unknown(plan, out);
	print_alternatives(plan, out);
	print_assumed(prediction, out);
	if (prediction->nr_stops) {
		fputs("\nchecks, in the kernel's order\n", out);
		rg_print_stops(prediction->stops, prediction->nr_stops,
			       "not known", out);
	}
}
