/* SPDX-License-Identifier: MIT */

#include "supervisor/supervisor.h"

#include "supervisor/descriptors.h"
#include "supervisor/judge.h"
#include "supervisor/notice.h"
#include "supervisor/watchdog.h"
#include "trace/cookie.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * One call, from the notice to the record:
 *
 *   take     the caller waits, and its number is left to the watchdog
 *   judge    its memory is looked at
 *   count    in its slot
 *   answer   if nobody waits any more the call was never made, and what was
 *            looked at may have been another's: count back
 *   record   what was answered, and nothing else, is in the trace
 *
 * So a call that a signal broke off and that the kernel begins anew is in the
 * trace once: of the two notices one was answered.
 */

/*
 * What is waited for. Calls in a thread of their own, in the system call that
 * takes them: so none needs another system call to wait in, and the kernel
 * wakes us on the processor of the one that calls. Whoever of the two threads
 * has something to do does it under one lock, which is nearly always free. The
 * listener itself is among the sources for its end; and where the thread is
 * not to be had, for calls, by poll and not by epoll, which would have us
 * woken anywhere. Processes that end, of which there may be many, are behind
 * one descriptor.
 */
enum source {
	FROM_LISTENER,
	FROM_CONTROL,
	FROM_WATCHDOG,
	FROM_PROCESSES,
	FROM_ALARM,
	NR_SOURCES
};

struct supervisor {
	const struct rg_supervision *of;
	pthread_mutex_t lock; /* of all that follows, once there are threads */
	bool is_listening;    /* calls are taken in a thread of their own */
	struct rg_bench bench;
	struct rg_watchers watchers;
	struct rg_watchdog watchdog;
	struct rg_legacy *legacy;
	int watchdog_end; /* -1: there is none */
	int control;	  /* -1: `run' has ended, or needs nothing more */
	bool is_over;	  /* nobody is left */
};

/* -------------------------------------------------------------- one call */

struct turn {
	struct rg_notice notice;
	struct rg_answer answer;
	bool is_judged; /* and then: */
	bool is_recorded;
	struct rg_fresh *thread;
	struct rg_case of;
	struct rg_event event;
	uint64_t waited; /* it surely did at that time, ns */
};

/* The object's calls are its own to record; --enforce=all judges them. */
static bool is_marked(const struct supervisor *self,
		      const struct rg_notice *notice)
{
	return self->of->cookie && notice->sixth == self->of->cookie;
}

/* follow=off: only the program itself is of interest. */
static bool is_of_interest(const struct supervisor *self,
			   const struct rg_watched *process)
{
	return process &&
	       (self->bench.options->follow || process->pid == self->of->root);
}

static void count(struct rg_slot *slot, const struct rg_event *event,
		  uint64_t n)
{
	__atomic_fetch_add(&slot->paths[event->path], n, __ATOMIC_RELAXED);
	if (rg_verdict_stops(event->verdict))
		__atomic_fetch_add(&slot->failed, n, __ATOMIC_RELAXED);
	if (rg_verdict_denies(event->verdict))
		__atomic_fetch_add(&slot->denied, n, __ATOMIC_RELAXED);
}

static void record(struct supervisor *self, struct rg_watched *process,
		   struct rg_event *event)
{
	enum rg_lost why;

	if (process->slot == &process->own)
		return;
	if (!rg_book_append(&self->watchers.book, &process->stream, event,
			    &why))
		__atomic_fetch_add(&process->slot->lost[why], 1,
				   __ATOMIC_RELAXED);
}

static void say_stopped(const struct supervisor *self,
			const struct rg_verdict *verdict)
{
	const struct rg_finding_info *info = rg_finding_info(verdict->finding);

	if (info &&
	    (verdict->kind == RG_VERDICT_ABORT || self->bench.options->verbose))
		fprintf(stderr, "remapguard: %s: %s\n", info->id,
			info->sentence);
}

/* It is told before it can go on. */
static void abort_it(struct supervisor *self, struct rg_watched *process,
		     const struct rg_notice *notice)
{
	if (rg_notice_stands(self->of->listener, notice->id))
		rg_watched_abort(&self->watchers, process, notice->tid);
}

/* Only what lies in its own memory is told of. */
static void note_module(struct supervisor *self, struct rg_watched *process,
			struct rg_case *of, uint64_t addr)
{
	if (!rg_watched_knows(process, &of->sight, addr) &&
	    rg_notice_stands(self->of->listener, of->notice->id))
		rg_watched_note(&self->watchers, process, &of->sight, addr);
}

/*
 * Where the call comes from is noted first: that tells whether the process
 * runs another program by now.
 */
static void note_callers(struct supervisor *self, struct rg_watched *process,
			 struct rg_case *of)
{
	note_module(self, process, of, of->notice->ip);
	if (self->watchers.stacks != RG_STACKS_NONE)
		of->unwinder = rg_watched_unwinder(process);
	rg_case_unwind(of);
	for (uint8_t i = 1; i < of->nr_stack; i++)
		note_module(self, process, of, of->stack[i]);
}

static struct rg_fresh *find(struct supervisor *self,
			     const struct rg_notice *notice)
{
	struct rg_watchers *all = &self->watchers;
	struct rg_fresh *thread =
		rg_fresh_of(&all->fresh, notice->tid, rg_book_now());

	if (!thread->process)
		thread->process =
			rg_watched_find(all, self->of->listener, notice);
	return thread;
}

static void judge(struct supervisor *self, struct turn *turn)
{
	struct rg_watched *process = turn->thread->process;
	struct rg_case *of = &turn->of;

	turn->is_recorded = !is_marked(self, &turn->notice);
	rg_case_open(of, &self->bench, &turn->notice, turn->thread,
		     process->is_narrow);
	if (turn->is_recorded) {
		note_callers(self, process, of);
		/* the object sees to its own */
		of->injected = process->injected;
	}
	rg_case_judge(of);
	/* what only the supervisor stops nobody else will record */
	if (!turn->is_recorded && of->verdict.kind != RG_VERDICT_ALLOW) {
		note_callers(self, process, of);
		turn->is_recorded = true;
	}
	rg_case_describe(of, &turn->event);
}

static void count_it(struct supervisor *self, const struct turn *turn)
{
	if (!turn->is_recorded)
		return;
	count(turn->thread->process->slot, &turn->event, 1);
	__atomic_store_n(&self->legacy->is_counted, true, __ATOMIC_RELEASE);
}

static void decide(struct supervisor *self, struct turn *turn)
{
	enum rg_verdict_kind kind;

	judge(self, turn);
	count_it(self, turn);
	kind = turn->of.verdict.kind;
	if (kind == RG_VERDICT_ABORT)
		abort_it(self, turn->thread->process, &turn->notice);
	turn->answer.passes = kind == RG_VERDICT_ALLOW;
	turn->answer.result = -turn->event.error;
	turn->waited = rg_book_now();
}

/* What it is to be answered. */
static void prepare(struct supervisor *self, struct turn *turn)
{
	const struct rg_notice *notice = &turn->notice;

	turn->is_judged = false;
	turn->answer = (struct rg_answer){ .passes = true };
	if (rg_notice_is_test(notice, self->of->cookie)) {
		turn->answer = (struct rg_answer){ .result = RG_COOKIE_ANSWER };
		return;
	}
	turn->thread = find(self, notice);
	if (!turn->thread->process && self->of->enforce)
		/* it waits no more, or there is no memory to judge it with */
		turn->answer = (struct rg_answer){ .result = -ENOMEM };
	turn->is_judged = is_of_interest(self, turn->thread->process);
	if (turn->is_judged)
		decide(self, turn);
}

/* What came of the answer: 0 or -errno. */
static void conclude(struct supervisor *self, struct turn *turn, int sent)
{
	struct rg_watched *process;

	if (!turn->is_judged)
		return;
	process = turn->thread->process;
	if (!sent) {
		rg_fresh_answered(turn->thread, turn->waited);
		if (turn->is_recorded)
			record(self, process, &turn->event);
	} else {
		rg_case_uncount(&turn->of);
		if (turn->is_recorded)
			count(process->slot, &turn->event, UINT64_MAX);
		rg_fresh_drop(turn->thread);
	}
	if (rg_verdict_denies(turn->of.verdict.kind))
		say_stopped(self, &turn->of.verdict);
}

/*
 * Forever, or one. Each of the two system calls that wait for somebody is made
 * here and not in a function that then returns: see ioctl.h.
 */
static void take_notices(struct supervisor *self, bool forever)
{
	int listener = self->of->listener;
	struct turn turn;

	do {
		int ret = rg_notice_receive(listener, &turn.notice);

		if (ret && rg_listener_is_over(listener))
			return;
		if (ret)
			continue;
		pthread_mutex_lock(&self->lock);
		rg_legacy_take(self->legacy, turn.notice.id, turn.notice.tid);
		prepare(self, &turn);
		ret = rg_notice_reply(listener, turn.notice.id, &turn.answer);
		conclude(self, &turn, ret);
		pthread_mutex_unlock(&self->lock);
	} while (forever);
}

/* Since Linux 6.11 taking returns by itself when nobody is left. */
static void *listen_in_thread(void *arg)
{
	take_notices(arg, true);
	return NULL;
}

static void start_listening(struct supervisor *self)
{
	pthread_t thread;

	self->is_listening =
		!pthread_create(&thread, NULL, listen_in_thread, self);
	if (self->is_listening)
		pthread_detach(thread);
}

/* ------------------------------------------------------------ the others */

static void start_watchdog(struct supervisor *self)
{
	self->watchdog_end = rg_watchdog_start(&self->watchdog);
}

static void lose_watchdog(struct supervisor *self)
{
	if (self->watchdog_end < 0)
		return;
	close(self->watchdog_end);
	self->watchdog_end = -1;
	while (wait(NULL) > 0)
		;
}

/* It ends before us only if somebody kills it. */
static void replace_watchdog(struct supervisor *self)
{
	lose_watchdog(self);
	start_watchdog(self);
}

/* No process is left under the filter, and the watchdog will see that, too. */
static void end_listening(struct supervisor *self)
{
	lose_watchdog(self);
	self->is_over = true;
}

/* The caller of `run' is to get its terminal, or its pipe, back. */
static void let_run_go(struct supervisor *self)
{
	char byte;

	if (!self->is_over && rg_listener_is_over(self->of->listener))
		end_listening(self);
	if (read(self->control, &byte, 1) == 1) {
		byte = self->is_over ? RG_SUPERVISOR_ENDS : RG_SUPERVISOR_STAYS;
		(void)!write(self->control, &byte, 1);
	}
	close(self->control);
	self->control = -1;
	rg_descriptors_quiet();
}

static void dispatch(struct supervisor *self, const struct pollfd *sources)
{
	if (sources[FROM_LISTENER].revents & ~POLLIN)
		end_listening(self);
	if (sources[FROM_CONTROL].revents)
		let_run_go(self);
	/* it may have been let go meanwhile */
	if (sources[FROM_WATCHDOG].revents && self->watchdog_end >= 0)
		replace_watchdog(self);
	if (sources[FROM_PROCESSES].revents)
		rg_watched_forget_ended(&self->watchers);
	if (sources[FROM_ALARM].revents)
		rg_watched_kill_doomed(&self->watchers);
}

static void serve(struct supervisor *self)
{
	while (!self->is_over || self->control >= 0) {
		/* those that are negative are passed over */
		struct pollfd sources[NR_SOURCES] = {
			[FROM_LISTENER].fd =
				self->is_over ? -1 : self->of->listener,
			[FROM_CONTROL].fd = self->control,
			[FROM_WATCHDOG].fd = self->watchdog_end,
			[FROM_PROCESSES].fd = self->watchers.epoll,
			[FROM_ALARM].fd = self->watchers.alarm,
		};

		for (int i = 0; i < NR_SOURCES; i++)
			sources[i].events = POLLIN;
		if (self->is_listening)
			sources[FROM_LISTENER].events = 0;
		if (poll(sources, NR_SOURCES, -1) <= 0)
			continue;
		if (sources[FROM_LISTENER].revents & POLLIN)
			take_notices(self, false);
		pthread_mutex_lock(&self->lock);
		dispatch(self, sources);
		pthread_mutex_unlock(&self->lock);
	}
}

/* ------------------------------------------------------------- beginning */

/* A terminal's signals, and those to `run', are for the program. */
static void leave_the_session(void)
{
	sigset_t all;

	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (chdir("/"))
		errno = 0;
}

static struct rg_legacy *share_legacy(const struct rg_supervision *of)
{
	struct rg_legacy *legacy =
		mmap(NULL, sizeof(*legacy), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (legacy == MAP_FAILED)
		return NULL;
	rg_legacy_take(legacy, of->first_id, of->root);
	return legacy;
}

static bool set_up(struct supervisor *self)
{
	const struct rg_supervision *of = self->of;
	int kept[3] = { of->listener, of->control };

	self->watchers.book.dir =
		open(of->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	self->watchers.book.max_trace = of->options->max_trace;
	kept[2] = self->watchers.book.dir;
	rg_descriptors_keep(kept, 3);
	self->watchers.epoll = epoll_create1(EPOLL_CLOEXEC);
	self->watchers.alarm =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	self->watchers.stacks = of->options->stacks;
	rg_fresh_init(&self->watchers.fresh);
	self->legacy = share_legacy(of);
	self->control = of->control;
	self->bench.limits = rg_limits_default((uint64_t)sysconf(_SC_PAGESIZE));
	rg_bench_init(&self->bench, of->options, &of->kernel);
	self->watchdog = (struct rg_watchdog){
		.listener = of->listener,
		.refuses = of->enforce,
		.cookie = of->cookie,
		.legacy = self->legacy,
		.watchers = &self->watchers,
	};
	return self->legacy;
}

void rg_supervise(const struct rg_supervision *supervision)
{
	static struct supervisor self = { .lock = PTHREAD_MUTEX_INITIALIZER };

	self.of = supervision;
	prctl(PR_SET_NAME, "rg-supervisor");
	leave_the_session();
	rg_descriptors_raise_limit();
	if (!set_up(&self))
		return;
	rg_listener_prepare(supervision->listener);
	start_watchdog(&self);
	start_listening(&self);
	serve(&self);
}
