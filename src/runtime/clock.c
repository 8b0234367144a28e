/* SPDX-License-Identifier: MIT */

#include "runtime/clock.h"

#include "runtime/sys.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/auxv.h>

/*
 * The vDSO's clock is right and takes 30 ns; the machine's counter takes 10,
 * and what a tick is in ns has to be measured. So ticks are counted a little
 * too slow, and what that clock is behind by is added:
 *
 *     ns = ticks * slow_rate + behind
 *
 * Every CHECK_NS of calls somebody looks how far behind it is by now. Since
 * `behind` is one word that only rises, readers need no lock and what they
 * read never falls.
 *
 * Slow enough: adjtime(3) may slow the vDSO's clock by 500 in a million, and
 * the rate is known to one in RATE_ERROR, 244 in a million. Together that is
 * less than one in SLOWER, 977.
 */
#define SLOWER 1024
#define RATE_ERROR 4096
#define CHECK_NS UINT64_C(100000)

static int (*vdso_clock_gettime)(clockid_t, struct timespec *);
static uint64_t vdso_base;

/* ns per tick in 1 << 32. 0: ticks are ns, the counter is not used. */
static uint64_t rate;
static uint64_t slow_rate;
static uint64_t check_ticks;

static _Atomic uint64_t behind;
static _Atomic uint64_t checked;

static uint64_t to_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec;
}

static uint64_t syscall_ns(void)
{
	struct timespec time = { 0 };

	rg_sys_clock_gettime(CLOCK_MONOTONIC, &time);
	return to_ns(&time);
}

static uint64_t vdso_ns(void)
{
	int (*get)(clockid_t, struct timespec *) =
		__atomic_load_n(&vdso_clock_gettime, __ATOMIC_RELAXED);
	struct timespec time = { 0 };

	if (!get || get(CLOCK_MONOTONIC, &time))
		return syscall_ns();
	return to_ns(&time);
}

/* The vDSO lies in few pages, and its data in few below. */
#define VDSO_DATA UINT64_C(0x10000)
#define VDSO_CODE UINT64_C(0x10000)

void rg_clock_leave_vdso(uint64_t start, uint64_t len)
{
	if (vdso_base && start < vdso_base + VDSO_CODE &&
	    vdso_base < start + len + VDSO_DATA)
		__atomic_store_n(&vdso_clock_gettime, NULL, __ATOMIC_RELAXED);
}

static uint64_t scale(uint64_t ticks, uint64_t ns_per_tick)
{
	return (uint64_t)((RG_ARCH_WIDE)ticks * ns_per_tick >> 32);
}

/* ------------------------------------------------- is the counter any good */

/* Both clocks, the counter last, and how many ticks it took to read them. */
struct pair {
	uint64_t ns;
	uint64_t ticks;
	uint64_t took;
};

static struct pair first;

static struct pair read_pair(uint64_t (*clock_ns)(void))
{
	uint64_t before = rg_arch_counter();
	struct pair pair = { .ns = clock_ns() };

	pair.ticks = rg_arch_counter();
	pair.took = pair.ticks - before;
	return pair;
}

/* Read again where it took long: an interrupt came in between. */
static struct pair read_well(uint64_t (*clock_ns)(void), int tries,
			     uint64_t well)
{
	struct pair best = read_pair(clock_ns);

	while (--tries && best.took > well) {
		struct pair pair = read_pair(clock_ns);

		if (pair.took < best.took)
			best = pair;
	}
	return best;
}

static struct pair read_best(uint64_t (*clock_ns)(void))
{
	return read_well(clock_ns, 8, 0);
}

/*
 * The kernel knows whether the counters of all processors go together. If
 * they do not, its vDSO makes the system call, and is no faster than that.
 */
static bool kernel_trusts_counter(void)
{
	return rg_arch_has_counter() &&
	       4 * read_best(vdso_ns).took < 3 * read_best(syscall_ns).took;
}

static bool is_precise(const struct pair *now)
{
	return first.took + now->took + 2 <
	       (now->ticks - first.ticks) / RATE_ERROR;
}

/* With the counter read last, this errs on the late side. */
__attribute__((noinline)) static void catch_up(void)
{
	struct pair now = read_well(vdso_ns, 3, check_ticks / 100);
	uint64_t now_behind = now.ns - scale(now.ticks, slow_rate);
	uint64_t was_behind = atomic_load(&behind);

	while ((int64_t)(now_behind - was_behind) > 0 &&
	       !atomic_compare_exchange_weak(&behind, &was_behind, now_behind))
		;
	atomic_store(&checked, now.ticks);
}

void rg_clock_init(void)
{
	void *vdso = dlopen(RG_ARCH_VDSO, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);

	vdso_base = getauxval(AT_SYSINFO_EHDR);
	if (vdso)
		vdso_clock_gettime =
			(int (*)(clockid_t, struct timespec *))dlsym(
				vdso, RG_ARCH_VDSO_CLOCK);
	first = read_best(vdso_ns);
}

void rg_clock_use_counter(void)
{
	struct pair now = read_best(vdso_ns);
	uint64_t ticks = now.ticks - first.ticks;

	if (!kernel_trusts_counter() || !is_precise(&now))
		return;
	rate = (uint64_t)(((RG_ARCH_WIDE)(now.ns - first.ns) << 32) / ticks);
	slow_rate = rate - rate / SLOWER;
	check_ticks = (CHECK_NS << 32) / rate;
	/* negative, as an unsigned number, where the counter is older */
	behind = now.ns - scale(now.ticks, slow_rate);
	checked = now.ticks;
}

/* ------------------------------------------------------------------ reading */

uint64_t rg_clock_time(uint64_t ticks)
{
	if (!rate)
		return ticks;
	if (ticks - atomic_load_explicit(&checked, memory_order_relaxed) >
	    check_ticks)
		catch_up();
	return scale(ticks, slow_rate) + atomic_load(&behind);
}

__attribute__((noinline)) uint64_t rg_clock_now(void)
{
	return rg_clock_time(rg_clock_ticks_in_order());
}

uint64_t rg_clock_ticks_in_order(void)
{
	return rate ? rg_arch_counter_in_order() : vdso_ns();
}

uint64_t rg_clock_ticks(void)
{
	return rate ? rg_arch_counter() : vdso_ns();
}

uint64_t rg_clock_ticks_ns(uint64_t ticks)
{
	return rate ? scale(ticks, rate) : ticks;
}

uint32_t rg_clock_duration(uint64_t ticks)
{
	uint64_t ns = rg_clock_ticks_ns(ticks);

	return ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

uint64_t rg_clock_offset(void)
{
	struct timespec real;
	uint64_t monotonic = vdso_ns();

	/* then time counts from when the machine was started */
	if (rg_sys_clock_gettime(CLOCK_REALTIME, &real))
		return 0;
	return to_ns(&real) - monotonic;
}
