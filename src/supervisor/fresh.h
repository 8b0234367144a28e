/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_FRESH_H
#define RG_SUPERVISOR_FRESH_H

/*
 * Threads that were answered a moment ago. Who such a thread is, and the
 * descriptor on its memory, need not be asked for again: to end it, or to begin
 * another program in its process, and then to come here with a call of that
 * number, would have taken longer. Later all is asked anew.
 *
 * Nothing else says so for less than a call costs altogether. A descriptor on
 * maps answers for the memory that it was opened on: once nobody uses that any
 * more with ESRCH, as after an exec, but not where it is shared (vfork,
 * CLONE_VM), or somebody just reads in it.
 */

#include <stdint.h>
#include <sys/types.h>

/*
 * The smallest static program takes 37 us from one exec of itself to the next
 * (EPYC at 2.6 GHz, a virtual machine, Linux 6.18), and 60 where threads have
 * to be ended before. From an answer to the next notice it is 6 us, and 9 with
 * a page off or on in between, of a thread that does nothing else.
 */
#define RG_FRESH_NS 15000

/* In that time no more are answered. */
#define RG_FRESH_THREADS 4

struct rg_watched;

struct rg_fresh {
	pid_t tid;
	uint64_t until;		    /* ns */
	struct rg_watched *process; /* NULL: not known */
	int maps;		    /* its /proc/TID/maps; -1: not open */
	int syscall;		    /* its /proc/TID/syscall, the same */
};

/* Twice as many descriptors stay open. */
struct rg_fresh_threads {
	struct rg_fresh of[RG_FRESH_THREADS];
};

/* Nothing is closed: in a forked child its parent's numbers mean nothing. */
void rg_fresh_init(struct rg_fresh_threads *threads);

/* A thread that waits. What is known of it is what still holds. */
struct rg_fresh *rg_fresh_of(struct rg_fresh_threads *threads, pid_t tid,
			     uint64_t now);

/* It was answered, and waited still at that time; or it had gone. */
void rg_fresh_answered(struct rg_fresh *thread, uint64_t waited);
void rg_fresh_drop(struct rg_fresh *thread);

/* Its process has gone. */
void rg_fresh_forget(struct rg_fresh_threads *threads,
		     const struct rg_watched *process);

#endif
