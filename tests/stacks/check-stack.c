/* SPDX-License-Identifier: MIT */

/*
 * Part of the object that the tests of this folder preload: each stack that
 * the object unwinds by itself, or remembers, is unwound by libunwind as well,
 * step by step. A difference ends the program by abort().
 */

#define UNW_LOCAL_ONLY
#include "runtime/sys.h"
#include "runtime/unwind.h"

#include <errno.h>
#include <libunwind.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MORE 16
#define MOST (RG_EVENT_MAX_STACK + MORE)

static unsigned long nr_unwound, nr_remembered;

static size_t by_steps(uint64_t *frames)
{
	unw_context_t context;
	unw_cursor_t cursor;
	size_t nr = 0;

	if (unw_getcontext(&context) || unw_init_local(&cursor, &context))
		abort();
	do {
		unw_word_t ip;

		unw_get_reg(&cursor, UNW_REG_IP, &ip);
		frames[nr++] = ip;
	} while (nr < MOST && unw_step(&cursor) > 0);
	return nr;
}

static bool is_so(const uint64_t *stack, size_t nr)
{
	uint64_t frames[MOST];
	size_t most = by_steps(frames);
	size_t at = 0;

	while (at < most && frames[at] != stack[0])
		at++;
	most = most - at < RG_EVENT_MAX_STACK ? most - at : RG_EVENT_MAX_STACK;
	return nr == most && !memcmp(stack, frames + at, nr * sizeof(*stack));
}

static void tell(const uint64_t *stack, size_t nr)
{
	uint64_t frames[MOST];
	size_t most = by_steps(frames);

	dprintf(2, "the stack is, by libunwind:\n");
	for (size_t i = 0; i < most; i++)
		dprintf(2, "    %#lx\n", (unsigned long)frames[i]);
	dprintf(2, "and by the object:\n");
	for (size_t i = 0; i < nr; i++)
		dprintf(2, "    %#lx\n", (unsigned long)stack[i]);
}

static int sum_changes(struct dl_phdr_info *info, size_t size, void *sum)
{
	(void)size;
	*(unsigned long long *)sum = info->dlpi_adds + info->dlpi_subs;
	return 1;
}

/* What libunwind knows of modules that have been closed is not true. */
static void forget_closed(void)
{
	static unsigned long long changes;
	unsigned long long now = 0;

	dl_iterate_phdr(sum_changes, &now);
	if (__atomic_exchange_n(&changes, now, __ATOMIC_RELAXED) != now)
		unw_flush_cache(unw_local_addr_space, 0, 0);
}

/* A handler's call would wait for the loader's lock, which is held here. */
void rg_unwind_check(const uint64_t *stack, size_t nr, bool remembered)
{
	int before = errno;
	struct rg_signals signals = rg_sys_block_signals();

	__atomic_fetch_add(remembered ? &nr_remembered : &nr_unwound, 1,
			   __ATOMIC_RELAXED);
	forget_closed();
	if (!is_so(stack, nr)) {
		tell(stack, nr);
		abort();
	}
	rg_sys_restore_signals(&signals);
	errno = before;
}

__attribute__((destructor)) static void say(void)
{
	if (getenv("REMAPGUARD_SAY_STACKS"))
		dprintf(2, "unwound %lu\nremembered %lu\n", nr_unwound,
			nr_remembered);
}
