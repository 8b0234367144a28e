/* SPDX-License-Identifier: MIT */

#include "runtime/actions.h"

#include "runtime/process.h"
#include "runtime/sys.h"

#include <dlfcn.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef void simple_handler(int);

/* <signal.h> declares some of them with attributes, hence the other names. */
EXPORT int rg_sigaction(int sig, const struct sigaction *action,
			struct sigaction *ret_before) __asm__("sigaction");
EXPORT int rg_sigaction_2(int sig, const struct sigaction *action,
			  struct sigaction *ret_before) __asm__("__sigaction");
EXPORT simple_handler *rg_signal(int sig,
				 simple_handler *handler) __asm__("signal");
EXPORT simple_handler *
rg_bsd_signal(int sig, simple_handler *handler) __asm__("bsd_signal");
EXPORT simple_handler *rg_ssignal(int sig,
				  simple_handler *handler) __asm__("ssignal");
EXPORT simple_handler *
rg_sysv_signal(int sig, simple_handler *handler) __asm__("sysv_signal");
EXPORT simple_handler *
rg_sysv_signal_2(int sig, simple_handler *handler) __asm__("__sysv_signal");
EXPORT simple_handler *rg_sigset(int sig,
				 simple_handler *handler) __asm__("sigset");
EXPORT int rg_sigignore(int sig) __asm__("sigignore");

/* ------------------------------------------- without the next definitions */

/*
 * Before the constructor has run, and where the libc has none: as glibc does
 * it, straight to the kernel. It keeps 64 signals of a set.
 */

static int fail(int ret)
{
	errno = -ret;
	return -1;
}

static int raw_sigaction(int sig, const struct sigaction *action,
			 struct sigaction *ret_before)
{
	struct rg_signal_action made = { 0 };
	struct rg_signal_action before;
	int ret;

	if (action) {
		made.handler = (uint64_t)(uintptr_t)action->sa_handler;
		made.flags = (unsigned)action->sa_flags | RG_ARCH_SA_RESTORER;
		made.restorer = RG_ARCH_SIGNAL_RETURN;
		memcpy(&made.mask, &action->sa_mask, sizeof(made.mask));
	}
	ret = rg_sys_sigaction(sig, action ? &made : NULL, &before);
	if (ret)
		return fail(ret);
	if (ret_before) {
		ret_before->sa_handler =
			(simple_handler *)(uintptr_t)before.handler;
		ret_before->sa_flags = (int)before.flags;
		memcpy(&ret_before->sa_mask, &before.mask, sizeof(before.mask));
	}
	return 0;
}

static simple_handler *set_by(int (*set)(int, const struct sigaction *,
					 struct sigaction *),
			      int sig, simple_handler *handler, int flags)
{
	struct sigaction action = { .sa_flags = flags };
	struct sigaction before;

	action.sa_handler = handler;
	/* only what is glibc's signal() blocks it by name, too */
	if (flags == SA_RESTART)
		action.sa_mask.__val[0] = 1ul << (sig - 1);
	if (handler == SIG_ERR) {
		errno = EINVAL;
		return SIG_ERR;
	}
	return set(sig, &action, &before) ? SIG_ERR : before.sa_handler;
}

#define ONCE ((int)(SA_RESETHAND | SA_NODEFER))

static simple_handler *raw_signal(int sig, simple_handler *handler)
{
	return set_by(raw_sigaction, sig, handler, SA_RESTART);
}

static simple_handler *raw_sysv_signal(int sig, simple_handler *handler)
{
	return set_by(raw_sigaction, sig, handler, ONCE);
}

static bool was_blocked(uint64_t mask, int sig)
{
	return mask >> (sig - 1) & 1;
}

static simple_handler *sigset_by(int (*set)(int, const struct sigaction *,
					    struct sigaction *),
				 int sig, simple_handler *handler)
{
	struct sigaction before;
	simple_handler *old;
	uint64_t mask;

	if (handler == SIG_HOLD) {
		mask = rg_sys_change_mask(SIG_BLOCK, sig);
		if (was_blocked(mask, sig))
			return SIG_HOLD;
		return set(sig, NULL, &before) ? SIG_ERR : before.sa_handler;
	}
	old = set_by(set, sig, handler, 0);
	if (old == SIG_ERR)
		return old;
	mask = rg_sys_change_mask(SIG_UNBLOCK, sig);
	return was_blocked(mask, sig) ? SIG_HOLD : old;
}

static simple_handler *raw_sigset(int sig, simple_handler *handler)
{
	return sigset_by(raw_sigaction, sig, handler);
}

static int raw_sigignore(int sig)
{
	return set_by(raw_sigaction, sig, SIG_IGN, 0) == SIG_ERR ? -1 : 0;
}

/* -------------------------------------------------- the next definitions */

static int (*next_sigaction)(int, const struct sigaction *,
			     struct sigaction *) = raw_sigaction;
static simple_handler *(*next_signal)(int, simple_handler *) = raw_signal;
static simple_handler *(*next_sysv_signal)(int,
					   simple_handler *) = raw_sysv_signal;
static simple_handler *(*next_sigset)(int, simple_handler *) = raw_sigset;
static int (*next_sigignore)(int) = raw_sigignore;

void rg_actions_init(void)
{
	static const struct {
		const char *name;
		void *next;
	} names[] = {
		{ "sigaction", &next_sigaction },
		{ "signal", &next_signal },
		{ "__sysv_signal", &next_sysv_signal },
		{ "sigset", &next_sigset },
		{ "sigignore", &next_sigignore },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *found = dlsym(RTLD_NEXT, names[i].name);

		if (found)
			memcpy(names[i].next, &found, sizeof(found));
	}
}

/* -------------------------------------------------- the program's action */

static rg_handler *our_handler;

/*
 * The handler may come at any time and looks without waiting: what it sees is
 * whole if the number is even, and the same before and after.
 */
static struct {
	_Atomic uint32_t number;
	struct sigaction action;
} kept;

static struct sigaction get_kept(void)
{
	struct sigaction action;
	uint32_t number;
	int tries = 100;

	do {
		number = atomic_load(&kept.number);
		action = kept.action;
		atomic_thread_fence(memory_order_acquire);
	} while ((number & 1 || number != atomic_load(&kept.number)) &&
		 tries--);
	return action;
}

/* As libc gives it back: it keeps a restorer, and the kernel 64 signals. */
static void set_kept(const struct sigaction *action)
{
	uint32_t number = atomic_load(&kept.number) & ~1u;
	int tries = 1000;

	while (!atomic_compare_exchange_weak(&kept.number, &number,
					     number + 1)) {
		number &= ~1u;
		/* a forked child may find it left in the middle */
		if (!tries--)
			break;
		rg_sys_sched_yield();
	}
	kept.action = *action;
	kept.action.sa_flags |= RG_ARCH_SA_RESTORER;
	atomic_store(&kept.number, number + 2);
}

static bool is_ours(const struct sigaction *action)
{
	return action->sa_sigaction == our_handler;
}

static bool is_handler(const struct sigaction *action)
{
	return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/*
 * Ours with the program's mask and flags, so that it runs as the other would;
 * where there is none, on the thread's own stack, which has room.
 */
static struct sigaction ours_for(const struct sigaction *action)
{
	struct sigaction ours = *action;

	ours.sa_sigaction = our_handler;
	ours.sa_flags &= ~(int)SA_RESETHAND;
	ours.sa_flags |= SA_SIGINFO;
	if (!is_handler(action))
		ours.sa_flags |= SA_RESTART;
	return ours;
}

static int give_back(const struct sigaction *before,
		     const struct sigaction *was_kept,
		     struct sigaction *ret_before)
{
	const struct sigaction *from = is_ours(before) ? was_kept : before;

	if (!ret_before)
		return 0;
	ret_before->sa_handler = from->sa_handler;
	ret_before->sa_flags = from->sa_flags;
	memcpy(&ret_before->sa_mask, &from->sa_mask, sizeof(uint64_t));
	ret_before->sa_restorer = before->sa_restorer;
	return 0;
}

/*
 * A child of vfork has actions of its own in the memory of its parent, and is
 * about to be another program: there ours goes.
 */
static int keep_sigaction(int sig, const struct sigaction *action,
			  struct sigaction *ret_before)
{
	struct sigaction was_kept = get_kept();
	struct sigaction before, asked, ours;
	bool keeps = action && !rg_process_is_borrowed();

	if (action) {
		asked = *action;
		ours = ours_for(&asked);
	}
	if (keeps)
		set_kept(&asked);
	if (next_sigaction(sig, keeps ? &ours : action, &before))
		return -1;
	return give_back(&before, &was_kept, ret_before);
}

void rg_actions_watch(rg_handler *handler)
{
	struct sigaction before, ours;

	if (next_sigaction(SIGSEGV, NULL, &before))
		return;
	our_handler = handler;
	kept.action = before;
	ours = ours_for(&before);
	if (next_sigaction(SIGSEGV, &ours, NULL))
		our_handler = NULL;
}

enum rg_disposition rg_actions_take(rg_handler **ret_handler)
{
	struct sigaction action = get_kept();
	const struct sigaction fallback = { 0 };

	if (!is_handler(&action))
		return action.sa_handler == SIG_IGN ? RG_SIGNAL_IGNORED
						    : RG_SIGNAL_DEFAULT;
	if (action.sa_flags & (int)SA_RESETHAND)
		set_kept(&fallback);
	*ret_handler = action.sa_sigaction;
	return RG_SIGNAL_HANDLED;
}

static bool keeps(int sig)
{
	return our_handler && sig == SIGSEGV;
}

/* -------------------------------------------------------------- exported */

int rg_sigaction(int sig, const struct sigaction *action,
		 struct sigaction *ret_before)
{
	if (keeps(sig))
		return keep_sigaction(sig, action, ret_before);
	return next_sigaction(sig, action, ret_before);
}

int rg_sigaction_2(int sig, const struct sigaction *action,
		   struct sigaction *ret_before)
{
	return rg_sigaction(sig, action, ret_before);
}

simple_handler *rg_signal(int sig, simple_handler *handler)
{
	if (keeps(sig))
		return set_by(keep_sigaction, sig, handler, SA_RESTART);
	return next_signal(sig, handler);
}

simple_handler *rg_bsd_signal(int sig, simple_handler *handler)
{
	return rg_signal(sig, handler);
}

simple_handler *rg_ssignal(int sig, simple_handler *handler)
{
	return rg_signal(sig, handler);
}

simple_handler *rg_sysv_signal(int sig, simple_handler *handler)
{
	if (keeps(sig))
		return set_by(keep_sigaction, sig, handler, ONCE);
	return next_sysv_signal(sig, handler);
}

simple_handler *rg_sysv_signal_2(int sig, simple_handler *handler)
{
	return rg_sysv_signal(sig, handler);
}

simple_handler *rg_sigset(int sig, simple_handler *handler)
{
	if (keeps(sig))
		return sigset_by(keep_sigaction, sig, handler);
	return next_sigset(sig, handler);
}

int rg_sigignore(int sig)
{
	if (keeps(sig))
		return set_by(keep_sigaction, sig, SIG_IGN, 0) == SIG_ERR ? -1
									  : 0;
	return next_sigignore(sig);
}
