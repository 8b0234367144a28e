/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_PROCESS_TABLE_H
#define RG_TRACE_PROCESS_TABLE_H

/*
 * Who took part in a trace, and exact counts that outlive whatever happens to
 * the events: the file .processes.N, mapped shared by every process and by
 * the CLI. Entry 0 is the file's header, entries 1 … RG_TABLE_SLOTS are slots,
 * taken with one atomic addition each, never given back. When a table is full
 * the next number is created. A slot's number in the trace, SLOT, is
 * N * RG_TABLE_SLOTS + entry - 1.
 *
 * Every counter is added to with relaxed atomics while the trace is written.
 * Where threads of one process get into each other's way with that, it takes
 * further slots, each for a stream of its own; these have a pid and counters,
 * which are the process's, too.
 */

#include "policy/options.h"
#include "trace/event.h"

#include <stdint.h>

#define RG_TABLE_MAGIC "rgtable1"
#define RG_TABLE_SLOTS 255
#define RG_SLOT_SIZE 512
/* Of the whole file, in bytes. */
#define RG_TABLE_SIZE ((RG_TABLE_SLOTS + 1) * RG_SLOT_SIZE)

struct rg_table_header {
	char magic[8];
	uint32_t slot_size; /* RG_SLOT_SIZE */
	uint32_t nr_slots;  /* RG_TABLE_SLOTS */
	uint32_t taken;	    /* slots handed out; more than nr_slots: full */
	uint32_t format;    /* RG_CTF_FORMAT */
	uint32_t number;    /* N */
};

/* The header of a new table. */
struct rg_table_header rg_table_header_new(uint32_t number);

/* Why an event is not in the trace. */
enum rg_lost {
	RG_LOST_NO_SPACE,  /* no segment could be made: disk, quota, limits */
	RG_LOST_CAP,	   /* max-trace= */
	RG_LOST_EARLY,	   /* before our constructor, and there were many */
	RG_LOST_UNWATCHED, /* the supervisor had been killed */
	RG_LOST_SETUP,	   /* the process could not be set up for tracing */
	RG_LOST_STACK,	   /* a handler's stack had too little room */
	RG_NR_LOST
};

/* Why a tier does not work in a process. */
enum rg_tier_state {
	RG_TIER_OFF, /* not asked for, or not tried yet */
	RG_TIER_WORKS,
	RG_TIER_SHADOWED,    /* another object's symbol comes first */
	RG_TIER_NO_LIBC,     /* no glibc of its own to patch was found */
	RG_TIER_TOO_SMALL,   /* libc's mremap has no room for a jump */
	RG_TIER_NOT_MAPPED,  /* the patched page could not be mapped */
	RG_TIER_NOT_REACHED, /* patched, and the test call did not arrive */
	RG_NR_TIER_STATES
};

/* One sentence each, for people; NULL outside the enums. */
const char *rg_lost_sentence(enum rg_lost lost);
const char *rg_tier_state_sentence(enum rg_tier_state state);

/* How a process ended, as far as known. */
enum rg_ended { RG_ENDED_UNKNOWN, RG_ENDED_EXIT, RG_ENDED_SIGNAL };

struct rg_slot {
	uint32_t pid; /* 0: taken, not filled in */
	uint32_t ppid;
	uint64_t start_ns;	    /* CLOCK_MONOTONIC */
	uint64_t end_ns;	    /* 0 while it has not ended */
	uint8_t ended;		    /* enum rg_ended */
	uint8_t signal;		    /* that ended it */
	uint8_t stacks;		    /* enum rg_stacks, what is really in use */
	uint8_t tiers[RG_NR_TIERS]; /* enum rg_tier_state */
	uint8_t in_plugin; /* threads in a plugin now, or when it ended */
	char comm[16];
	uint64_t failed;
	uint64_t denied;
	uint64_t mismatches;
	uint64_t bytes_moved;
	/* every call that was seen, recorded or not; INVALID: not judged */
	uint64_t paths[RG_NR_PATHS];
	uint64_t lost[RG_NR_LOST]; /* known to be lost, by reason */
	char exe[252];	     /* absolute path, cut at 251; "" when not known */
	uint32_t further_of; /* SLOT + 1 of the process; 0: its first slot */
	/* quarantine: old ranges of moves */
	uint64_t held;
	uint64_t given_up; /* let go: the oldest, or for the program to use */
	uint64_t not_held; /* too long, limits, or somebody was faster */
	uint64_t accesses; /* RG115, recorded or not */
	uint64_t accesses_lost;
	/* placement= and grow-ahead=: what grew and had to move */
	uint32_t placed;
	uint32_t misplaced;  /* left to the kernel, as something failed */
	uint32_t rooms;	     /* placed with room to grow into */
	uint32_t rooms_used; /* growths of those that stayed where they were */
};

/* Did a signal end it while a thread of it was in a plugin? */
bool rg_slot_ended_in_plugin(const struct rg_slot *slot);

/* All calls that were seen: one counter a call is enough to add to. */
uint64_t rg_slot_calls(const struct rg_slot *slot);

/* Add what one has counted of calls to a sum. */
void rg_slot_add(struct rg_slot *sum, const struct rg_slot *slot);

_Static_assert(sizeof(struct rg_slot) <= RG_SLOT_SIZE, "slot size");
_Static_assert(sizeof(struct rg_table_header) <= RG_SLOT_SIZE, "entry 0");

#endif
