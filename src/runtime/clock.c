/* SPDX-License-Identifier: MIT */

#include "runtime/clock.h"

#include "runtime/sys.h"

#include <dlfcn.h>
#include <stdatomic.h>

static int (*vdso_clock_gettime)(clockid_t, struct timespec *);

/* Is there a counter of one rate? Else ticks are ns. */
static bool has_counter;

/* Where the comparison starts, and ns per tick in 1 << 32. */
static uint64_t first_ticks, first_ns;
static _Atomic uint64_t ns_per_tick;

static uint64_t to_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

uint64_t rg_clock_now(void)
{
	struct timespec time = { 0 };

	if (!vdso_clock_gettime || vdso_clock_gettime(CLOCK_MONOTONIC, &time))
		rg_sys_clock_gettime(CLOCK_MONOTONIC, &time);
	return to_ns(&time);
}

uint64_t rg_clock_ticks(void)
{
	return has_counter ? rg_arch_counter() : rg_clock_now();
}

void rg_clock_init(void)
{
	void *vdso =
		dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);

	if (vdso)
		vdso_clock_gettime =
			(int (*)(clockid_t, struct timespec *))dlsym(
				vdso, RG_ARCH_VDSO_CLOCK);
	has_counter = rg_arch_has_counter();
	first_ns = rg_clock_now();
	first_ticks = rg_clock_ticks();
}

void rg_clock_compare(void)
{
	uint64_t ns = rg_clock_now() - first_ns;
	uint64_t ticks = rg_clock_ticks() - first_ticks;

	if (ticks)
		atomic_store(&ns_per_tick,
			     (uint64_t)(((unsigned __int128)ns << 32) / ticks));
}

uint64_t rg_clock_ticks_ns(uint64_t ticks)
{
	uint64_t rate =
		atomic_load_explicit(&ns_per_tick, memory_order_relaxed);

	return (uint64_t)((unsigned __int128)ticks * rate >> 32);
}

uint64_t rg_clock_offset(void)
{
	struct timespec real = { 0 };
	uint64_t monotonic = rg_clock_now();

	rg_sys_clock_gettime(CLOCK_REALTIME, &real);
	return to_ns(&real) - monotonic;
}
