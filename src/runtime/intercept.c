/* SPDX-License-Identifier: MIT */

#include "runtime/intercept.h"

#include "runtime/buffers.h"
#include "runtime/call.h"
#include "runtime/config.h"
#include "runtime/libc-entry.h"
#include "runtime/quarantine.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "trace/cookie.h"

#include <dlfcn.h>

/*
 * mremap is variadic in C, and no caller can tell: all five arguments are in
 * registers, or in a word on the stack, whether they were given or not, so a
 * fixed prototype reads them where they are. <sys/mman.h> would have it
 * otherwise, hence the other name.
 */
#define EXPORT __attribute__((visibility("default")))
EXPORT void *rg_mremap(void *addr, size_t old_len, size_t new_len, int flags,
		       void *new_addr) __asm__("mremap");

/* From entry-*.S, for syscall(3). */
long rg_syscall_mremap(long addr, long old_len, long new_len, long flags,
		       long new_addr);
long rg_syscall_failed(long result, long nr, const long args[6],
		       const void *caller);

/* While the tiers are tested: a call with this address is ours. */
static char mark;
static const void *expected_mark;
static bool arrived[RG_NR_TIERS];

static bool is_mark(enum rg_tier tier, uint64_t addr)
{
	if (addr != (uint64_t)(uintptr_t)expected_mark || !expected_mark)
		return false;
	arrived[tier] = true;
	return true;
}

static int64_t intercept(enum rg_tier tier, const struct rg_request *req,
			 const void *caller)
{
	int before = errno;
	int64_t result;

	if (is_mark(tier, req->addr))
		return 0;
	if (rg_stack_room() < RG_STACK_FOR_CALL)
		result = rg_call_make_unseen(req);
	else
		result = rg_call_make(tier, req, (uint64_t)(uintptr_t)caller);
	errno = rg_sys_failed(result) ? (int)-result : before;
	return rg_sys_failed(result) ? -1 : result;
}

/*
 * As libc's own: the new address is passed on where a flag asks for it, else
 * 0, and the flags are an unsigned int to the kernel.
 */
static struct rg_request libc_request(void *addr, size_t old_len,
				      size_t new_len, int flags, void *new_addr)
{
	bool takes_new_addr =
		flags & (int)(RG_MREMAP_FIXED | RG_MREMAP_DONTUNMAP);

	return (struct rg_request){
		.addr = (uint64_t)(uintptr_t)addr,
		.old_len = old_len,
		.new_len = new_len,
		.flags = (unsigned)flags,
		.new_addr = takes_new_addr ? (uint64_t)(uintptr_t)new_addr : 0,
	};
}

void *rg_mremap(void *addr, size_t old_len, size_t new_len, int flags,
		void *new_addr)
{
	struct rg_request req =
		libc_request(addr, old_len, new_len, flags, new_addr);

	return (void *)(intptr_t)intercept(RG_TIER_SYMBOL, &req,
					   __builtin_return_address(0));
}

void *rg_libc_mremap(void *addr, size_t old_len, size_t new_len, int flags,
		     void *new_addr)
{
	struct rg_request req =
		libc_request(addr, old_len, new_len, flags, new_addr);

	return (void *)(intptr_t)intercept(RG_TIER_LIBC, &req,
					   __builtin_return_address(0));
}

long rg_syscall_mremap(long addr, long old_len, long new_len, long flags,
		       long new_addr)
{
	struct rg_request req = {
		.addr = (unsigned long)addr,
		.old_len = (unsigned long)old_len,
		.new_len = (unsigned long)new_len,
		.flags = (unsigned long)flags,
		.new_addr = (unsigned long)new_addr,
	};

	return (long)intercept(RG_TIER_SYSCALL, &req,
			       __builtin_return_address(0));
}

long rg_syscall_failed(long result, long nr, const long args[6],
		       const void *caller)
{
	if (rg_quarantine_on && result == -EFAULT)
		rg_buffers_tell(nr, args, caller);
	errno = (int)-result;
	return -1;
}

/* -------------------------------------------------------- the self-test */

typedef void *mremap_fn(void *, size_t, size_t, int, ...);
typedef long syscall_fn(long, ...);

/* What a program's own call by name would reach. */
static enum rg_tier_state test_symbol(void)
{
	mremap_fn *found = (mremap_fn *)dlsym(RTLD_DEFAULT, "mremap");

	if (!found)
		return RG_TIER_SHADOWED;
	found(&mark, 0, 0, 0, NULL);
	return arrived[RG_TIER_SYMBOL] ? RG_TIER_WORKS : RG_TIER_SHADOWED;
}

static enum rg_tier_state test_syscall(void)
{
	syscall_fn *found = (syscall_fn *)dlsym(RTLD_DEFAULT, "syscall");

	if (!found)
		return RG_TIER_SHADOWED;
	found(SYS_mremap, &mark, 0L, 0L, 0L, 0L);
	return arrived[RG_TIER_SYSCALL] ? RG_TIER_WORKS : RG_TIER_SHADOWED;
}

/* What libc's own calls reach. */
static enum rg_tier_state test_libc(void)
{
	mremap_fn *own = (mremap_fn *)rg_libc_entry();

	own(&mark, 0, 0, 0, NULL);
	return arrived[RG_TIER_LIBC] ? RG_TIER_WORKS : RG_TIER_NOT_REACHED;
}

/* What inline system calls reach. */
static enum rg_tier_state test_supervisor(void)
{
	uint64_t test = rg_cookie_of_test(rg_sys_cookie);

	if (!rg_sys_cookie)
		return RG_TIER_OFF;
	return rg_sys_mremap_test(test) == RG_COOKIE_ANSWER
		       ? RG_TIER_WORKS
		       : RG_TIER_NOT_REACHED;
}

void rg_intercept_test(enum rg_tier_state libc)
{
	expected_mark = &mark;
	rg_config.tiers[RG_TIER_SYMBOL] = test_symbol();
	rg_config.tiers[RG_TIER_SYSCALL] = test_syscall();
	rg_config.tiers[RG_TIER_LIBC] =
		libc == RG_TIER_WORKS ? test_libc() : libc;
	expected_mark = NULL;
	rg_config.tiers[RG_TIER_SUPERVISOR] = test_supervisor();
}
