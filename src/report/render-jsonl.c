/* SPDX-License-Identifier: MIT */

/*
 * An object on a line for each event, call site or process, for databases
 * (docs/fleet.md). Members without a value are left out.
 */

#include "report/render-rows.h"

#include "report/json.h"
#include "report/utc.h"

struct lines {
	FILE *out;
	unsigned rows;
};

#define ALL_KINDS                                                              \
	(1u << RG_OF_TRACE | 1u << RG_OF_PROCESS | 1u << RG_OF_ALL |           \
	 1u << RG_OF_CALL | 1u << RG_OF_ACCESS)

static int put_event(void *ctx, const struct rg_row *row)
{
	struct lines *lines = ctx;

	putc_unlocked('{', lines->out);
	rg_row_put_members(row, ALL_KINDS, lines->out);
	fputs_unlocked("}\n", lines->out);
	return ferror(lines->out) != 0;
}

/* ------------------------------------------------------ of the whole trace */

static void put_line(const struct lines *lines, json_t *object)
{
	json_dumpf(object, lines->out, JSON_COMPACT);
	putc_unlocked('\n', lines->out);
	json_decref(object);
}

static void put_number(json_t *object, const char *name, uint64_t value)
{
	json_object_set_new(object, name, rg_json_number(value));
}

static void put_text(json_t *object, const char *name, const char *text)
{
	if (*text)
		json_object_set_new(object, name, rg_json_string(text));
}

static json_t *row_object(const char *row, const struct rg_fed *fed)
{
	const struct rg_trace_env *env = &fed->tally->env;
	json_t *object = json_object();

	put_text(object, "row", row);
	put_text(object, "trace", fed->dir);
	put_text(object, "kernel", env->kernel);
	put_text(object, "generation", env->generation);
	put_text(object, "machine", env->machine);
	put_text(object, "version", env->version);
	return object;
}

/* ------------------------------------------------------------------- sites */

static json_t *reasons_array(const struct rg_site *site)
{
	json_t *array = json_array();

	for (size_t i = 0; i < site->nr_reasons; i++) {
		const struct rg_reason *reason = &site->reasons[i];
		const struct rg_check_info *info = rg_check_info(reason->check);
		json_t *object = json_object();
		char buf[16];

		put_text(object, "errno", rg_error_name(reason->error, buf));
		put_text(object, "check", info ? info->name : "");
		put_number(object, "count", reason->count);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *findings_array(const struct rg_site *site)
{
	json_t *array = json_array();

	for (size_t i = 0; i < site->nr_findings; i++) {
		const struct rg_site_finding *found = &site->findings[i];
		const struct rg_finding_info *info =
			rg_finding_info(found->finding);
		json_t *object = json_object();

		put_text(object, "id", info->id);
		put_text(object, "name", info->name);
		put_text(object, "severity", rg_severity_name(info->severity));
		put_number(object, "count", found->of.count);
		put_number(object, "denied", found->of.denied);
		put_number(object, "first_event", found->of.first_event);
		json_array_append_new(array, object);
	}
	return array;
}

static void put_place(json_t *object, const struct rg_place *place)
{
	const struct rg_name *name = &place->caller.name;

	if (!place->caller.has_stack)
		return;
	put_text(object, "site", place->id);
	put_text(object, "function", name->function);
	put_text(object, "module", name->module);
	put_text(object, "file", name->file);
	if (name->line > 0)
		put_number(object, "line", (uint64_t)name->line);
	json_object_set_new(object, "offset", rg_json_hex(name->offset));
	put_text(object, "inside", place->caller.inside);
}

static void put_site(const struct lines *lines, const struct rg_fed *fed,
		     const struct rg_site *site)
{
	json_t *object = row_object("site", fed);
	struct rg_place place;

	rg_place_find(site, &fed->tally->objects, fed->names, &place);
	put_place(object, &place);
	put_number(object, "calls", site->calls);
	put_number(object, "failed", site->failed);
	put_number(object, "moves", site->moves);
	put_number(object, "bytes_moved", site->bytes_moved);
	put_number(object, "ns_total", site->ns_total);
	if (site->calls)
		put_number(object, "first_event", site->first_event);
	json_object_set_new(object, "reasons", reasons_array(site));
	json_object_set_new(object, "findings", findings_array(site));
	json_object_set_new(object, "stack", rg_json_stack(site, fed->names));
	put_line(lines, object);
}

static void put_sites(const struct lines *lines, const struct rg_fed *fed)
{
	const struct rg_sites *sites = &fed->tally->sites;

	for (size_t i = 0; i < sites->nr; i++)
		put_site(lines, fed, &sites->list[i]);
}

/* --------------------------------------------------------------- processes */

static void put_time(json_t *object, const char *name, uint64_t monotonic,
		     const struct rg_trace_env *env)
{
	char text[RG_UTC_MAX];

	if (!monotonic)
		return;
	rg_utc_text(monotonic + env->clock_offset_ns, text);
	put_text(object, name, text);
}

static json_t *tiers_array(const struct rg_slot *slot)
{
	json_t *array = json_array();

	for (int tier = 0; tier < RG_NR_TIERS; tier++) {
		if (slot->tiers[tier] == RG_TIER_WORKS)
			json_array_append_new(
				array,
				json_string(rg_tier_name((enum rg_tier)tier)));
	}
	return array;
}

static void put_ending(json_t *object, const struct rg_slot *slot)
{
	static const char *const ended[] = {
		[RG_ENDED_UNKNOWN] = "unknown",
		[RG_ENDED_EXIT] = "exit",
		[RG_ENDED_SIGNAL] = "signal",
	};

	put_text(object, "ended", ended[slot->ended]);
	if (slot->ended == RG_ENDED_SIGNAL)
		put_number(object, "signal", slot->signal);
}

static void put_process(const struct lines *lines, const struct rg_fed *fed,
			const struct rg_process *process)
{
	const struct rg_slot *slot = &process->slot;
	json_t *object = row_object("process", fed);

	put_number(object, "pid", slot->pid);
	put_number(object, "ppid", slot->ppid);
	put_text(object, "exe", slot->exe);
	put_text(object, "comm", slot->comm);
	put_time(object, "start", slot->start_ns, &fed->tally->env);
	put_time(object, "end", slot->end_ns, &fed->tally->env);
	put_number(object, "calls", process->events);
	put_number(object, "lost", rg_process_lost(process));
	put_number(object, "failed", slot->failed);
	put_number(object, "denied", slot->denied);
	put_number(object, "mismatches", slot->mismatches);
	put_number(object, "bytes_moved", slot->bytes_moved);
	put_number(object, "accesses", slot->accesses);
	put_number(object, "accesses_lost", slot->accesses_lost);
	json_object_set_new(object, "tiers", tiers_array(slot));
	put_text(object, "stacks",
		 rg_stacks_name((enum rg_stacks)slot->stacks));
	put_ending(object, slot);
	put_line(lines, object);
}

static void put_processes(const struct lines *lines, const struct rg_fed *fed)
{
	const struct rg_processes *processes = &fed->tally->processes;

	for (size_t i = 0; i < processes->nr; i++)
		put_process(lines, fed, &processes->list[i]);
}

static int put_whole(void *ctx, const struct rg_fed *fed)
{
	struct lines *lines = ctx;

	if (lines->rows & RG_ROWS_SITES)
		put_sites(lines, fed);
	if (lines->rows & RG_ROWS_PROCESSES)
		put_processes(lines, fed);
	return ferror(lines->out) != 0;
}

int rg_render_jsonl(const struct rg_feed *feed, unsigned rows, FILE *out,
		    struct rg_report_error *err)
{
	struct lines lines = { .out = out, .rows = rows };
	const struct rg_feed_reader reader = {
		.row = rows & RG_ROWS_EVENTS ? put_event : NULL,
		.end = put_whole,
		.ctx = &lines,
	};

	return rg_feed_read(feed, &reader, err);
}
