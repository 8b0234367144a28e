/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_EVENT_H
#define RG_TRACE_EVENT_H

/*
 * One recorded call, and its bytes in the trace.
 *
 *   0        8     16       24       32      40   44        48     52
 *   timestamp addr  old_len  new_len  result  tid  duration  flags  …
 *
 *   52 tier:4 path:4        56 verdict:3 racy:1 has_new_addr:1 has_vma:1
 *   53 plan_path:4             has_flags_high:1 has_sight:1
 *      judged:2 agreement:2 57 nr_findings   59 unknown (32 bits)
 *   54 check                58 nr_stack      63 damage
 *   55 errno
 *
 *   64 [sight] [new_addr 8] [flags_high 4] [vma 8+8+4] findings…
 *      then, 8-byte aligned: stack…
 *
 *   sight: nr_limits 1, nr_vmas 1, limits… (1+8 each), vmas… (8+8+4 each)
 *
 * Little endian, as the machine is. An event's length is a multiple of eight,
 * so that every word can be stored with one aligned store. Its mark is the
 * tid: it is written last, and a zero there means it is not finished.
 */

#include "policy/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a call was seen. Stored in traces: never renumber. */
enum rg_tier {
	RG_TIER_SYMBOL,
	RG_TIER_LIBC,
	RG_TIER_SYSCALL,
	RG_TIER_SUPERVISOR,
	RG_NR_TIERS
};

/* "symbol", …; NULL outside the enum. */
const char *rg_tier_name(enum rg_tier tier);

/* When, if at all, the call's plan was made. Stored in traces. */
enum rg_judged {
	RG_JUDGED_UNPLANNED, /* arguments checked, mappings not looked at */
	RG_JUDGED_PLANNED,   /* before the call */
	RG_JUDGED_EXPLAINED, /* after a failure that changed nothing */
	RG_JUDGED_UNSEEN,    /* before it, and its result was never learned */
	RG_NR_JUDGED
};

const char *rg_judged_name(enum rg_judged judged);
const char *rg_agreement_name(enum rg_agreement agreement);

#define RG_EVENT_MAX_FINDINGS 16
#define RG_EVENT_MAX_STACK 64
#define RG_EVENT_MAX_VMAS 8
#define RG_EVENT_MIN_SIZE 64
#define RG_EVENT_MAX_SIZE                                                      \
	(RG_EVENT_MIN_SIZE + 42 + 9 * RG_NR_LIMITS + 20 * RG_EVENT_MAX_VMAS +  \
	 RG_EVENT_MAX_FINDINGS + 8 * RG_EVENT_MAX_STACK)

/* A mapping as it was seen. */
struct rg_event_vma {
	uint64_t start;
	uint64_t end;
	uint32_t flags; /* enum rg_vma_flag: those known to be set */
};

struct rg_event {
	/* every call has these */
	uint64_t timestamp; /* CLOCK_MONOTONIC ns when the call returned */
	struct rg_request req;
	uint64_t result; /* as the program got it: UINT64_MAX for a failure */
	uint32_t tid;
	enum rg_tier tier;
	/* rg_event_clear() sets these to 0 */
	uint32_t duration_ns; /* of the real call; UINT32_MAX is that or more */
	enum rg_path path;    /* what happened */
	enum rg_path plan_path; /* what was planned; INVALID without a plan */
	enum rg_check check;	/* which refused, as far as known */
	enum rg_judged judged;
	enum rg_agreement agreement;
	bool racy; /* mappings changed meanwhile: another thread was faster */
	enum rg_verdict_kind verdict;
	uint32_t unknown; /* enum rg_unknown */
	uint8_t error;	  /* errno, 0 for success */
	uint8_t damage;	  /* enum rg_damage */
	bool has_vma;	  /* the vma at addr was looked up, and there was one */
	uint8_t nr_findings;
	uint8_t nr_stack;
	uint8_t nr_vmas;
	/* these count only as far as the last four say */
	uint64_t vma_start;
	uint64_t vma_end;
	uint32_t vma_flags;			 /* enum rg_vma_flag */
	uint8_t findings[RG_EVENT_MAX_FINDINGS]; /* 101 is RG101 */
	uint64_t stack[RG_EVENT_MAX_STACK]; /* return addresses, inner first */
	/*
	 * The sight: what else the plan was made of, for calls that want to be
	 * explained. Other mappings in the order of the look, and limits.
	 */
	struct rg_event_vma vmas[RG_EVENT_MAX_VMAS];
	struct rg_limits limits; /* rg_event_clear() leaves none known */
};

/* Nothing decided, no findings, no stack; the call itself is left as it is. */
void rg_event_clear(struct rg_event *event);

/* Does what was mapped change place on this path? */
bool rg_path_moves(enum rg_path path);

/* How many bytes of address space such a call moves, 0 for none. */
uint64_t rg_path_moved_bytes(enum rg_path path, const struct rg_request *req);
uint64_t rg_event_moved_bytes(const struct rg_event *event);

/* What was planned, and the mapping at addr as it was then. */
void rg_event_put_plan(struct rg_event *event, const struct rg_plan *plan);

/* Has it a finding that is a hazard? */
bool rg_event_has_hazard(const struct rg_event *event);

/* A set of findings, as many as there is room for. */
void rg_event_put_findings(struct rg_event *event, uint64_t findings);

/* A mapping that was looked at; not one that is there already. */
void rg_event_put_vma(struct rg_event *event, const struct rg_vma *vma);

/* How an event lies in the trace. */
struct rg_event_layout {
	uint32_t size; /* bytes, a multiple of eight */
	uint8_t has;   /* which optional parts; the byte `has` of the trace */
};

struct rg_event_layout rg_event_layout(const struct rg_event *event);

/*
 * Write the event's bytes to buf, which is aligned to eight and holds zeroes:
 * all but the mark. Storing that, last and at once, is the caller's.
 */
void rg_event_encode(const struct rg_event *event,
		     const struct rg_event_layout *layout, uint8_t *buf);

#define RG_EVENT_MARK_AT 40

/* Where the mark of the event at buf is. */
static inline uint32_t *rg_event_mark(uint8_t *buf)
{
	return (uint32_t *)(buf + RG_EVENT_MARK_AT);
}

/* A call that was made, as planned if it was, and nothing was found. */
struct rg_event_plain {
	uint64_t timestamp;
	const struct rg_request *req; /* none but known flags */
	const struct rg_plan *plan;   /* NULL: takes no new address */
	uint64_t result;
	uint32_t duration_ns;
	enum rg_tier tier;
	enum rg_path path;
	const uint64_t *stack;
	uint8_t nr_stack;
};

/* Of all but the stack. */
uint32_t rg_event_plain_size(const struct rg_request *req,
			     const struct rg_plan *plan);

/* As rg_event_encode() writes such an event, in fewer steps. */
void rg_event_encode_plain(const struct rg_event_plain *event, uint8_t *buf);

/*
 * Of the event encoded at buf, `left` bytes before the end of what is
 * finished, what every event has, and its stack. Every enumeration and count
 * is tested. Return: its length; 0 where it cannot be one.
 */
size_t rg_event_glance(const uint8_t *buf, size_t left,
		       struct rg_event *ret_event);

/* The length of the event encoded at buf, which is finished. */
size_t rg_event_encoded_size(const uint8_t *buf);

/*
 * Which count of the event encoded at buf, `left` bytes before the end of
 * what there is, cannot be; NULL where its length may be asked for.
 */
const char *rg_event_bad_count(const uint8_t *buf, size_t left);

#endif
