/* SPDX-License-Identifier: MIT */

#include "report/row.h"

#include "policy/flags.h"
#include "report/stale.h"
#include "report/utc.h"

#include <inttypes.h>

/* --------------------------------------------------------------- into cells */

static void put_text(struct rg_cell *cell, const char *text)
{
	if (!text || !*text)
		return;
	cell->kind = RG_CELL_TEXT;
	cell->text = text;
}

static void put_number(struct rg_cell *cell, uint64_t number)
{
	cell->kind = RG_CELL_NUMBER;
	cell->number = number;
}

static void put_hex(struct rg_cell *cell, uint64_t number)
{
	cell->kind = RG_CELL_HEX;
	snprintf(cell->buf, sizeof(cell->buf), "0x%" PRIx64, number);
	cell->text = cell->buf;
}

static void put_yes_no(struct rg_cell *cell, bool yes)
{
	cell->kind = RG_CELL_YES_NO;
	cell->number = yes;
}

static void put_word(struct rg_cell *cell, const char *word)
{
	if (word && cell->nr < RG_CELL_LIST_MAX)
		cell->list[cell->nr++] = word;
}

/* ------------------------------------------------------------- of any event */

static const struct rg_event *event_of(const struct rg_row *row)
{
	return row->seen->event;
}

/* NULL of a call. */
static const struct rg_access *access_of(const struct rg_row *row)
{
	return row->seen->stale ? &row->seen->stale->access : NULL;
}

static const struct rg_trace_env *env_of(const struct rg_row *row)
{
	return &row->seen->of->env;
}

static const struct rg_slot *slot_of(const struct rg_row *row)
{
	return &row->seen->process->slot;
}

static void fill_row(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, event_of(row) ? "call" : "access");
}

static void fill_trace(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, row->trace);
}

static void fill_event(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, row->seen->number);
}

static void fill_time(const struct rg_row *row, struct rg_cell *cell)
{
	rg_utc_text(row->time_ns, cell->buf);
	put_text(cell, cell->buf);
}

static void fill_time_ns(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, row->time_ns);
}

static void fill_kernel(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, env_of(row)->kernel);
}

static void fill_generation(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, env_of(row)->generation);
}

static void fill_machine(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, env_of(row)->machine);
}

static void fill_version(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, env_of(row)->version);
}

static void fill_pid(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, slot_of(row)->pid);
}

static void fill_ppid(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, slot_of(row)->ppid);
}

static void fill_tid(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell,
		   event_of(row) ? event_of(row)->tid : access_of(row)->tid);
}

static void fill_exe(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, slot_of(row)->exe);
}

static void fill_comm(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, slot_of(row)->comm);
}

static void fill_addr(const struct rg_row *row, struct rg_cell *cell)
{
	put_hex(cell,
		event_of(row) ? event_of(row)->req.addr : access_of(row)->addr);
}

/* A set, of which RG115 is the only one that an access can be in. */
static void fill_findings(const struct rg_row *row, struct rg_cell *cell)
{
	const struct rg_event *event = event_of(row);

	cell->kind = RG_CELL_LIST;
	if (!event)
		put_word(cell, rg_finding_info(RG_FINDING_STALE_ACCESS)->id);
	for (uint8_t i = 0; event && i < event->nr_findings; i++) {
		const struct rg_finding_info *info = rg_finding_info(
			rg_finding_from_number(event->findings[i]));

		put_word(cell, info ? info->id : NULL);
	}
}

/* Of the findings, the one that people want to know of first. */
static void fill_severity(const struct rg_row *row, struct rg_cell *cell)
{
	const struct rg_event *event = event_of(row);
	enum rg_finding worst =
		event ? RG_NR_FINDINGS : RG_FINDING_STALE_ACCESS;

	for (uint8_t i = 0; event && i < event->nr_findings; i++) {
		enum rg_finding finding =
			rg_finding_from_number(event->findings[i]);

		if (finding != RG_NR_FINDINGS &&
		    (worst == RG_NR_FINDINGS ||
		     rg_finding_urgency(finding) < rg_finding_urgency(worst)))
			worst = finding;
	}
	if (worst != RG_NR_FINDINGS)
		put_text(cell,
			 rg_severity_name(rg_finding_info(worst)->severity));
}

/* -------------------------------------------------------------- of the call */

static void fill_tier(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, rg_tier_name(event_of(row)->tier));
}

static void fill_old_len(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, event_of(row)->req.old_len);
}

static void fill_new_len(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, event_of(row)->req.new_len);
}

static size_t append(char *buf, size_t at, const char *text)
{
	return at + (size_t)sprintf(buf + at, "%s%s", at ? "|" : "", text);
}

/* "MAYMOVE|FIXED|0x10", as the policy and `predict' take them. */
static void fill_flags(const struct rg_row *row, struct rg_cell *cell)
{
	uint64_t rest = event_of(row)->req.flags;
	size_t at = 0;
	char hex[24];

	for (unsigned bit = 0; rg_flag_name(bit); bit++) {
		if (!(rest & UINT64_C(1) << bit))
			continue;
		rest &= ~(UINT64_C(1) << bit);
		at = append(cell->buf, at, rg_flag_name(bit));
	}
	snprintf(hex, sizeof(hex), rest ? "0x%" PRIx64 : "0", rest);
	if (rest || !at)
		append(cell->buf, at, hex);
	put_text(cell, cell->buf);
}

static void fill_new_addr(const struct rg_row *row, struct rg_cell *cell)
{
	const struct rg_request *req = &event_of(row)->req;

	if (req->new_addr ||
	    req->flags & (RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP))
		put_hex(cell, req->new_addr);
}

static bool is_seen(const struct rg_event *event)
{
	return event->judged != RG_JUDGED_UNSEEN;
}

static void fill_result(const struct rg_row *row, struct rg_cell *cell)
{
	if (is_seen(event_of(row)) && !event_of(row)->error)
		put_hex(cell, event_of(row)->result);
}

static void fill_errno(const struct rg_row *row, struct rg_cell *cell)
{
	if (event_of(row)->error)
		put_text(cell, rg_error_name(event_of(row)->error, cell->buf));
}

static void fill_path(const struct rg_row *row, struct rg_cell *cell)
{
	if (event_of(row)->path != RG_PATH_INVALID)
		put_text(cell, rg_path_name(event_of(row)->path));
}

static void fill_plan_path(const struct rg_row *row, struct rg_cell *cell)
{
	if (event_of(row)->plan_path != RG_PATH_INVALID)
		put_text(cell, rg_path_name(event_of(row)->plan_path));
}

static void fill_check(const struct rg_row *row, struct rg_cell *cell)
{
	const struct rg_check_info *info = rg_check_info(event_of(row)->check);

	put_text(cell, info ? info->name : "");
}

static void fill_judged(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, rg_judged_name(event_of(row)->judged));
}

static void fill_agreement(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, rg_agreement_name(event_of(row)->agreement));
}

static void fill_racy(const struct rg_row *row, struct rg_cell *cell)
{
	put_yes_no(cell, event_of(row)->racy);
}

static void fill_verdict(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, rg_verdict_name(event_of(row)->verdict));
}

static void fill_duration(const struct rg_row *row, struct rg_cell *cell)
{
	if (is_seen(event_of(row)))
		put_number(cell, event_of(row)->duration_ns);
}

static void fill_bytes_moved(const struct rg_row *row, struct rg_cell *cell)
{
	if (is_seen(event_of(row)))
		put_number(cell, rg_event_moved_bytes(event_of(row)));
}

static void fill_damage(const struct rg_row *row, struct rg_cell *cell)
{
	cell->kind = RG_CELL_LIST;
	for (int i = 0; i < RG_NR_DAMAGES; i++) {
		if (event_of(row)->damage & 1u << i)
			put_word(cell,
				 rg_damage_name((enum rg_damage)(1u << i)));
	}
}

static void fill_unknown(const struct rg_row *row, struct rg_cell *cell)
{
	cell->kind = RG_CELL_LIST;
	for (int i = 0; i < RG_NR_UNKNOWNS; i++) {
		if (event_of(row)->unknown & 1u << i)
			put_word(cell,
				 rg_unknown_name((enum rg_unknown)(1u << i)));
	}
}

/* --------------------------------------------------------- of who was there */

static void fill_site(const struct rg_row *row, struct rg_cell *cell)
{
	if (row->place->caller.has_stack)
		put_text(cell, row->place->id);
}

static void fill_function(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, row->place->caller.name.function);
}

static void fill_module(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, row->place->caller.name.module);
}

static void fill_file(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, row->place->caller.name.file);
}

static void fill_line(const struct rg_row *row, struct rg_cell *cell)
{
	int line = row->place->caller.name.line;

	if (line > 0)
		put_number(cell, (uint64_t)line);
}

static void fill_offset(const struct rg_row *row, struct rg_cell *cell)
{
	if (row->place->caller.has_stack)
		put_hex(cell, row->place->caller.name.offset);
}

static void fill_inside(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, row->place->caller.inside);
}

/* ------------------------------------------------------ of the stale access */

static void fill_access(const struct rg_row *row, struct rg_cell *cell)
{
	put_text(cell, rg_access_kind_name(access_of(row)->kind));
}

static void fill_system_call(const struct rg_row *row, struct rg_cell *cell)
{
	if (access_of(row)->kind != RG_ACCESS_SYSTEM_CALL)
		return;
	put_text(cell,
		 rg_system_call_name(env_of(row)->machine,
				     access_of(row)->system_call, cell->buf));
}

static void fill_now(const struct rg_row *row, struct rg_cell *cell)
{
	if (access_of(row)->now)
		put_hex(cell, access_of(row)->now);
}

static void fill_age(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, rg_access_age(access_of(row)));
}

static void fill_move_event(const struct rg_row *row, struct rg_cell *cell)
{
	if (row->seen->stale->move_event)
		put_number(cell, row->seen->stale->move_event);
}

static void fill_move_site(const struct rg_row *row, struct rg_cell *cell)
{
	if (row->move_place->caller.has_stack)
		put_text(cell, row->move_place->id);
}

static void fill_move_from(const struct rg_row *row, struct rg_cell *cell)
{
	put_hex(cell, access_of(row)->move.from);
}

static void fill_move_len(const struct rg_row *row, struct rg_cell *cell)
{
	put_number(cell, access_of(row)->move.len);
}

static void fill_move_to(const struct rg_row *row, struct rg_cell *cell)
{
	put_hex(cell, access_of(row)->move.to);
}

/* ---------------------------------------------------------------- the table */

static const struct rg_column columns[] = {
	{ "row", RG_OF_TRACE, fill_row },
	{ "trace", RG_OF_TRACE, fill_trace },
	{ "event", RG_OF_ALL, fill_event },
	{ "time", RG_OF_TRACE, fill_time },
	{ "time_ns", RG_OF_TRACE, fill_time_ns },
	{ "kernel", RG_OF_TRACE, fill_kernel },
	{ "generation", RG_OF_TRACE, fill_generation },
	{ "machine", RG_OF_TRACE, fill_machine },
	{ "version", RG_OF_TRACE, fill_version },
	{ "pid", RG_OF_PROCESS, fill_pid },
	{ "ppid", RG_OF_PROCESS, fill_ppid },
	{ "exe", RG_OF_PROCESS, fill_exe },
	{ "comm", RG_OF_PROCESS, fill_comm },
	{ "tid", RG_OF_PROCESS, fill_tid },
	{ "addr", RG_OF_ALL, fill_addr },
	{ "old_len", RG_OF_CALL, fill_old_len },
	{ "new_len", RG_OF_CALL, fill_new_len },
	{ "flags", RG_OF_CALL, fill_flags },
	{ "new_addr", RG_OF_CALL, fill_new_addr },
	{ "result", RG_OF_CALL, fill_result },
	{ "errno", RG_OF_CALL, fill_errno },
	{ "path", RG_OF_CALL, fill_path },
	{ "check", RG_OF_CALL, fill_check },
	{ "verdict", RG_OF_CALL, fill_verdict },
	{ "duration_ns", RG_OF_CALL, fill_duration },
	{ "bytes_moved", RG_OF_CALL, fill_bytes_moved },
	{ "findings", RG_OF_ALL, fill_findings },
	{ "severity", RG_OF_ALL, fill_severity },
	{ "damage", RG_OF_CALL, fill_damage },
	{ "tier", RG_OF_CALL, fill_tier },
	{ "judged", RG_OF_CALL, fill_judged },
	{ "plan_path", RG_OF_CALL, fill_plan_path },
	{ "agreement", RG_OF_CALL, fill_agreement },
	{ "racy", RG_OF_CALL, fill_racy },
	{ "unknown", RG_OF_CALL, fill_unknown },
	{ "site", RG_OF_ALL, fill_site },
	{ "function", RG_OF_ALL, fill_function },
	{ "module", RG_OF_ALL, fill_module },
	{ "file", RG_OF_ALL, fill_file },
	{ "line", RG_OF_ALL, fill_line },
	{ "offset", RG_OF_ALL, fill_offset },
	{ "inside", RG_OF_ALL, fill_inside },
	{ "access", RG_OF_ACCESS, fill_access },
	{ "system_call", RG_OF_ACCESS, fill_system_call },
	{ "now", RG_OF_ACCESS, fill_now },
	{ "age_ns", RG_OF_ACCESS, fill_age },
	{ "move_event", RG_OF_ACCESS, fill_move_event },
	{ "move_site", RG_OF_ACCESS, fill_move_site },
	{ "move_from", RG_OF_ACCESS, fill_move_from },
	{ "move_len", RG_OF_ACCESS, fill_move_len },
	{ "move_to", RG_OF_ACCESS, fill_move_to },
};

const struct rg_column *rg_row_columns(size_t *ret_nr)
{
	*ret_nr = sizeof(columns) / sizeof(columns[0]);
	return columns;
}

static bool has_value(const struct rg_row *row, const struct rg_column *column)
{
	if (column->of == RG_OF_CALL)
		return event_of(row);
	return column->of != RG_OF_ACCESS || access_of(row);
}

void rg_row_cell(const struct rg_row *row, const struct rg_column *column,
		 struct rg_cell *ret_cell)
{
	ret_cell->kind = RG_CELL_NULL;
	ret_cell->nr = 0;
	if (has_value(row, column))
		column->fill(row, ret_cell);
}
