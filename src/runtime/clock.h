/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CLOCK_H
#define RG_RUNTIME_CLOCK_H

#include <stdint.h>

/*
 * Find the vDSO's clock. Not libc's clock_gettime(): other objects replace
 * that with clocks that jump, and a trace's must not.
 */
void rg_clock_init(void);

/*
 * From here on the clock is read off the machine's counter, where that is
 * good enough. Once, and the longer after rg_clock_init() the better.
 */
void rg_clock_use_counter(void);

/*
 * CLOCK_MONOTONIC in ns, at most 200 ns late. Never falls, whichever threads
 * read it one after the other. Before rg_clock_init() too, by system call.
 */
uint64_t rg_clock_now(void);

/*
 * The same in two steps, to tell time and duration by one reading: ticks, read
 * when all before has been done and not while it is, and their time. Ticks are
 * to be converted at once: it is here that the clock is kept right.
 */
uint64_t rg_clock_ticks_in_order(void);
uint64_t rg_clock_time(uint64_t ticks);

/* A stopwatch: ticks, read more or less now, and so many of them in ns. */
uint64_t rg_clock_ticks(void);
uint64_t rg_clock_ticks_ns(uint64_t ticks);
/* The same for an event: UINT32_MAX is that or more. */
uint32_t rg_clock_duration(uint64_t ticks);

/* CLOCK_REALTIME - CLOCK_MONOTONIC in ns. */
uint64_t rg_clock_offset(void);

/*
 * A call may move or replace what lies there: if the vDSO does, time is asked
 * of the kernel from here on. It works only where it was put first.
 */
void rg_clock_leave_vdso(uint64_t start, uint64_t len);

#endif
