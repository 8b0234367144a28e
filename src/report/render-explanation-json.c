/* SPDX-License-Identifier: MIT */

#include "report/explanation.h"

#include "report/callers.h"
#include "report/json.h"
#include "report/pages.h"

#include <stdlib.h>

/* Fields may be added, never renamed. */
#define SCHEMA "remapguard-explain-1"

/* --------------------------------------------------------------- the event */

static json_t *vma_object(uint64_t start, uint64_t end, uint32_t bits)
{
	json_t *flags = json_array();

	for (int i = 0; i < RG_NR_VMA_FLAGS; i++) {
		if (bits & 1u << i)
			json_array_append_new(flags,
					      json_string(rg_vma_flag_name(i)));
	}
	return json_pack("{s:o,s:o,s:o}", "start", rg_json_hex(start), "end",
			 rg_json_hex(end), "flags", flags);
}

static json_t *source_object(const struct rg_event *event)
{
	return event->has_vma ? vma_object(event->vma_start, event->vma_end,
					   event->vma_flags)
			      : json_null();
}

/* What else was looked at. */
static json_t *vmas_array(const struct rg_event *event)
{
	json_t *array = json_array();

	for (uint8_t i = 0; i < event->nr_vmas; i++)
		json_array_append_new(array, vma_object(event->vmas[i].start,
							event->vmas[i].end,
							event->vmas[i].flags));
	return array;
}

/* Those that are known. */
static json_t *limits_object(const struct rg_limits *limits)
{
	json_t *object = json_object();
	const uint64_t *values = &limits->page_size;

	for (int i = 0; i < RG_NR_LIMITS; i++) {
		if (limits->known & 1u << i)
			json_object_set_new(object,
					    rg_limit_name((enum rg_limit)i),
					    rg_json_hex(values[i]));
	}
	return object;
}

static void add_request(json_t *object, const struct rg_request *req)
{
	json_object_set_new(object, "addr", rg_json_hex(req->addr));
	json_object_set_new(object, "old_len", rg_json_hex(req->old_len));
	json_object_set_new(object, "new_len", rg_json_hex(req->new_len));
	json_object_set_new(object, "flags", rg_json_hex(req->flags));
	json_object_set_new(object, "new_addr", rg_json_hex(req->new_addr));
}

static void add_outcome(json_t *object, const struct rg_event *event)
{
	const struct rg_check_info *info = rg_check_info(event->check);
	const struct {
		const char *name;
		const char *value;
	} words[] = {
		{ "path", rg_path_name(event->path) },
		{ "plan_path", rg_path_name(event->plan_path) },
		{ "judged", rg_judged_name(event->judged) },
		{ "agreement", rg_agreement_name(event->agreement) },
		{ "verdict", rg_verdict_name(event->verdict) },
		{ "check", info ? info->name : "" },
		{ "reason", info ? info->sentence : "" },
	};
	char buf[16];

	json_object_set_new(object, "result", rg_json_hex(event->result));
	json_object_set_new(
		object, "errno",
		json_string(event->error ? rg_error_name(event->error, buf)
					 : ""));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		json_object_set_new(object, words[i].name,
				    json_string(words[i].value));
	json_object_set_new(object, "racy", json_boolean(event->racy));
	json_object_set_new(object, "damage", rg_json_damage(event->damage));
	json_object_set_new(object, "unknown", rg_json_unknown(event->unknown));
	json_object_set_new(object, "duration_ns",
			    rg_json_number(event->duration_ns));
}

/* Whose event it is: what all have. */
static json_t *origin_object(const struct rg_pick *pick)
{
	uint32_t tid = pick->is_access ? pick->access.tid : pick->event.tid;
	json_t *object = json_object();

	json_object_set_new(object, "number", rg_json_number(pick->number));
	json_object_set_new(object, "pid",
			    rg_json_number(pick->process.slot.pid));
	json_object_set_new(object, "tid", rg_json_number(tid));
	json_object_set_new(object, "exe",
			    rg_json_string(pick->process.slot.exe));
	return object;
}

static json_t *event_object(const struct rg_explanation *explanation)
{
	const struct rg_pick *pick = &explanation->pick;
	const struct rg_event *event = &pick->event;
	json_t *object = origin_object(pick);

	if (pick->is_access)
		return object;
	json_object_set_new(object, "tier",
			    json_string(rg_tier_name(event->tier)));
	add_request(object, &event->req);
	add_outcome(object, event);
	json_object_set_new(object, "vma", source_object(event));
	json_object_set_new(object, "vmas", vmas_array(event));
	json_object_set_new(object, "limits", limits_object(&event->limits));
	return object;
}

/* Of a stale access, which is no call. */
static json_t *access_object(const struct rg_explanation *explanation)
{
	const struct rg_access *access = &explanation->pick.access;
	const char *machine = explanation->tally->env.machine;
	json_t *object;

	if (!explanation->pick.is_access)
		return json_null();
	object = rg_json_access(access, explanation->pick.move_event, machine);
	json_object_set_new(object, "registers",
			    rg_json_registers(access, machine));
	json_object_set_new(json_object_get(object, "move"), "stack",
			    rg_json_stack(rg_explanation_move_site(explanation),
					  explanation->names));
	return object;
}

/* ------------------------------------------------------------- the findings */

static json_t *finding_object(enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	char *fix = rg_plain_markdown(rg_page_part(rg_page_of(finding), "Fix"));
	json_t *object = json_pack("{s:s,s:s,s:s,s:s,s:s}", "id", info->id,
				   "name", info->name, "severity",
				   rg_severity_name(info->severity), "sentence",
				   info->sentence, "fix", fix);

	free(fix);
	return object;
}

static json_t *findings_array(const struct rg_explanation *explanation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < explanation->nr_findings; i++)
		json_array_append_new(array,
				      finding_object(explanation->findings[i]));
	return array;
}

void rg_render_explanation_json(const struct rg_explanation *explanation,
				FILE *out)
{
	const struct rg_trace_env *env = &explanation->tally->env;
	json_t *object = json_object();

	json_object_set_new(object, "schema", json_string(SCHEMA));
	json_object_set_new(object, "kernel", rg_json_string(env->kernel));
	json_object_set_new(object, "generation",
			    rg_json_string(env->generation));
	json_object_set_new(object, "event", event_object(explanation));
	json_object_set_new(object, "access", access_object(explanation));
	json_object_set_new(
		object, "checks",
		rg_json_stops(explanation->stops, explanation->nr_stops));
	json_object_set_new(object, "findings", findings_array(explanation));
	json_object_set_new(object, "stack",
			    rg_json_stack(rg_explanation_site(explanation),
					  explanation->names));
	rg_json_write(object, out);
}
