/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_QUARANTINE_H
#define RG_RUNTIME_QUARANTINE_H

/*
 * quarantine=SIZE: where memory was before it moved stays mapped and
 * inaccessible for a while, so that whoever still goes there faults. This is
 * what is held: a ring of old ranges, first in, first out. How a call is made
 * so that its old range can be held is in keep.c.
 */

#include "runtime/process.h"
#include "trace/access.h"

/* In this process and all it forks; set once, at the start. */
extern bool rg_quarantine_on;

/* In the constructor, when the process is set up. */
void rg_quarantine_init(void);

/* ---------------------------------------------------------------- holding */

/* What is held has a ticket, and so has what is about to be. */
#define RG_NO_TICKET UINT64_MAX

/* Is a range of this length held, as things are? Counts it where not. */
bool rg_quarantine_takes(struct rg_process *process, uint64_t len);

/*
 * Before a range is made inaccessible: from now on a fault in it is known to
 * be stale. Return: its ticket, or RG_NO_TICKET, counted as not held.
 */
uint64_t rg_quarantine_claim(struct rg_process *process,
			     const struct rg_access_move *move);

/*
 * It is covered, or it has failed and counts as not held. What is too much now
 * is let go, the oldest first.
 */
void rg_quarantine_settle(struct rg_process *process, uint64_t ticket,
			  bool covered);

/* Hold what is a hole; where it is none any more it is not held. */
uint64_t rg_quarantine_hold_hole(struct rg_process *process,
				 const struct rg_access_move *move);

/* What was about to move there went on. */
void rg_quarantine_went(uint64_t ticket, uint64_t to);

/* Who moved it, and when, as of the call's event. */
void rg_quarantine_describe(uint64_t ticket, const struct rg_event *event);

/*
 * A call has moved or resized a mapping: what moved to there from a held range
 * is elsewhere now, or gone. own is the ticket of the range it moved from.
 */
void rg_quarantine_follow(uint64_t own, const struct rg_access_move *move);

/* ------------------------------------------------------------- giving way */

/* The program is about to use these addresses. */
void rg_quarantine_make_way(struct rg_process *process, uint64_t start,
			    uint64_t len);

/* Let everything go. Return: false when there was nothing. */
bool rg_quarantine_give_up(struct rg_process *process);

/* ---------------------------------------------------------------- looking */

/*
 * The newest range held that meets [start, end). Async-signal-safe, and so is
 * all that follows. Return: its ticket, or RG_NO_TICKET; *ret_addr is the
 * first address that is in both.
 */
uint64_t rg_quarantine_find(uint64_t start, uint64_t end, uint64_t *ret_addr);

/* Is our mapping there still, as far as can be told? */
bool rg_quarantine_is_there(struct rg_process *process, uint64_t addr);

/* Fill in the move, and where the byte is now. False when it has been let go.
 */
bool rg_quarantine_tell(uint64_t ticket, uint64_t addr,
			struct rg_access *access);

#endif
