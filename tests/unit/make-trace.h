/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_MAKE_TRACE_H
#define RG_TESTS_MAKE_TRACE_H

/*
 * Trace directories made to order, byte for byte as the runtime writes them,
 * in a fresh temporary directory.
 */

#include "trace/access.h"
#include "trace/ctf.h"
#include "trace/modules.h"
#include "trace/process-table.h"

struct made_trace {
	char path[64];
};

/* The start of time in made traces. */
#define MADE_BEGIN UINT64_C(1000000)
/* Bytes of a made segment. */
#define MADE_SEGMENT 65536

/* A directory with metadata, and a process table if that is asked for. */
void make_trace(struct made_trace *trace);
void make_table(const struct made_trace *trace, const struct rg_slot *slots,
		size_t nr);
void remove_trace(const struct made_trace *trace);

/*
 * Segment number `segment` of a slot, whose pid is 1000 + slot: the events, 10
 * ns after one another, or later where their timestamp says so, the first at
 * event[0].timestamp if that is set, else at MADE_BEGIN.
 */
void make_segment(const struct made_trace *trace, uint32_t slot,
		  uint32_t segment, const struct rg_event *events, size_t nr);
/* The stale accesses of a slot, of which those without a time get one. */
void make_accesses(const struct made_trace *trace, uint32_t slot,
		   const struct rg_access *accesses, size_t nr);
void make_modules(const struct made_trace *trace, uint32_t slot,
		  const struct rg_module *modules, size_t nr);

/* A file in the trace; replaced if it is there. */
void make_file(const struct made_trace *trace, const char *name,
	       const void *bytes, size_t len);
/* Change bytes of a file. */
void poke_file(const struct made_trace *trace, const char *name, long offset,
	       const void *bytes, size_t len);
void cut_file(const struct made_trace *trace, const char *name, long len);

/* "PATH/name" in a buffer of its own; valid until the fourth call after. */
const char *path_in(const struct made_trace *trace, const char *name);

/*
 * This program as a module, mapped at MADE_SINCE: return addresses of its
 * functions have names and lines from then on.
 */
#define MADE_SINCE UINT64_C(1000000000000000000)
struct rg_module a_module(void);
/* A return address in that function. */
uint64_t an_address(void (*function)(void));

/* An ordinary call: grows 4 KB to 8 KB in place. */
struct rg_event an_event(void);
/* A read of what moved from 0x7f0000000000 to 0x7f1000000000. */
struct rg_access an_access(void);
/* One that failed for that reason. */
struct rg_event a_failure(uint8_t error, enum rg_check check);

#endif
