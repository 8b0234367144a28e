/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_STREAM_H
#define RG_RUNTIME_STREAM_H

#include "runtime/process.h"

/*
 * Of a process with threads: the stream for events from here. Which one that
 * is is of no consequence but for speed.
 */
struct rg_stream *rg_stream_here(struct rg_process *process);

/* A call has ended at this time: do threads get into each other's way? */
void rg_stream_watch(struct rg_process *process, uint64_t time);

#endif
