/* SPDX-License-Identifier: MIT */

#include "runtime/fault.h"

#include "runtime/accesses.h"
#include "runtime/actions.h"
#include "runtime/quarantine.h"
#include "runtime/sys.h"

/*
 * The handler comes before the program's own, says what it knows, and then
 * leaves everything to go as it would have gone: the program's handler is
 * called in its place, on the same stack, with the same signals blocked. Where
 * there is none the access is made again, and ends the program at the same
 * address.
 */

static enum rg_access_kind kind_of(const ucontext_t *context)
{
	switch (rg_arch_access(context)) {
	case 0:
		return RG_ACCESS_READ;
	case RG_ARCH_WRITE:
		return RG_ACCESS_WRITE;
	case RG_ARCH_EXECUTE:
		return RG_ACCESS_EXECUTE;
	default:
		return RG_ACCESS_UNKNOWN;
	}
}

/* Nothing is looked at closely that is not in a range held. */
__attribute__((noinline)) static void
tell(uint64_t addr, const ucontext_t *context, const void *return_address)
{
	struct rg_sighting sighting = {
		.addr = addr,
		.kind = kind_of(context),
		.context = context,
		.caller = (uint64_t)(uintptr_t)return_address,
	};

	sighting.ticket = rg_quarantine_find(addr, addr + 1, &addr);
	if (sighting.ticket != RG_NO_TICKET)
		rg_accesses_report(&sighting);
}

/*
 * A fault with its signal blocked ends a program, whatever its action is: the
 * kernel sees to that, without a call of ours.
 */
static void let_it_end(ucontext_t *context)
{
	context->uc_sigmask.__val[0] |= 1ul << (SIGSEGV - 1);
}

/* Somebody has sent it: there is no access to be made again. */
static void end_as_sent(void)
{
	uint32_t pid = (uint32_t)RG_SYS_IN_ANY_CASE(SYS_getpid, 0);
	uint32_t tid = (uint32_t)RG_SYS_IN_ANY_CASE(SYS_gettid, 0);
	const struct rg_signal_action fallback = { 0 };

	rg_sys_sigaction(SIGSEGV, &fallback, NULL);
	rg_sys_tgkill(pid, tid, SIGSEGV);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	rg_handler *handler;
	enum rg_disposition disposition;

	if (info->si_code == SEGV_ACCERR)
		tell((uint64_t)(uintptr_t)info->si_addr, context,
		     __builtin_return_address(0));
	disposition = rg_actions_take(&handler);
	if (disposition == RG_SIGNAL_HANDLED)
		handler(sig, info, context);
	else if (info->si_code > 0)
		let_it_end(context);
	else if (disposition == RG_SIGNAL_DEFAULT)
		end_as_sent();
}

void rg_fault_init(void)
{
	if (rg_quarantine_on)
		rg_actions_watch(on_fault);
}
