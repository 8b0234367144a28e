/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_PROCESS_H
#define RG_RUNTIME_PROCESS_H

/*
 * What belongs to one process and must not outlive a fork: it lies in pages
 * that the kernel hands to a forked child zeroed (MADV_WIPEONFORK), so that a
 * child finds itself not set up yet and does it on its first call. A child of
 * vfork shares these pages, as it shares all memory, and counts as its parent
 * until it calls exec.
 */

#include "policy/inject.h"
#include "trace/process-table.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define RG_NR_SEGMENTS 16

/*
 * One mapped segment of the trace; see trace.c for the word `state`, on which
 * everything else turns.
 */
struct rg_segment {
	_Atomic uint64_t state;
	uint8_t *base; /* NULL: free */
	uint32_t size;
};

#define RG_NR_STREAMS 16

/*
 * Where events go, and where calls are counted. A process has one; threads
 * that get into each other's way there have one for each processor, in a line
 * of the cache of its own. See trace.c.
 */
struct rg_stream {
	/* In the trace's process table. NULL: it has not been needed. */
	struct rg_slot *_Atomic slot;
	uint32_t slot_number;
	uint32_t next_segment;
	_Atomic uint32_t growing;  /* somebody makes the next segment */
	_Atomic uint64_t retry_at; /* after a failure to make one, ns */
	uint64_t last_begin;
	struct rg_segment *_Atomic current;
	struct rg_segment segments[RG_NR_SEGMENTS];
} __attribute__((aligned(128)));

#define RG_MAX_MODULES 1024

/* A module that the trace knows. */
struct rg_module_range {
	uint64_t start;
	uint64_t end;
	const void *owner; /* the link map that held it then, or NULL */
	bool for_good;	   /* it was there when the program started */
};

/* What a call may touch, and with MREMAP_FIXED its destination. */
struct rg_ranges {
	uint64_t start;
	uint64_t end;
	uint64_t to;
	uint64_t to_end;
};

/*
 * A place for a call that some thread is making, in a line of the cache of its
 * own; see history.c.
 */
struct rg_in_flight {
	_Atomic uint32_t tid;	 /* 0: free */
	_Atomic uint32_t number; /* even: the ranges are those of the call */
	_Atomic uint32_t claimant;
	struct rg_ranges ranges;
	uint64_t frame; /* on the stack of the thread */
	uint64_t seen;	/* the claims' version when no other met; 0: one does */
} __attribute__((aligned(64)));

#define RG_MAX_IN_FLIGHT 64
#define RG_MAX_MOVED 256
#define RG_MAX_GROWERS 64

/* How one caller grows a mapping, step by step. */
struct rg_grower {
	uint64_t caller;
	uint64_t last; /* where the mapping was left */
	uint32_t steps;
	uint32_t moves;
};

/* The phase of nearly all calls; the others are in process.c. */
#define RG_PROCESS_READY 1u

struct rg_process {
	_Atomic uint32_t phase;
	/* Never the same in two processes that share an ancestor's memory. */
	uint32_t epoch;
	uint32_t pid;
	/* In the trace's process table, or `own` below without a trace. */
	struct rg_slot *slot;
	struct rg_slot own;
	/* Without a slot of its own: where its losses count, or NULL. */
	struct rg_slot *heir;

	/* the trace; the first stream's slot is the one above */
	_Atomic uint64_t bytes; /* of all segments made */
	bool wants_room;	/* the next segment is to be large */
	struct rg_meetings {
		_Atomic uint32_t nr;
		uint32_t processor; /* of the last call */
		uint64_t time;
	} meetings;
	_Atomic uint32_t spreading; /* somebody begins another stream */
	struct rg_stream streams[RG_NR_STREAMS];

	/* calls that fit each injection, see inject.c */
	_Atomic uint64_t injected[RG_MAX_INJECTIONS];

	/* mapping queries: a descriptor on maps, plus one; 0 is none */
	_Atomic int maps_fd;
	_Atomic int procmap_missing;

	/* settings of the system, see limits.c */
	struct rg_limits settings;

	/* see history.c */
	struct rg_in_flight in_flight[RG_MAX_IN_FLIGHT];
	struct rg_ranges claims[RG_MAX_IN_FLIGHT]; /* one for each place */
	_Atomic uint64_t claims_version;
	_Atomic uint64_t claimed; /* which places have one */
	_Atomic uint32_t nr_moved;
	struct {
		uint64_t start;
		uint64_t len;
	} moved[RG_MAX_MOVED];
	struct rg_grower growers[RG_MAX_GROWERS];

	/* the file of stale accesses, see accesses.c */
	_Atomic uint32_t accesses_phase;
	uint8_t *_Atomic accesses;
	uint32_t accesses_len;

	/* modules already written, see modules.c */
	_Atomic uint32_t nr_modules;
	_Atomic uint32_t last_module; /* where the last address was found */
	struct rg_module_range modules[RG_MAX_MODULES];
};

/* For rg_process() alone. */
extern struct rg_process *rg_process_state;
struct rg_process *rg_process_other(void);

/*
 * The calling process, set up. NULL before the constructor has run, or while
 * another thread sets up and does not finish.
 */
static inline struct rg_process *rg_process(void)
{
	struct rg_process *process = rg_process_state;

	if (__builtin_expect(atomic_load_explicit(&process->phase,
						  memory_order_acquire) ==
				     RG_PROCESS_READY,
			     1))
		return process;
	return rg_process_other();
}

/* The calling process's, 0 before it is set up. */
uint32_t rg_process_epoch(void);

/* Has it the memory of another, and not of a program's start? */
bool rg_process_is_forked(void);

/* Is the caller a child of vfork, in the memory of its parent? */
bool rg_process_is_borrowed(void);

/* Fill in a slot of the process that is not its first. */
void rg_process_fill_further(const struct rg_process *process,
			     struct rg_slot *slot);

/* Once, in the constructor. */
void rg_process_init_memory(void);

/* For rg_thread_id() alone. */
struct rg_thread {
	uint32_t epoch;
	uint32_t tid;
};

extern __thread struct rg_thread rg_thread
	__attribute__((tls_model("initial-exec"), visibility("hidden")));
uint32_t rg_thread_ask(const struct rg_process *process);

/* The calling thread's id, without a system call but the first time. */
static inline uint32_t rg_thread_id(const struct rg_process *process)
{
	if (__builtin_expect(rg_thread.epoch == process->epoch, 1))
		return rg_thread.tid;
	return rg_thread_ask(process);
}

/* The program ends in good order. */
void rg_process_ended(void);

#endif
