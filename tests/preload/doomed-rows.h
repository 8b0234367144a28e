/* SPDX-License-Identifier: MIT */

/*
 * Calls that some kernel refuses when part of what they name is gone, one for
 * each way (docs/model.md, sections 3 and 5). The destination is at AT(8) or
 * above.
 */

#define HUGE (2ul << 20)
#define FIXED_KEEP 7ul	     /* FIXED, and the source stays */
#define TOO_LONG (1ul << 44) /* more than any machine's memory */
#define WRAPS(len) (0ul - (len))

#define V(major, minor) ((major) << 8 | (minor))

/* Older kernels may have been taught it, which their version does not say. */
#define OF_PERF .doubt = "its driver may let it be cut", .doubt_until = V(6, 17)
/* Older kernels do not get to a second. */
#define OF_SECOND(why) .doubt = (why), .doubt_from = V(6, 17)

struct row {
	const char *name;
	const char *lay; /* verbs: calls-lay.c */
	uint64_t addr;	 /* from base when the lay sets one, else absolute */
	uint64_t old_len;
	uint64_t new_len;
	uint64_t flags;
	uint64_t new_addr;
	const char *doubt;	 /* why nobody can be certain before the call */
	unsigned int doubt_from; /* and on which kernels, V(6, 17); 0: all */
	unsigned int doubt_until;
};

static const struct row rows[] = {
	/* nothing where the range begins: G0 and G1 see it last */
	{ .name = "source unmapped",
	  .lay = "anon 8 2",
	  CALL(AT(0), P(2), P(2), FIXED, AT(8)) },
	{ .name = "source unmapped, grows",
	  .lay = "anon 8 2",
	  CALL(AT(0), P(1), P(2), FIXED, AT(8)) },
	{ .name = "source unmapped, tail mapped",
	  .lay = "anon 2 2; anon 8 2",
	  CALL(AT(0), P(4), P(2), FIXED, AT(8)) },
	{ .name = "source unmapped, dontunmap",
	  .lay = "anon 8 2",
	  CALL(AT(0), P(2), P(2), FIXED_KEEP, AT(8)) },

	/* huge pages, which G0 and G1 cannot move */
	{ .name = "hugetlb moves",
	  .lay = "huge 0 512; anon 2048 2",
	  CALL(AT(0), HUGE, HUGE, FIXED, AT(2048)) },
	{ .name = "hugetlb shrinks",
	  .lay = "huge 0 1024; anon 2048 2",
	  CALL(AT(0), 2 * HUGE, HUGE, FIXED, AT(2048)) },
	{ .name = "hugetlb grows",
	  .lay = "huge 0 512; anon 2048 2",
	  CALL(AT(0), HUGE, 2 * HUGE, FIXED, AT(2048)) },
	{ .name = "hugetlb, old address within a page",
	  .lay = "huge 0 512; anon 2048 2",
	  CALL(AT(1), P(1), P(1), FIXED, AT(2048)) },
	{ .name = "hugetlb, new address within a page",
	  .lay = "huge 0 512; anon 2049 2",
	  CALL(AT(0), HUGE, HUGE, FIXED, AT(2049)) },
	{ .name = "hugetlb, dontunmap",
	  .lay = "huge 0 512; anon 2048 2",
	  CALL(AT(0), HUGE, HUGE, FIXED_KEEP, AT(2048)) },
	{ .name = "hugetlb second",
	  .lay = "anon 511 1; huge 512 512; anon 2040 2",
	  CALL(AT(511), P(513), P(513), FIXED, AT(2040)) },

	/* what kind of mapping it is */
	{ .name = "duplicate of private memory",
	  .lay = "anon 0 2; anon 8 2",
	  CALL(AT(0), 0, P(2), FIXED, AT(8)) },
	{ .name = "duplicate by a length that wraps",
	  .lay = "anon 0 2; anon 8 2",
	  CALL(AT(0), WRAPS(1), P(2), FIXED, AT(8)) },
	{ .name = "dontunmap of shared memory",
	  .lay = "shared 0 2; anon 8 2",
	  CALL(AT(0), P(2), P(2), FIXED_KEEP, AT(8)) },
	{ .name = "dontunmap of a file",
	  .lay = "privatefile 0 2; anon 8 2",
	  CALL(AT(0), P(2), P(2), FIXED_KEEP, AT(8)) },
	{ .name = "dontunmap of the vdso",
	  .lay = "vdso 0 0; anon 8 2",
	  CALL(0, P(1), P(1), FIXED_KEEP, AT(8)) },
	{ .name = "dontunmap of a perf buffer",
	  .lay = "perf 0 3; anon 8 2",
	  CALL(AT(0), P(3), P(3), FIXED_KEEP, AT(8)) },
	{ .name = "dontunmap of an io_uring",
	  .lay = "ring 0 1; anon 8 2",
	  CALL(0, P(1), P(1), FIXED_KEEP, AT(8)) },
	{ .name = "vdso grows",
	  .lay = "vdso 0 0; anon 8 2",
	  CALL(0, P(1), P(2), FIXED, AT(8)) },
	{ .name = "perf buffer grows",
	  .lay = "perf 0 3; anon 8 2",
	  CALL(AT(0), P(3), P(4), FIXED, AT(8)) },
	{ .name = "aio ring grows",
	  .lay = "aio 0 0; anon 8 2",
	  CALL(0, P(1), P(2), FIXED, AT(8)) },

	/* the range goes on behind its mapping */
	{ .name = "crosses its end",
	  .lay = "anon 0 2; anon 8 4",
	  CALL(AT(0), P(4), P(4), FIXED, AT(8)) },
	{ .name = "crosses its end, grows",
	  .lay = "anon 0 2; anon 8 4",
	  CALL(AT(0), P(4), P(6), FIXED, AT(8)) },
	{ .name = "crosses its end, shrinks",
	  .lay = "anon 0 2; anon 5 1; anon 8 4",
	  CALL(AT(0), P(6), P(4), FIXED, AT(8)) },
	{ .name = "crosses into another, grows",
	  .lay = "anon 0 4; readonly 2 2; anon 8 4",
	  CALL(AT(0), P(4), P(6), FIXED, AT(8)) },
	{ .name = "crosses its end, dontunmap",
	  .lay = "anon 0 2; anon 8 4",
	  CALL(AT(0), P(4), P(4), FIXED_KEEP, AT(8)) },

	/* limits of the process */
	{ .name = "mlock limit",
	  .lay = "anon 0 2; lock 0 2; anon 8 2; limit-lock 0 1; no-caps 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "mlock limit, destination frees some",
	  .lay = "anon 0 2; lock 0 2; anon 8 1; lock 8 1; limit-lock 0 0; no-caps 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "mlock limit, destination frees enough",
	  .lay = "anon 0 2; lock 0 2; anon 8 2; lock 8 2; limit-lock 0 0; no-caps 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "address space",
	  .lay = "anon 0 2; anon 8 1; limit-as 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "address space, shared memory",
	  .lay = "shared 0 2; shared 8 1; limit-as 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "address space, destination frees enough",
	  .lay = "anon 0 2; anon 8 2; limit-as 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "address space, duplicate",
	  .lay = "shared 0 2; anon 8 1; limit-as 0 0",
	  CALL(AT(0), 0, P(2), FIXED, AT(8)) },
	{ .name = "address space, dontunmap",
	  .lay = "anon 0 2; anon 8 1; limit-as 0 0",
	  CALL(AT(0), P(2), P(2), FIXED_KEEP, AT(8)) },
	{ .name = "data",
	  .lay = "anon 0 2; anon 8 1; limit-data 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "data, destination is none",
	  .lay = "anon 0 2; shared 8 4; limit-data 0 1",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)) },
	{ .name = "data, dontunmap",
	  .lay = "anon 0 2; anon 8 1; limit-data 0 0",
	  CALL(AT(0), P(2), P(2), FIXED_KEEP, AT(8)) },

	/* memory that may be promised; what is counted is off by some MB */
	{ .name = "more than the memory",
	  .lay = "overcommit 0 0; anon 0 2; anon 8 2",
	  CALL(AT(0), P(2), TOO_LONG, FIXED, AT(8)) },
	{ .name = "shrinks by more than the memory",
	  .lay = "overcommit 0 0; anon 0 4; anon 4294967304 2",
	  CALL(AT(0), TOO_LONG, P(1), FIXED, AT(TOO_LONG / PAGE + 8)) },
	{ .name = "commit limit",
	  .lay = "anon 0 2; anon 8 2; commit-left 0 4096",
	  CALL(AT(0), P(2), TOO_LONG, FIXED, AT(8)) },
	{ .name = "commit limit, dontunmap",
	  .lay = "anon 0 8192; anon 10000 2; commit-left 0 0",
	  CALL(AT(0), P(8192), P(8192), FIXED_KEEP, AT(10000)) },
	{ .name = "commit limit, not far",
	  .lay = "anon 0 2; anon 8 2; commit-left 0 0",
	  CALL(AT(0), P(2), P(4), FIXED, AT(8)),
	  .doubt = "what has been promised is counted by processor" },
	{ .name = "over the commit limit, same length",
	  .lay = "anon 0 4; anon 8 2; anon 99 16384; commit-none 0 0",
	  CALL(AT(0), P(2), P(2), FIXED, AT(8)) },
	{ .name = "over the commit limit, shrinks",
	  .lay = "anon 0 4; anon 8 2; anon 99 16384; commit-none 0 0",
	  CALL(AT(0), P(4), P(2), FIXED, AT(8)) },

	/* where it is to go */
	{ .name = "too low",
	  .lay = "anon 0 2; lowest 0 1; no-caps 0 0",
	  CALL(AT(0), P(2), P(2), FIXED, 0) },
	{ .name = "too low, shrinks",
	  .lay = "low 0 0; anon 0 4; no-caps 0 0",
	  CALL(AT(0), P(4), P(2), FIXED, 0) },
	{ .name = "onto itself, duplicate",
	  .lay = "shared 0 2",
	  CALL(AT(0), 0, P(2), FIXED, AT(0)) },
	{ .name = "onto itself, by a length that wraps",
	  .lay = "anon 0 4",
	  CALL(AT(0), WRAPS(P(2)), P(2), FIXED, AT(0)) },

	/* parts of what cannot be split */
	{ .name = "part of the vdso",
	  .lay = "vdso 0 0; anon 8 2",
	  CALL(0, P(1), P(1), FIXED, AT(8)) },
	{ .name = "part of the vdso, shrinks",
	  .lay = "vdso 0 0; anon 8 2",
	  CALL(0, P(2), P(1), FIXED, AT(8)) },
	{ .name = "part of vvar",
	  .lay = "vvar 0 0; anon 8 2",
	  CALL(0, P(1), P(1), FIXED, AT(8)) },
	{ .name = "part of a perf buffer",
	  .lay = "perf 0 3; anon 8 2",
	  CALL(AT(0), P(1), P(1), FIXED, AT(8)),
	  OF_PERF },
	{ .name = "part of a perf buffer second",
	  .lay = "anon 0 1; perf 1 3; anon 8 2",
	  CALL(AT(0), P(2), P(2), FIXED, AT(8)) },

	/* the destination cannot be unmapped, but is cut by then */
	{ .name = "destination sealed",
	  .lay = "anon 0 2; anon 8 4; seal 10 2",
	  CALL(AT(0), P(2), P(2), FIXED, AT(9)) },
	{ .name = "destination within a huge page",
	  .lay = "anon 0 4; anon 2044 4; huge 2048 512",
	  CALL(AT(0), P(4), P(4), FIXED, AT(2046)) },
	{ .name = "destination within a perf buffer",
	  .lay = "anon 0 3; anon 6 2; perf 8 3",
	  CALL(AT(0), P(3), P(3), FIXED, AT(7)),
	  OF_PERF },

	/* the tail cannot be unmapped */
	{ .name = "tail sealed",
	  .lay = "anon 0 4; seal 3 1; anon 8 2",
	  CALL(AT(0), P(4), P(2), FIXED, AT(8)) },
	{ .name = "tail within a huge page",
	  .lay = "anon 510 2; huge 512 512; anon 2048 2",
	  CALL(AT(510), P(3), P(1), FIXED, AT(2048)) },
	{ .name = "tail within a perf buffer",
	  .lay = "anon 0 2; perf 2 3; anon 8 2",
	  CALL(AT(0), P(3), P(1), FIXED, AT(8)),
	  OF_PERF },
	{ .name = "tail beyond the end of memory",
	  .lay = "anon 0 2; anon 8 2",
	  CALL(AT(0), WRAPS(P(2)), P(1), FIXED, AT(8)) },
	{ .name = "tail sealed, in place",
	  .lay = "anon 0 4; seal 3 1",
	  CALL(AT(0), P(4), P(1), 0, 0) },
	{ .name = "tail within a huge page, in place",
	  .lay = "anon 510 2; huge 512 512",
	  CALL(AT(510), P(3), P(1), 0, 0) },

	/* several in one call, since 6.17: those before it have moved */
	{ .name = "second sealed",
	  .lay = "anon 0 4; seal 2 2; anon 8 4",
	  CALL(AT(0), P(4), P(4), FIXED, AT(8)) },
	{ .name = "second watched",
	  .lay = "anon 0 4; uffd 2 2; anon 8 4",
	  CALL(AT(0), P(4), P(4), FIXED, AT(8)) },
	{ .name = "destination of the second sealed",
	  .lay = "anon 0 4; readonly 2 2; anon 8 4; seal 11 1",
	  CALL(AT(0), P(4), P(4), FIXED, AT(8)) },
	{ .name = "address space, dontunmap, second",
	  .lay = "anon 0 4; readonly 2 2; anon 8 1; limit-as 0 1",
	  CALL(AT(0), P(4), P(4), FIXED_KEEP, AT(8)) },
	{ .name = "too many vmas for the third, six left",
	  .lay = "own-machine 0 0; anon 0 1; anon 2 1; anon 4 1; shared 19 7; vmas-left 0 6",
	  CALL(AT(0), P(5), P(5), FIXED, AT(20)),
	  OF_SECOND("what moves may merge") },
	{ .name = "too many vmas for the third, four left",
	  .lay = "own-machine 0 0; anon 0 1; anon 2 1; anon 4 1; shared 19 7; vmas-left 0 4",
	  CALL(AT(0), P(5), P(5), FIXED, AT(20)),
	  OF_SECOND("what moves may merge") },

	/* drivers do as they like */
	{ .name = "io_uring",
	  .lay = "ring 0 1; anon 8 2",
	  CALL(0, P(1), P(1), FIXED, AT(8)),
	  .doubt = "its driver chooses addresses" },
	{ .name = "aio ring of the parent",
	  .lay = "aiofork 0 0; anon 8 2",
	  CALL(0, P(1), P(1), FIXED, AT(8)),
	  .doubt = "its driver knows whose it is" },
};
