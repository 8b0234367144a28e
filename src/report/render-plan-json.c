/* SPDX-License-Identifier: MIT */

#include "report/render-plan.h"

#include "report/callers.h"
#include "report/json.h"

/* Fields may be added, never renamed. */
#define SCHEMA "remapguard-predict-1"

static json_t *checks_array(uint64_t checks)
{
	json_t *array = json_array();

	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (checks & UINT64_C(1) << i)
			json_array_append_new(
				array,
				json_string(
					rg_check_info((enum rg_check)i)->name));
	}
	return array;
}

static json_t *steps_array(const struct rg_plan *plan)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < plan->nr_steps && i < RG_PLAN_MAX_STEPS; i++) {
		const struct rg_step *step = &plan->steps[i];

		json_array_append_new(
			array, json_pack("{s:s,s:o,s:o,s:o}", "step",
					 rg_step_name(step->kind), "start",
					 rg_json_hex(step->start), "len",
					 rg_json_number(step->len), "to",
					 rg_json_hex(step->to)));
	}
	return array;
}

static json_t *assumed_array(const struct rg_prediction *prediction)
{
	json_t *array = json_array();

	for (size_t i = 0; i < prediction->nr_assumed; i++)
		json_array_append_new(array,
				      json_string(prediction->assumed[i].text));
	return array;
}

static void add_refusal(json_t *object, const struct rg_plan *plan)
{
	const struct rg_check_info *info = rg_check_info(plan->check);
	char buf[16];

	json_object_set_new(
		object, "errno",
		json_string(info ? rg_error_name((uint8_t)plan->error, buf)
				 : ""));
	json_object_set_new(object, "check",
			    json_string(info ? info->name : ""));
	json_object_set_new(object, "reason",
			    json_string(info ? info->sentence : ""));
}

void rg_render_plan_json(const struct rg_prediction *prediction, FILE *out)
{
	const struct rg_plan *plan = &prediction->plan;
	json_t *object = json_object();

	json_object_set_new(object, "schema", json_string(SCHEMA));
	json_object_set_new(object, "kernel", json_string(prediction->release));
	json_object_set_new(
		object, "generation",
		json_string(rg_generation_name(prediction->kernel.generation)));
	json_object_set_new(object, "path",
			    json_string(rg_path_name(plan->path)));
	json_object_set_new(object, "fixed", json_boolean(plan->fixed));
	add_refusal(object, plan);
	json_object_set_new(object, "damage", rg_json_damage(plan->damage));
	json_object_set_new(object, "steps", steps_array(plan));
	json_object_set_new(object, "nr_steps", rg_json_number(plan->nr_steps));
	json_object_set_new(object, "cost",
			    json_string(rg_cost_name(plan->cost)));
	json_object_set_new(object, "result", rg_json_hex(plan->result));
	json_object_set_new(object, "result_align",
			    rg_json_number(plan->result_align));
	json_object_set_new(object, "unknown", rg_json_unknown(plan->unknown));
	json_object_set_new(object, "may_refuse",
			    checks_array(plan->may_refuse));
	json_object_set_new(object, "may_succeed",
			    json_boolean(plan->may_succeed));
	json_object_set_new(object, "may_move", json_boolean(plan->may_move));
	json_object_set_new(object, "assumed", assumed_array(prediction));
	if (prediction->nr_stops)
		json_object_set_new(
			object, "checks",
			rg_json_stops(prediction->stops, prediction->nr_stops));
	rg_json_write(object, out);
}
