/* SPDX-License-Identifier: MIT */

#include "supervisor/watchdog.h"

#include "supervisor/descriptors.h"
#include "supervisor/notice.h"
#include "supervisor/pass-fd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* So many notices further on one is looked for that was not written down. */
#define LOOK_AHEAD 4096

static int answer(const struct rg_watchdog *watchdog, uint64_t id)
{
	if (watchdog->refuses)
		return rg_notice_answer(watchdog->listener, id, -ENOSYS);
	return rg_notice_pass(watchdog->listener, id);
}

/* It was called, and no event says so. */
static void count(const struct rg_watchdog *watchdog, uint64_t id, pid_t tid)
{
	struct rg_watched *process =
		rg_watched_find(watchdog->watchers, watchdog->listener,
				&(struct rg_notice){ .id = id, .tid = tid });

	if (!process)
		return;
	__atomic_fetch_add(&process->slot->paths[RG_PATH_INVALID], 1,
			   __ATOMIC_RELAXED);
	__atomic_fetch_add(&process->slot->lost[RG_LOST_UNWATCHED], 1,
			   __ATOMIC_RELAXED);
}

void rg_legacy_take(struct rg_legacy *legacy, uint64_t id, pid_t tid)
{
	__atomic_store_n(&legacy->is_counted, false, __ATOMIC_RELEASE);
	__atomic_store_n(&legacy->tid, tid, __ATOMIC_RELEASE);
	__atomic_store_n(&legacy->id, id, __ATOMIC_RELEASE);
}

/* Where it was taken and not answered, whether it was written down or not. */
static void inherit(const struct rg_watchdog *watchdog, uint64_t id)
{
	const struct rg_legacy *legacy = watchdog->legacy;

	if (!rg_notice_stands(watchdog->listener, id))
		return;
	if (id != legacy->id || !legacy->is_counted)
		count(watchdog, id, legacy->tid);
	answer(watchdog, id);
}

static void answer_next(const struct rg_watchdog *watchdog, uint64_t *looked_at)
{
	struct rg_notice notice;

	if (rg_notice_receive(watchdog->listener, &notice))
		return;
	for (; *looked_at < notice.id; ++*looked_at)
		inherit(watchdog, *looked_at);
	if (!rg_notice_is_test(&notice, watchdog->cookie) &&
	    rg_notice_stands(watchdog->listener, notice.id))
		count(watchdog, notice.id, notice.tid);
	answer(watchdog, notice.id);
}

static void take_over(const struct rg_watchdog *watchdog)
{
	struct pollfd calls = { .fd = watchdog->listener, .events = POLLIN };
	uint64_t looked_at;

	/* the supervisor had nothing left to do */
	if (rg_listener_is_over(watchdog->listener))
		return;
	for (looked_at = watchdog->legacy->id;
	     looked_at < watchdog->legacy->id + LOOK_AHEAD; looked_at++)
		inherit(watchdog, looked_at);
	rg_listener_prepare(watchdog->listener);
	while (poll(&calls, 1, -1) < 0 || calls.revents & POLLIN) {
		if (calls.revents & POLLIN)
			answer_next(watchdog, &looked_at);
	}
}

/* The supervisor's end closes with it, whatever ends it. */
static void await_end(int supervisor)
{
	char byte;
	ssize_t got;

	do
		got = read(supervisor, &byte, 1);
	while (got > 0 || (got < 0 && errno == EINTR));
}

static void watch(const struct rg_watchdog *watchdog, int supervisor)
{
	int kept[] = { watchdog->listener, supervisor,
		       watchdog->watchers->book.dir };

	prctl(PR_SET_NAME, "rg-watchdog");
	rg_descriptors_keep(kept, 3);
	rg_descriptors_quiet();
	rg_watchers_forget(watchdog->watchers);
	await_end(supervisor);
	take_over(watchdog);
	_exit(0);
}

int rg_watchdog_start(const struct rg_watchdog *watchdog)
{
	int end;
	pid_t pid = rg_fork_joined(&end);

	if (!pid)
		watch(watchdog, end);
	return pid < 0 ? (int)pid : end;
}
