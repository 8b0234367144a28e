/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CLOCK_H
#define RG_RUNTIME_CLOCK_H

#include <stdint.h>

/*
 * Find the vDSO's clock. Not libc's clock_gettime(): other objects replace
 * that with clocks that jump, and a trace's must not.
 */
void rg_clock_init(void);

/* CLOCK_MONOTONIC in ns. Before rg_clock_init() too, by system call. */
uint64_t rg_clock_now(void);

/*
 * A stopwatch cheaper than that: ticks of the machine's own counter where it
 * runs at one rate, and what so many ticks are in ns by the latest comparison
 * of the two clocks.
 */
uint64_t rg_clock_ticks(void);
uint64_t rg_clock_ticks_ns(uint64_t ticks);

/* Compare the two clocks again; the longer they ran, the better. */
void rg_clock_compare(void);

/* CLOCK_REALTIME - CLOCK_MONOTONIC in ns. */
uint64_t rg_clock_offset(void);

#endif
