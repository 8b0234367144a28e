/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_WATCHDOG_H
#define RG_SUPERVISOR_WATCHDOG_H

/*
 * A second process that holds the listener and does nothing until the
 * supervisor has gone. Then it answers in its place, for as long as anybody is
 * left to be answered: nothing is judged any more, and calls go on (or, with
 * --enforce=all, are refused with ENOSYS). What was let go is counted as lost.
 */

#include "supervisor/watched.h"

/*
 * What the supervisor leaves to its watchdog, in memory that they share: the
 * last notice that it took. The kernel numbers notices one by one, so one that
 * was taken and not written down any more is found, too. Written from bottom
 * to top, as it may end between any two.
 */
struct rg_legacy {
	uint64_t id;
	pid_t tid;	 /* who waits for an answer */
	bool is_counted; /* in its process's slot */
};

void rg_legacy_take(struct rg_legacy *legacy, uint64_t id, pid_t tid);

struct rg_watchdog {
	int listener;
	bool refuses; /* --enforce=all */
	uint64_t cookie;
	struct rg_legacy *legacy;
	struct rg_watchers *watchers;
};

/*
 * Start one. Return: its end of a socket, which says EOF when it has ended;
 * or -errno. It ends by itself after the supervisor, and exits.
 */
int rg_watchdog_start(const struct rg_watchdog *watchdog);

#endif
