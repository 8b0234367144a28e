/* SPDX-License-Identifier: MIT */

/* Calls that are kept as a whole, with all that `explain` knows of them. */

#include "report/render-html.h"

#include "report/alloc.h"
#include "report/before-after.h"
#include "report/callers.h"
#include "report/explanation.h"
#include "report/html-print.h"
#include "report/json.h"
#include "report/text-rows.h"

#include <stdlib.h>
#include <string.h>

static struct rg_pick pick_of(const struct rg_html_page *page,
			      const struct rg_kept *kept)
{
	return (struct rg_pick){
		.number = kept->number,
		.found = true,
		.event = kept->event,
		.process = page->tally->processes.list[kept->process],
		.site = kept->site,
	};
}

/* ------------------------------------------------------------------ ranges */

static json_t *places_json(const struct rg_places *places)
{
	json_t *array = json_array();

	for (size_t i = 0; i < places->nr; i++) {
		const struct rg_placed *placed = &places->list[i];

		json_array_append_new(
			array,
			json_pack("[o,o,s,i,b]", rg_json_hex(placed->start),
				  rg_json_hex(placed->end),
				  rg_role_name(placed->role),
				  (int)placed->flags, placed->assumed));
	}
	return array;
}

/* Nothing where it is known where the call has led to. */
static void add_asked(json_t *object, const struct rg_event *event,
		      uint64_t page_size)
{
	struct rg_placed asked;

	if (!event->error && event->judged != RG_JUDGED_UNSEEN)
		return;
	rg_places_asked(event, page_size, &asked);
	if (asked.start < asked.end)
		json_object_set_new(object, "asked",
				    json_pack("[o,o]", rg_json_hex(asked.start),
					      rg_json_hex(asked.end)));
}

static json_t *vma_flags_json(void)
{
	json_t *array = json_array();

	for (int i = 0; i < RG_NR_VMA_FLAGS; i++)
		json_array_append_new(array, json_string(rg_vma_flag_name(i)));
	return array;
}

/* ------------------------------------------------------------------- stops */

/* What a stop is, without what was compared: a few dozen in all. */
static json_t *stop_kind(const struct rg_stop *stop)
{
	static const char *const relations[] = {
		[RG_EQUAL] = "=",
		[RG_ABOVE] = ">",
		[RG_AT_LEAST] = "≥",
		[RG_AT_MOST] = "≤",
	};
	const struct rg_check_info *info = rg_check_info(stop->check);
	const struct rg_comparison *compared = &stop->compared;

	if (stop->step)
		return json_pack("{s:s}", "step", rg_step_name(stop->step));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:i}", "check", info->name,
			 "sentence", info->sentence, "value",
			 compared->value.name, "relation",
			 relations[compared->relation], "bound",
			 compared->bound.name, "unit", (int)compared->unit);
}

static json_int_t find_kind(json_t *kinds, const struct rg_stop *stop)
{
	json_t *kind = stop_kind(stop);
	size_t at = 0;

	while (at < json_array_size(kinds) &&
	       !json_equal(json_array_get(kinds, at), kind))
		at++;
	if (at == json_array_size(kinds))
		json_array_append(kinds, kind);
	json_decref(kind);
	return (json_int_t)at;
}

/* In hexadecimal: scripts count no further than 53 bits. */
static json_t *value_json(const struct rg_value *value)
{
	return value->known ? rg_json_hex(value->value) : json_null();
}

static json_t *stop_json(json_t *kinds, const struct rg_stop *stop)
{
	json_t *array =
		json_pack("[I,i]", find_kind(kinds, stop), (int)stop->fate);

	if (stop->step || stop->fate == RG_FATE_NOT_REACHED)
		return array;
	json_array_append_new(array, value_json(&stop->compared.value));
	json_array_append_new(array, value_json(&stop->compared.bound));
	return array;
}

static json_t *stops_json(json_t *kinds,
			  const struct rg_explanation *explanation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < explanation->nr_stops; i++) {
		if (explanation->stops[i].matters)
			json_array_append_new(
				array,
				stop_json(kinds, &explanation->stops[i]));
	}
	return array;
}

/* ------------------------------------------------------------------- calls */

static json_t *findings_json(const struct rg_explanation *explanation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < explanation->nr_findings; i++)
		json_array_append_new(
			array,
			json_string(
				rg_finding_info(explanation->findings[i])->id));
	return array;
}

static json_t *request_json(const struct rg_request *req)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	json_t *string;

	rg_print_call(req, out);
	fclose(out);
	string = json_string(text);
	free(text);
	return string;
}

static void add_word(json_t *object, const char *name, const char *word)
{
	if (word && *word)
		json_object_set_new(object, name, json_string(word));
}

static void add_outcome(json_t *object, const struct rg_event *event)
{
	const struct rg_check_info *info = rg_check_info(event->check);
	bool unseen = event->judged == RG_JUDGED_UNSEEN;
	char buf[16];

	add_word(object, "path", unseen ? "unseen" : rg_path_name(event->path));
	if (!unseen && !event->error)
		json_object_set_new(object, "result",
				    rg_json_hex(event->result));
	if (event->error) {
		struct rg_reason reason = { event->error, event->check, 1 };

		add_word(object, "error", rg_error_name(event->error, buf));
		add_word(object, "reason", rg_reason_sentence(&reason));
	}
	add_word(object, "check", info ? info->name : NULL);
	add_word(object, "judged", rg_judged_name(event->judged));
	if (event->plan_path != RG_PATH_INVALID)
		add_word(object, "plan", rg_path_name(event->plan_path));
	if (event->agreement != RG_AGREE_NONE)
		add_word(object, "agreement",
			 rg_agreement_name(event->agreement));
	if (event->racy)
		json_object_set_new(object, "racy", json_true());
	if (event->verdict != RG_VERDICT_ALLOW)
		add_word(object, "verdict", rg_verdict_name(event->verdict));
}

static void add_sets(json_t *object, const struct rg_event *event)
{
	json_t *damage = json_array();

	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (event->damage & 1u << i)
			json_array_append_new(damage,
					      json_string(rg_damage_words(i)));
	}
	if (event->damage)
		json_object_set(object, "damage", damage);
	json_decref(damage);
	if (event->unknown)
		json_object_set_new(object, "unknown",
				    rg_json_unknown(event->unknown));
}

static void add_origin(json_t *object, const struct rg_kept *kept)
{
	const struct rg_event *event = &kept->event;

	json_object_set_new(object, "n", rg_json_number(kept->number));
	json_object_set_new(object, "t", rg_json_number(kept->at_ns));
	json_object_set_new(object, "ns", rg_json_number(event->duration_ns));
	json_object_set_new(object, "size", rg_json_number(event->req.new_len));
	json_object_set_new(object, "process", rg_json_number(kept->process));
	json_object_set_new(object, "tid", rg_json_number(event->tid));
	json_object_set_new(object, "site", rg_json_number(kept->site));
	add_word(object, "tier", rg_tier_name(event->tier));
	json_object_set_new(object, "call", request_json(&event->req));
}

static json_t *call_json(const struct rg_html_page *page, json_t *kinds,
			 const struct rg_kept *kept)
{
	struct rg_pick pick = pick_of(page, kept);
	struct rg_explanation explanation;
	struct rg_places places;
	json_t *object = json_object();

	rg_explanation_of(page->tally, page->names, &pick, &explanation);
	add_origin(object, kept);
	add_outcome(object, &kept->event);
	add_sets(object, &kept->event);
	json_object_set_new(object, "findings", findings_json(&explanation));
	json_object_set_new(object, "stops", stops_json(kinds, &explanation));
	rg_places_before(&kept->event, explanation.page_size, &places);
	json_object_set_new(object, "before", places_json(&places));
	rg_places_after(&kept->event, explanation.page_size, &places);
	json_object_set_new(object, "after", places_json(&places));
	add_asked(object, &kept->event, explanation.page_size);
	/* only of these are the mappings around recorded */
	if (kept->event.limits.known)
		json_object_set_new(object, "looked", json_true());
	return object;
}

/* Of those that the calls are of, by number. */
static json_t *processes_json(const struct rg_html_page *page)
{
	json_t *object = json_object();
	char key[24];

	for (size_t i = 0; i < page->gather->nr_kept; i++) {
		size_t at = page->gather->kept[i].process;
		const struct rg_slot *slot =
			&page->tally->processes.list[at].slot;

		snprintf(key, sizeof(key), "%zu", at);
		if (json_object_get(object, key))
			continue;
		json_object_set_new(
			object, key,
			json_pack("[o,o]", rg_json_number(slot->pid),
				  rg_html_json_string(*slot->exe
							      ? slot->exe
							      : slot->comm)));
	}
	return object;
}

json_t *rg_html_calls(const struct rg_html_page *page)
{
	const struct rg_trace_env *env = &page->tally->env;
	const char *releases = rg_generation_releases(
		rg_generation_from_name(env->generation));
	json_t *kinds = json_array();
	json_t *list = json_array();

	for (size_t i = 0; i < page->gather->nr_kept; i++)
		json_array_append_new(
			list, call_json(page, kinds, &page->gather->kept[i]));
	return json_pack("{s:o,s:o,s:o,s:o,s:s}", "list", list, "stops", kinds,
			 "processes", processes_json(page), "vma_flags",
			 vma_flags_json(), "releases",
			 releases ? releases : "");
}

/* ---------------------------------------------------------- without scripts */

static bool is_telling(const struct rg_event *event)
{
	return event->error || rg_event_has_hazard(event);
}

void rg_html_told_call(const struct rg_html_page *page)
{
	const struct rg_gather *gather = page->gather;
	struct rg_explanation explanation;
	struct rg_pick pick;
	char *text = NULL;
	size_t at = 0;
	size_t len;
	FILE *out;

	while (at < gather->nr_kept && !is_telling(&gather->kept[at].event))
		at++;
	if (at == gather->nr_kept)
		at = 0;
	if (!gather->nr_kept)
		return;
	pick = pick_of(page, &gather->kept[at]);
	rg_explanation_of(page->tally, page->names, &pick, &explanation);
	out = open_memstream(&text, &len);
	rg_render_explanation_text(&explanation, out);
	fclose(out);
	rg_html(page->out, "<pre>%s</pre>", text);
	free(text);
}
