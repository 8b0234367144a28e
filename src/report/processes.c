/* SPDX-License-Identifier: MIT */

#include "report/processes.h"

#include "report/alloc.h"
#include "trace/ctf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Why a file is not a table, or NULL. */
static const char *table_fault(const struct rg_bytes *bytes)
{
	struct rg_table_header header;

	if (bytes->len < sizeof(header))
		return "truncated";
	memcpy(&header, bytes->at, sizeof(header));
	if (memcmp(header.magic, RG_TABLE_MAGIC, sizeof(header.magic)))
		return "not a process table: wrong magic number";
	if (header.format > RG_CTF_FORMAT)
		return "a newer format than this remapguard reads";
	if (header.slot_size != RG_SLOT_SIZE ||
	    header.nr_slots != RG_TABLE_SLOTS)
		return "damaged: slot size";
	if (bytes->len != RG_TABLE_SIZE)
		return bytes->len < RG_TABLE_SIZE ? "truncated"
						  : "damaged: too long";
	return NULL;
}

static const char *slot_fault(const struct rg_slot *slot)
{
	if (slot->ended > RG_ENDED_SIGNAL)
		return "damaged: how a process ended";
	if (slot->stacks >= RG_NR_STACKS)
		return "damaged: how stacks were captured";
	for (int tier = 0; tier < RG_NR_TIERS; tier++) {
		if (slot->tiers[tier] >= RG_NR_TIER_STATES)
			return "damaged: the state of a tier";
	}
	return NULL;
}

/* Taken and not filled in: the process died first, or is just doing it. */
static bool is_empty(const struct rg_slot *slot)
{
	return !slot->pid && !rg_slot_calls(slot);
}

static void add_further(struct rg_processes *processes, uint32_t number,
			uint32_t of)
{
	processes->further = rg_grow_by_one(
		processes->further, processes->nr_further,
		&processes->further_capacity, sizeof(*processes->further));
	processes->further[processes->nr_further++] =
		(struct rg_further){ .number = number, .of = of };
}

/* A process takes its first slot first. */
static const char *join(struct rg_processes *processes, uint32_t number,
			const struct rg_slot *slot)
{
	uint32_t of = slot->further_of - 1;
	struct rg_process *process =
		of < number ? rg_processes_find(processes, of) : NULL;

	if (!process || process->number != of || process->slot.pid != slot->pid)
		return "damaged: whose further slot one is";
	rg_slot_add(&process->slot, slot);
	add_further(processes, number, of);
	return NULL;
}

static const char *add_slot(struct rg_processes *processes,
			    struct rg_process *process)
{
	const char *why = slot_fault(&process->slot);

	if (why)
		return why;
	if (process->slot.further_of)
		return join(processes, process->number, &process->slot);
	process->slot.comm[sizeof(process->slot.comm) - 1] = '\0';
	process->slot.exe[sizeof(process->slot.exe) - 1] = '\0';
	rg_processes_add(processes, process);
	return NULL;
}

static const char *add_slots(const struct rg_bytes *bytes, uint32_t first,
			     struct rg_processes *processes)
{
	struct rg_table_header header;

	memcpy(&header, bytes->at, sizeof(header));
	for (uint32_t i = 0; i < RG_TABLE_SLOTS; i++) {
		struct rg_process process = { .number = first + i };
		const char *why;

		memcpy(&process.slot, bytes->at + (i + 1) * RG_SLOT_SIZE,
		       sizeof(process.slot));
		/* the path went on here */
		if (header.format < RG_CTF_FORMAT_OF_FURTHER)
			process.slot.further_of = 0;
		if (is_empty(&process.slot))
			continue;
		why = add_slot(processes, &process);
		if (why)
			return why;
	}
	return NULL;
}

static int read_table(const struct rg_directory *dir, uint32_t table,
		      struct rg_processes *processes,
		      struct rg_report_error *err)
{
	char name[RG_CTF_NAME_MAX];
	struct rg_bytes bytes;
	const char *why;
	int ret;

	rg_ctf_table_name(table, name);
	ret = rg_directory_read(dir, name, &bytes, err);
	if (ret)
		return ret;
	why = table_fault(&bytes);
	if (!why)
		why = add_slots(&bytes, table * RG_TABLE_SLOTS, processes);
	free(bytes.at);
	if (why)
		return rg_report_fail(err, -EINVAL, "%s/%s: %s", dir->path,
				      name, why);
	return 0;
}

int rg_processes_read(const struct rg_directory *dir,
		      struct rg_processes *ret_processes,
		      struct rg_report_error *err)
{
	struct rg_processes processes = { 0 };
	int ret = 0;

	for (uint32_t table = 0; !ret; table++)
		ret = read_table(dir, table, &processes, err);
	if (ret != -ENOENT) {
		rg_processes_deinit(&processes);
		return ret;
	}
	*ret_processes = processes;
	return 0;
}

void rg_processes_deinit(struct rg_processes *processes)
{
	free(processes->list);
	free(processes->further);
	*processes = (struct rg_processes){ 0 };
}

static int compare_numbers(const void *a, const void *b)
{
	const uint32_t *number = a;
	const struct rg_process *process = b;

	return (*number > process->number) - (*number < process->number);
}

static int compare_further(const void *a, const void *b)
{
	const uint32_t *number = a;
	const struct rg_further *further = b;

	return (*number > further->number) - (*number < further->number);
}

static struct rg_process *find_first(const struct rg_processes *processes,
				     uint32_t number)
{
	if (!processes->nr)
		return NULL;
	return bsearch(&number, processes->list, processes->nr,
		       sizeof(*processes->list), compare_numbers);
}

struct rg_process *rg_processes_find(const struct rg_processes *processes,
				     uint32_t number)
{
	struct rg_process *process = find_first(processes, number);
	const struct rg_further *further = NULL;

	if (!process && processes->nr_further)
		further = bsearch(&number, processes->further,
				  processes->nr_further,
				  sizeof(*processes->further), compare_further);
	return further ? find_first(processes, further->of) : process;
}

struct rg_process *rg_processes_add(struct rg_processes *processes,
				    const struct rg_process *process)
{
	processes->list =
		rg_grow_by_one(processes->list, processes->nr,
			       &processes->capacity, sizeof(*processes->list));
	processes->list[processes->nr] = *process;
	return &processes->list[processes->nr++];
}

uint64_t rg_process_lost(const struct rg_process *process)
{
	uint64_t calls = rg_slot_calls(&process->slot);

	return calls > process->events ? calls - process->events : 0;
}
