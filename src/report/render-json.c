/* SPDX-License-Identifier: MIT */

#include "report/render.h"

#include "report/alloc.h"
#include "report/callers.h"
#include "report/json-writer.h"
#include "report/json.h"
#include "report/names.h"

#include <stdlib.h>

/* The schema that readers rely on; fields may be added, never renamed. */
#define SCHEMA "remapguard-report-1"

/* ---------------------------------------------------------------- totals */

static json_t *paths_object(const struct rg_totals *totals)
{
	static const enum rg_path order[] = {
		RG_PATH_NO_RESIZE,  RG_PATH_SHRINK,    RG_PATH_EXPAND_IN_PLACE,
		RG_PATH_MOVE,	    RG_PATH_DUPLICATE, RG_PATH_DONTUNMAP,
		RG_PATH_MULTI_MOVE, RG_PATH_REFUSE,
	};
	json_t *paths = json_object();

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		json_object_set_new(paths, rg_path_name(order[i]),
				    rg_json_number(totals->paths[order[i]]));
	return paths;
}

static json_t *errors_object(const struct rg_totals *totals)
{
	json_t *errors = json_object();
	char buf[16];

	for (unsigned error = 1; error < RG_NR_ERRORS; error++) {
		if (totals->errors[error])
			json_object_set_new(
				errors, rg_error_name((uint8_t)error, buf),
				rg_json_number(totals->errors[error]));
	}
	return errors;
}

static json_t *tiers_object(const struct rg_totals *totals)
{
	json_t *tiers = json_object();

	for (int tier = 0; tier < RG_NR_TIERS; tier++)
		json_object_set_new(tiers, rg_tier_name((enum rg_tier)tier),
				    rg_json_number(totals->tiers[tier]));
	return tiers;
}

static json_t *quarantine_object(const struct rg_tally *tally)
{
	struct rg_quarantined all = rg_tally_quarantined(tally);

	return json_pack("{s:o,s:o,s:o,s:o}", "held", rg_json_number(all.held),
			 "given_up", rg_json_number(all.given_up), "not_held",
			 rg_json_number(all.not_held), "accesses",
			 rg_json_number(all.accesses));
}

static json_t *placement_object(const struct rg_tally *tally)
{
	struct rg_placements all = rg_tally_placements(tally);

	return json_pack("{s:o,s:o,s:o,s:o}", "placed",
			 rg_json_number(all.placed), "misplaced",
			 rg_json_number(all.misplaced), "rooms",
			 rg_json_number(all.rooms), "rooms_used",
			 rg_json_number(all.rooms_used));
}

static json_t *totals_object(const struct rg_tally *tally)
{
	const struct rg_totals *totals = &tally->totals;
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "calls", totals->calls },
		{ "failed", totals->failed },
		{ "lost", rg_tally_lost(tally) },
		{ "accesses", totals->accesses },
		{ "accesses_lost", rg_tally_quarantined(tally).accesses_lost },
		{ "planned", totals->judged[RG_JUDGED_PLANNED] },
		{ "explained", totals->judged[RG_JUDGED_EXPLAINED] },
		{ "unplanned", totals->judged[RG_JUDGED_UNPLANNED] },
		{ "unseen", totals->judged[RG_JUDGED_UNSEEN] },
		{ "mismatches", totals->mismatches },
		{ "racy", totals->racy },
		{ "unknown", totals->unknown },
		{ "bytes_moved", totals->bytes_moved },
		{ "denied", totals->denied },
		{ "aborted", totals->aborted },
		{ "injected", totals->injected },
		{ "delayed", totals->delayed },
		{ "unknown_findings", tally->unknown_findings },
		{ "stacks_cut", totals->stacks_cut },
		{ "accesses_unlisted", tally->stales.unlisted },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(object, numbers[i].name,
				    rg_json_number(numbers[i].value));
	json_object_set_new(object, "paths", paths_object(totals));
	json_object_set_new(object, "fixed", rg_json_number(totals->fixed));
	json_object_set_new(object, "errors", errors_object(totals));
	json_object_set_new(object, "tiers", tiers_object(totals));
	return object;
}

static json_t *lost_reasons(const struct rg_tally *tally)
{
	json_t *reasons = json_array();

	for (int lost = 0; lost < RG_NR_LOST; lost++) {
		uint64_t count = rg_tally_lost_for(tally, (enum rg_lost)lost);

		if (count)
			json_array_append_new(
				reasons,
				json_pack(
					"{s:o,s:s}", "count",
					rg_json_number(count), "reason",
					rg_lost_sentence((enum rg_lost)lost)));
	}
	return reasons;
}

/* ------------------------------------------------------------- processes */

static const char *const ended_names[] = {
	[RG_ENDED_UNKNOWN] = "unknown",
	[RG_ENDED_EXIT] = "exit",
	[RG_ENDED_SIGNAL] = "signal",
};

static json_t *process_tiers(const struct rg_slot *slot, json_t *why)
{
	json_t *tiers = json_object();

	for (int tier = 0; tier < RG_NR_TIERS; tier++) {
		enum rg_tier_state state = slot->tiers[tier];
		const char *name = rg_tier_name((enum rg_tier)tier);

		json_object_set_new(tiers, name,
				    json_boolean(state == RG_TIER_WORKS));
		json_object_set_new(why, name,
				    json_string(rg_tier_state_sentence(state)));
	}
	return tiers;
}

static json_t *process_object(const struct rg_process *process)
{
	const struct rg_slot *slot = &process->slot;
	json_t *object = json_object();
	json_t *why = json_object();

	json_object_set_new(object, "pid", rg_json_number(slot->pid));
	json_object_set_new(object, "ppid", rg_json_number(slot->ppid));
	json_object_set_new(object, "exe", rg_json_string(slot->exe));
	json_object_set_new(object, "comm", rg_json_string(slot->comm));
	json_object_set_new(object, "calls", rg_json_number(process->events));
	json_object_set_new(object, "lost",
			    rg_json_number(rg_process_lost(process)));
	json_object_set_new(object, "tiers", process_tiers(slot, why));
	json_object_set_new(object, "tiers_why", why);
	json_object_set_new(
		object, "stacks",
		json_string(rg_stacks_name((enum rg_stacks)slot->stacks)));
	json_object_set_new(object, "ended",
			    json_string(ended_names[slot->ended]));
	if (slot->ended == RG_ENDED_SIGNAL)
		json_object_set_new(object, "signal",
				    rg_json_number(slot->signal));
	if (rg_slot_ended_in_plugin(slot))
		json_object_set_new(object, "in_plugin", json_true());
	return object;
}

static void put_processes(const struct rg_tally *tally,
			  struct rg_json_writer *writer)
{
	rg_json_begin_array(writer, "processes");
	for (size_t i = 0; i < tally->processes.nr; i++)
		rg_json_put(writer, NULL,
			    process_object(&tally->processes.list[i]));
	rg_json_end_array(writer);
}

/* ----------------------------------------------------------------- sites */

static json_t *site_object(const struct rg_site *site, struct rg_names *names)
{
	json_t *object = json_object();

	json_object_set_new(object, "calls", rg_json_number(site->calls));
	json_object_set_new(object, "failed", rg_json_number(site->failed));
	json_object_set_new(object, "moves", rg_json_number(site->moves));
	json_object_set_new(object, "bytes_moved",
			    rg_json_number(site->bytes_moved));
	json_object_set_new(object, "ns_total", rg_json_number(site->ns_total));
	json_object_set_new(object, "first_event",
			    rg_json_number(site->first_event));
	json_object_set_new(object, "stack", rg_json_stack(site, names));
	return object;
}

static void put_sites(const struct rg_tally *tally, struct rg_names *names,
		      struct rg_json_writer *writer)
{
	const struct rg_site **order =
		rg_alloc(tally->sites.nr * sizeof(*order));
	size_t nr = 0;

	for (size_t i = 0; i < tally->sites.nr; i++) {
		if (tally->sites.list[i].calls)
			order[nr++] = &tally->sites.list[i];
	}
	qsort(order, nr, sizeof(*order), rg_site_compare);
	rg_json_begin_array(writer, "sites");
	for (size_t i = 0; i < nr; i++)
		rg_json_put(writer, NULL, site_object(order[i], names));
	rg_json_end_array(writer);
	free(order);
}

/* -------------------------------------------------- checks and findings */

static json_t *caller_object(const struct rg_caller_count *count)
{
	json_t *object = rg_json_name(&count->caller.name);

	json_object_set_new(object, "inside",
			    rg_json_string(count->caller.inside));
	json_object_set_new(object, "count", rg_json_number(count->calls));
	return object;
}

#define CALLERS_GIVEN 5

static json_t *callers_array(const struct rg_callers *callers)
{
	json_t *array = json_array();

	for (size_t i = 0; i < callers->nr && i < CALLERS_GIVEN; i++)
		json_array_append_new(array, caller_object(&callers->list[i]));
	return array;
}

static json_t *finding_callers(const struct rg_tally *tally,
			       struct rg_names *names, enum rg_finding finding)
{
	struct rg_callers callers;
	json_t *array;

	rg_callers_found(tally, names, finding, &callers);
	array = callers_array(&callers);
	rg_callers_deinit(&callers);
	return array;
}

static json_t *check_object(const struct rg_tally *tally,
			    struct rg_names *names,
			    const struct rg_reason *reason)
{
	const struct rg_check_info *info = rg_check_info(reason->check);
	struct rg_callers callers;
	json_t *object = json_object();
	char buf[16];

	json_object_set_new(object, "check",
			    info ? json_string(info->name) : json_null());
	json_object_set_new(object, "errno",
			    json_string(rg_error_name(reason->error, buf)));
	json_object_set_new(object, "sentence",
			    rg_json_string(rg_reason_sentence(reason)));
	json_object_set_new(object, "count", rg_json_number(reason->count));
	rg_callers_failed(tally, names, reason, &callers);
	json_object_set_new(object, "callers", callers_array(&callers));
	rg_callers_deinit(&callers);
	return object;
}

static json_t *checks_array(const struct rg_tally *tally,
			    struct rg_names *names)
{
	size_t nr;
	struct rg_reason *reasons = rg_reasons_all(tally, &nr);
	json_t *checks = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(checks,
				      check_object(tally, names, &reasons[i]));
	free(reasons);
	return checks;
}

static json_t *finding_object(const struct rg_tally *tally,
			      struct rg_names *names, enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	const struct rg_finding_count *count = &tally->findings[finding];
	json_t *object = json_object();

	json_object_set_new(object, "id", json_string(info->id));
	json_object_set_new(object, "name", json_string(info->name));
	json_object_set_new(object, "severity",
			    json_string(rg_severity_name(info->severity)));
	json_object_set_new(object, "sentence", json_string(info->sentence));
	json_object_set_new(object, "count", rg_json_number(count->count));
	json_object_set_new(object, "denied", rg_json_number(count->denied));
	json_object_set_new(object, "first_event",
			    rg_json_number(count->first_event));
	json_object_set_new(object, "unjudged",
			    rg_json_number(rg_tally_unjudged(tally, finding)));
	json_object_set_new(object, "callers",
			    finding_callers(tally, names, finding));
	return object;
}

static json_t *findings_array(const struct rg_tally *tally,
			      struct rg_names *names)
{
	enum rg_finding met[RG_NR_FINDINGS];
	size_t nr = rg_findings_met(tally, met);
	json_t *findings = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(findings,
				      finding_object(tally, names, met[i]));
	return findings;
}

static json_t *stale_object(const struct rg_tally *tally,
			    struct rg_names *names,
			    const struct rg_stale *stale)
{
	const struct rg_site *sites = tally->sites.list;
	json_t *object = rg_json_access(&stale->access, stale->move_event,
					tally->env.machine);

	json_object_set_new(object, "count", rg_json_number(stale->count));
	json_object_set_new(object, "first_event",
			    rg_json_number(stale->first_event));
	json_object_set_new(object, "pid", rg_json_number(stale->pid));
	json_object_set_new(object, "stack",
			    rg_json_stack(&sites[stale->site], names));
	json_object_set_new(json_object_get(object, "move"), "stack",
			    rg_json_stack(&sites[stale->move_site], names));
	return object;
}

/* In the order of their first event. */
static void put_stale_accesses(const struct rg_tally *tally,
			       struct rg_names *names,
			       struct rg_json_writer *writer)
{
	rg_json_begin_array(writer, "stale_accesses");
	for (size_t i = 0; i < tally->stales.nr; i++)
		rg_json_put(writer, NULL,
			    stale_object(tally, names, &tally->stales.list[i]));
	rg_json_end_array(writer);
}

/* Objects whose names are missing, and why. */
static json_t *unnamed_array(const struct rg_tally *tally,
			     const struct rg_names *names)
{
	json_t *unnamed = json_array();

	for (uint32_t i = 0; i < tally->objects.nr; i++) {
		enum rg_object_state state = rg_names_state(names, i);
		json_t *object;

		if (state != RG_OBJECT_CHANGED && state != RG_OBJECT_MISSING)
			continue;
		object = json_object();
		json_object_set_new(
			object, "module",
			rg_json_string(tally->objects.list[i].path));
		json_object_set_new(object, "why",
				    json_string(state == RG_OBJECT_CHANGED
							? "changed"
							: "missing"));
		json_array_append_new(unnamed, object);
	}
	return unnamed;
}

static void put_env(const struct rg_trace_env *env,
		    struct rg_json_writer *writer)
{
	rg_json_put(writer, "kernel", rg_json_string(env->kernel));
	rg_json_put(writer, "generation", rg_json_string(env->generation));
	rg_json_put(writer, "machine", rg_json_string(env->machine));
	rg_json_put(writer, "version", rg_json_string(env->version));
}

void rg_render_json(const struct rg_tally *tally, FILE *out)
{
	struct rg_names *names = rg_names_new(&tally->objects);
	struct rg_json_writer writer = { .out = out };

	rg_json_begin_object(&writer, NULL);
	rg_json_put(&writer, "schema", json_string(SCHEMA));
	put_env(&tally->env, &writer);
	rg_json_put(&writer, "totals", totals_object(tally));
	rg_json_put(&writer, "quarantine", quarantine_object(tally));
	rg_json_put(&writer, "placement", placement_object(tally));
	rg_json_put(&writer, "lost_reasons", lost_reasons(tally));
	put_processes(tally, &writer);
	rg_json_put(&writer, "findings", findings_array(tally, names));
	put_stale_accesses(tally, names, &writer);
	rg_json_put(&writer, "checks", checks_array(tally, names));
	put_sites(tally, names, &writer);
	rg_json_put(&writer, "unnamed", unnamed_array(tally, names));
	rg_json_end_object(&writer);
	rg_names_free(names);
}
