/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TRACE_H
#define RG_REPORT_TRACE_H

/*
 * A trace directory, opened: everything about it is known and tested but the
 * events, which rg_trace_read() (read.h) streams.
 */

#include "report/directory.h"
#include "report/metadata.h"
#include "report/processes.h"
#include "report/scan.h"

struct rg_trace {
	struct rg_directory dir;
	struct rg_trace_env env;
	struct rg_processes processes;
	struct rg_stream *streams; /* by slot, kind and segment */
	size_t nr_streams;
	size_t stream_capacity;
	uint64_t nr_events; /* of both kinds */
};

/* Of a directory that is no trace of ours *err says so. */
int rg_trace_read_env(const struct rg_directory *dir,
		      struct rg_trace_env *ret_env,
		      struct rg_report_error *err);

/*
 * Open and validate. path must live as long as the trace.
 * Return: 0, or a negative errno with one line in *err.
 */
int rg_trace_open(const char *path, struct rg_trace *ret_trace,
		  struct rg_report_error *err);
void rg_trace_close(struct rg_trace *trace);

/* When a process's first segment begins; 0 where there is none. */
uint64_t rg_trace_begin(const struct rg_trace *trace, uint32_t slot,
			enum rg_ctf_stream kind);

#endif
