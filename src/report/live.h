/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_LIVE_H
#define RG_REPORT_LIVE_H

/*
 * A trace that is being written, looked at from time to time: counters from
 * the process tables, and from the streams, as far as they are finished by
 * then, which checks refused and which sites called. Nothing is written, and
 * no process is stopped. As with any other trace its bytes are not trusted:
 * a stream that cannot be ours is left where it is.
 */

#include "report/names.h"
#include "report/processes.h"

#include <stdbool.h>

/* One place that calls: the first frame that is neither ours nor libc's. */
struct rg_live_site {
	struct rg_frame frame;
	uint64_t calls;
	uint64_t failed;
	uint64_t bytes_moved;
	uint64_t ns; /* in the system calls */
};

/* Sites, but for those that came when so many were known. */
#define RG_LIVE_MAX_SITES 4096

struct rg_live {
	struct rg_directory dir;
	uint32_t pid; /* this process alone; 0: all */

	/* from the tables: since the trace began */
	struct rg_processes processes;
	uint64_t running; /* of them, as far as can be seen */
	uint64_t calls;
	struct rg_slot counted; /* of all that are wanted */

	/*
	 * From the streams: since the segments that were at hand when they
	 * were first looked at.
	 */
	uint64_t events;
	uint64_t refused[RG_NR_CHECKS]; /* NONE: by no check that is known */
	struct rg_live_site *sites;	/* as first met */
	size_t nr_sites;
	uint64_t elsewhere; /* calls from sites that were too many */

	/* for live.c alone */
	struct rg_objects objects;
	struct rg_table by_frame;
	struct rg_live_stream *streams;
	size_t nr_streams;
	size_t site_capacity;
	size_t stream_capacity;
};

/* Return: 0, or a negative errno with one line in *err. */
int rg_live_open(const char *path, uint32_t pid, struct rg_live *ret_live,
		 struct rg_report_error *err);
void rg_live_close(struct rg_live *live);

/* See what has come. Return: as above. */
int rg_live_look(struct rg_live *live, struct rg_report_error *err);

/*
 * The trace directory of a process: where the tables that it has mapped are.
 * Return: 0, or a negative errno with one line in *err. To be freed.
 */
int rg_live_find(uint32_t pid, char **ret_path, struct rg_report_error *err);

#endif
