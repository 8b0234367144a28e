/* SPDX-License-Identifier: MIT */

#include "report/text-access.h"

#include "report/picture.h"
#include "report/text-rows.h"

#include <inttypes.h>
#include <stdlib.h>

const char *rg_access_words(const struct rg_access *access, const char *machine,
			    struct rg_word *word)
{
	static const char *const words[RG_NR_ACCESS_KINDS] = {
		[RG_ACCESS_UNKNOWN] = "access",
		[RG_ACCESS_READ] = "read",
		[RG_ACCESS_WRITE] = "write",
		[RG_ACCESS_EXECUTE] = "execution",
		[RG_ACCESS_SYSTEM_CALL] = "system call",
	};
	char buf[32] = "";

	if (access->kind == RG_ACCESS_SYSTEM_CALL)
		rg_system_call_name(machine, access->system_call, buf);
	snprintf(word->text, sizeof(word->text), "%s%s%s", words[access->kind],
		 *buf ? " " : "", buf);
	return word->text;
}

/* ---------------------------------------------------------------- the facts */

static void print_what(const struct rg_access *access, FILE *out)
{
	const char *offset = "offset";
	const char *now = "now";
	struct rg_word word;

	if (rg_access_has_offset(access))
		rg_print_row(out, &offset, "%" PRIu64 " of %s B at 0x%" PRIx64,
			     access->addr - access->move.from,
			     rg_format_count(access->move.len, &word),
			     access->move.from);
	else
		rg_print_row(out, &offset, "not in what moved");
	if (access->now)
		rg_print_row(out, &now, "that byte is at 0x%" PRIx64,
			     access->now);
	else
		rg_print_row(out, &now, "that byte is gone, or nobody knows");
}

static void print_move(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_access *access = &explanation->pick.access;
	const struct rg_access_move *move = &access->move;
	const char *moved = "moved";
	const char *by = "by";
	struct rg_word age;
	struct rg_word len;
	struct rg_word to_len;
	struct rg_word event = { "" };

	if (explanation->pick.move_event)
		snprintf(event.text, sizeof(event.text), " (event %" PRIu64 ")",
			 explanation->pick.move_event);
	rg_print_row(out, &moved,
		     "%s before: %s B from 0x%" PRIx64 " to 0x%" PRIx64
		     ", where it had %s B",
		     rg_format_duration(rg_access_age(access), &age),
		     rg_format_count(move->len, &len), move->from, move->to,
		     rg_format_count(move->to_len, &to_len));
	rg_print_row(out, &by, "process %u, thread %u%s%s", move->pid,
		     move->tid,
		     move->pid == explanation->pick.process.slot.pid
			     ? ""
			     : ", before this one was forked",
		     event.text);
}

static struct rg_range range_of(const char *label, char fill, uint64_t start,
				uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	return (struct rg_range){ label, start, end, fill };
}

static void print_ranges(const struct rg_access *access, FILE *out)
{
	const struct rg_access_move *move = &access->move;
	struct rg_range ranges[] = {
		range_of("old", '-', move->from, move->len),
		range_of("accessed", '=', access->addr, 1),
		range_of("then", '~', move->to, move->to_len),
		range_of("now", '=', access->now, 1),
	};

	fputs("\nranges (not to scale)\n", out);
	rg_print_picture(ranges, access->now ? 4 : 3, out);
}

static void print_registers(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_access *access = &explanation->pick.access;
	const char *machine = explanation->tally->env.machine;
	char *text = NULL;
	size_t len;
	FILE *line;

	if (!access->nr_registers)
		return;
	line = open_memstream(&text, &len);
	for (uint8_t i = 0; i < access->nr_registers; i++) {
		const char *name = rg_access_register_name(machine, i);

		if (name)
			fprintf(line, "%s%s=0x%" PRIx64, i ? " " : "", name,
				access->registers[i]);
	}
	fclose(line);
	fprintf(out, "\n%-*s", RG_ROW_INDENT, "registers");
	rg_print_wrapped(out, text, RG_ROW_INDENT);
	free(text);
}

void rg_print_access(const struct rg_explanation *explanation, FILE *out)
{
	const struct rg_access *access = &explanation->pick.access;

	print_what(access, out);
	print_move(explanation, out);
	print_ranges(access, out);
	print_registers(explanation, out);
}
