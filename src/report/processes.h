/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_PROCESSES_H
#define RG_REPORT_PROCESSES_H

#include "report/directory.h"
#include "trace/process-table.h"

#include <stddef.h>
#include <stdint.h>

/* One process of a trace. */
struct rg_process {
	uint32_t number; /* SLOT: its first place in the tables */
	struct rg_slot slot;
	uint64_t events; /* of it that were read */
	size_t trace;	 /* which of several DIRs, from 0 */
};

/* A further slot of a process. */
struct rg_further {
	uint32_t number;
	uint32_t of; /* the process's */
};

struct rg_processes {
	struct rg_process *list;
	size_t nr;
	size_t capacity;
	struct rg_further *further;
	size_t nr_further;
	size_t further_capacity;
};

/*
 * Read the tables .processes.N in dir, as far as they go: every process whose
 * slot was filled in, sorted by number. What its further slots have counted is
 * added to its first.
 */
int rg_processes_read(const struct rg_directory *dir,
		      struct rg_processes *ret_processes,
		      struct rg_report_error *err);
void rg_processes_deinit(struct rg_processes *processes);

/* Return: the process with a slot of that number; NULL when there is none. */
struct rg_process *rg_processes_find(const struct rg_processes *processes,
				     uint32_t number);
struct rg_process *rg_processes_add(struct rg_processes *processes,
				    const struct rg_process *process);

/* Calls that were counted and are not among the events read. */
uint64_t rg_process_lost(const struct rg_process *process);

#endif
