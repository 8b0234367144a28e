/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_WATCHED_H
#define RG_SUPERVISOR_WATCHED_H

/*
 * The processes whose calls were told of. A thread's number is not enough to
 * know one by: numbers are used again, and a process may begin another
 * program. So a process is held by a descriptor (pidfd), and looked at anew
 * whenever a call comes from where none came from before.
 */

#include "supervisor/book.h"
#include "supervisor/fresh.h"
#include "supervisor/notice.h"
#include "supervisor/sight.h"
#include "supervisor/unwind.h"

#include <sys/types.h>

#define RG_WATCHED_BUCKETS 1024
#define RG_WATCHED_MODULES 64

struct rg_watched {
	struct rg_watched *next;
	pid_t pid;
	int pidfd;	 /* -1: none could be had */
	bool is_awaited; /* its end is told of */
	dev_t exe_dev;
	ino_t exe_ino;
	bool is_narrow; /* of 32-bit addresses */
	struct rg_slot *slot;
	struct rg_slot own; /* where there is none in the trace */
	struct rg_stream stream;
	/* where calls came from; the oldest gives way */
	uint32_t nr_modules;
	struct {
		uint64_t start;
		uint64_t end;
		uint64_t offset;
		uint64_t inode;
	} modules[RG_WATCHED_MODULES];
	uint64_t injected[RG_MAX_INJECTIONS]; /* calls that fit each */
	struct rg_unwinder *unwinder;	      /* NULL: not needed yet */
	uint64_t kill_at; /* it was told to abort and may not; ns, 0: no */
};

struct rg_watchers {
	struct rg_book book;
	int epoll; /* is told of processes that end, by number; -1: none */
	int alarm; /* a timer: somebody doomed is to be looked for; -1: none */
	enum rg_stacks stacks; /* that are in use */
	uint32_t nr_doomed;
	struct rg_watched *buckets[RG_WATCHED_BUCKETS];
	struct {
		pid_t tid;
		pid_t pid;
	} threads[RG_WATCHED_BUCKETS]; /* which process each is of */
	struct rg_fresh_threads fresh;
};

/* In a forked child: what is the parent's is none of its business. */
void rg_watchers_forget(struct rg_watchers *all);

/*
 * The process of a thread that waits for the answer to a notice of this
 * listener. Return: NULL where it cannot be told, as it waits no more, or
 * where there is no memory.
 */
struct rg_watched *rg_watched_find(struct rg_watchers *all, int listener,
				   const struct rg_notice *notice);

/* Forget those that have ended. */
void rg_watched_forget_ended(struct rg_watchers *all);

/* For stacks of the program that it runs now; NULL where none can be had. */
struct rg_unwinder *rg_watched_unwinder(struct rg_watched *process);

/* Does the trace know what lies at addr? */
bool rg_watched_knows(const struct rg_watched *process, struct rg_sight *sight,
		      uint64_t addr);

/*
 * Tell it. A process that has begun another program since gets a new slot.
 */
void rg_watched_note(struct rg_watchers *all, struct rg_watched *process,
		     struct rg_sight *sight, uint64_t addr);

/*
 * End it as abort(3) would: by SIGABRT, which its thread tid may handle, but
 * for certain after a while; where that would not arrive, by SIGKILL.
 */
void rg_watched_abort(struct rg_watchers *all, struct rg_watched *process,
		      pid_t tid);
/* When the alarm says so. */
void rg_watched_kill_doomed(struct rg_watchers *all);

#endif
