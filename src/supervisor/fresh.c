/* SPDX-License-Identifier: MIT */

#include "supervisor/fresh.h"

#include <stddef.h>
#include <unistd.h>

static const struct rg_fresh unknown = { .maps = -1, .syscall = -1 };

void rg_fresh_init(struct rg_fresh_threads *threads)
{
	for (int i = 0; i < RG_FRESH_THREADS; i++)
		threads->of[i] = unknown;
}

void rg_fresh_drop(struct rg_fresh *thread)
{
	if (thread->maps >= 0)
		close(thread->maps);
	if (thread->syscall >= 0)
		close(thread->syscall);
	*thread = unknown;
}

struct rg_fresh *rg_fresh_of(struct rg_fresh_threads *threads, pid_t tid,
			     uint64_t now)
{
	struct rg_fresh *thread = &threads->of[tid % RG_FRESH_THREADS];

	if (thread->tid != tid || thread->until < now)
		rg_fresh_drop(thread);
	thread->tid = tid;
	return thread;
}

void rg_fresh_answered(struct rg_fresh *thread, uint64_t waited)
{
	thread->until = waited + RG_FRESH_NS;
}

void rg_fresh_forget(struct rg_fresh_threads *threads,
		     const struct rg_watched *process)
{
	for (int i = 0; i < RG_FRESH_THREADS; i++) {
		if (threads->of[i].process == process)
			rg_fresh_drop(&threads->of[i]);
	}
}
