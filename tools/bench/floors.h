/* SPDX-License-Identifier: MIT */
#ifndef BENCH_FLOORS_H
#define BENCH_FLOORS_H

/* What is below all that the object can do, each by itself and no mremap. */

#include "arena.h"

/* The machine's counter, read twice, as an event's two times are. */
void batch_counter(struct arena *arena, unsigned long calls);

/* The kernel is asked for one mapping, as the object asks it. */
void batch_query(struct arena *arena, unsigned long calls);

/*
 * A file of 4 MiB is made in $TMPDIR, mapped, touched and unmapped, as a
 * segment is, and stays.
 */
void batch_segment(struct arena *arena, unsigned long calls);

#endif
