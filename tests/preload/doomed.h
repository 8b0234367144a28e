/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_DOOMED_H
#define RG_TEST_DOOMED_H

/*
 * What a call leaves of the ranges that it names: doomed-state.c. Read from
 * maps and from the first byte of pages, without allocating.
 */

#include <stdint.h>

/* A range as it was at one moment. */
struct state {
	uint64_t mapped; /* bytes */
	uint64_t digest; /* of what is mapped where, and its letters */
	unsigned int nr_vmas;
};

struct range {
	uint64_t start;
	uint64_t end;
};

/*
 * Look at nr ranges at once. Letters are read of those alone: of everything,
 * which is the last of the states, only what maps shows.
 */
void look_at(const struct range *ranges, unsigned int nr, struct state *ret);

/* "kept", "lost", "changed", or "-" where nothing was. */
const char *fate(const struct state *before, const struct state *after);

#endif
