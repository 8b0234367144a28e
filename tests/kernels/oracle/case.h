/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_CASE_H
#define RG_ORACLE_CASE_H

/*
 * A case: an address space made from a seed, and calls in it, one after the
 * other. Each runs in a child, which is all it can harm.
 */

#include "judge.h"
#include "operation.h"

#define CALLS_A_CASE 16

/* What was seen, by all children: in memory they share. */
struct tally {
	uint64_t calls;
	uint64_t unknown;   /* planned with inputs unknown that could be seen */
	uint64_t invisible; /* only such that cannot */
	uint64_t disagreements;
	uint64_t paths[RG_NR_PATHS];
	uint64_t checks[RG_NR_CHECKS];
	uint64_t unknowns[RG_NR_UNKNOWNS];
	/* where the object may choose the place (placed.h) */
	uint64_t large;	    /* moved, and longer than a page table's reach */
	uint64_t congruent; /* of those, to the same offset in that */
	uint64_t may_stay;  /* could grow in place, with move=always */
	uint64_t sent_away; /* of those, did not */
	uint64_t ours;	    /* with something of the object's mapped */
	uint64_t again;	    /* grew after it had grown before */
	uint64_t again_in_place;
};

extern struct tally *tally;

/* The case that runs, or ran last, and its last call; shared as well. */
struct running {
	uint64_t seed;
	struct verdict verdict;
};

extern struct running *running;

/* Run a case in a process entered with layout_enter(). Return: it agreed. */
bool case_run(struct layout *layout, uint64_t seed);

/*
 * Find operations that the case just run could do without and still disagree,
 * and print what is left.
 */
void case_shrink(enum profile profile);

/* What was done in it, call by call. */
void case_print_operations(void);

#endif
