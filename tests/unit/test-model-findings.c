/* SPDX-License-Identifier: MIT */

/*
 * Which findings a call has: for each a call that has it, and one that comes
 * as near as a page or a byte and has not. On 6.18 where nothing else is said.
 */

#include "unit.h"

#include "test-model-findings.h"

#include <errno.h>

#define R RG_VMA_READ
#define RX (R | RG_VMA_EXEC)
#define H HUGE_PAGE

/* a file mapping of its own inode, from a page of it on */
#define INODE(at, pages, vma_flags, nr, first_page)                            \
	{                                                                      \
		.start = (at), .end = (at) + (pages)*PAGE, .page_size = PAGE,  \
		.flags = (vma_flags), .known = ALL_FLAGS,                      \
		.kind = RG_KIND_FILE, .inode = (nr), .dev = 8,                 \
		.offset = (first_page)*PAGE                                    \
	}
#define DRIVER(at, pages) VMA(at, pages, SHM, RG_KIND_DRIVER)
/* private hugetlb memory: nothing in maps says that it is not charged */
#define NOT_SMAPS RG_VMA_ACCOUNT

#define F103 F(UNALIGNED_LENGTH)
#define F118 F(PAGE_SIZE_ASSUMPTION)
/* Nearly every call here is one of small pages. */
#define ALL_BUT_118 (~F118)

/* What can be told of every call. */
#define BY_ARGUMENTS                                                           \
	(F103 | F118 | F(WRAPPED_OLD_LEN) | F(DUPLICATE_ONTO_SELF) |           \
	 F(OVERLAPPING_CALL))
#define PAGE_64K (UINT64_C(64) << 10)

static const struct findings_case before[] = {
	{ "nothing", { { A, PAGE, 2 * PAGE }, { ANON(A, 1, RW) } } },
	/* RG001 to RG009: refused by the arguments alone */
	{ "RG001: a flag of no kernel",
	  { { A, PAGE, PAGE, 8 }, { ANON(A, 1, RW) } },
	  F(UNKNOWN_FLAGS) },
	{ "RG001: a flag in the upper half",
	  { { A, PAGE, PAGE, UINT64_C(1) << 32 }, { ANON(A, 1, RW) } },
	  F(UNKNOWN_FLAGS) },
	{ "not RG001: all that are known",
	  { { A, PAGE, PAGE, 7, B }, { ANON(A, 1, RW) } } },
	{ "RG002: a byte off",
	  { { A + 1, PAGE, PAGE }, { ANON(A, 1, RW) } },
	  F(UNALIGNED_ADDR) },
	{ "not RG002: a page off",
	  { { A + PAGE, PAGE, PAGE }, { ANON(A, 2, RW) } } },
	{ "RG003: none",
	  { { A, PAGE, 0 }, { ANON(A, 1, RW) } },
	  F(ZERO_NEW_LEN) },
	{ "RG003: wraps to none",
	  { { A, PAGE, -(PAGE - 1) }, { ANON(A, 1, RW) } },
	  F(ZERO_NEW_LEN) | F(UNALIGNED_LENGTH) },
	{ "not RG003: the least",
	  { { A, PAGE, 1 }, { ANON(A, 1, RW) } },
	  F(UNALIGNED_LENGTH) },
	{ "RG004: longer than the address space",
	  { { A, PAGE, TASK_SIZE + PAGE, MAYMOVE }, { ANON(A, 1, RW) } },
	  F(HUGE_NEW_LEN) },
	{ "RG004: ends a page beyond it",
	  { { A, PAGE, PAGE, TO, TASK_SIZE }, { ANON(A, 1, RW) } },
	  F(HUGE_NEW_LEN) },
	{ "not RG004: ends where it ends",
	  { { A, PAGE, PAGE, TO, TASK_SIZE - PAGE }, { ANON(A, 1, RW) } } },
	{ "RG005: a byte off",
	  { { A, PAGE, PAGE, TO, B + 1 }, { ANON(A, 1, RW) } },
	  F(UNALIGNED_NEW_ADDR) },
	{ "not RG005: an address that nobody asked for",
	  { { A, PAGE, PAGE, MAYMOVE, B + 1 }, { ANON(A, 1, RW) } } },
	{ "RG006: fixed",
	  { { A, PAGE, PAGE, FIXED, B }, { ANON(A, 1, RW) } },
	  F(FIXED_WITHOUT_MAYMOVE) },
	{ "RG006: dontunmap",
	  { { A, PAGE, PAGE, DONTUNMAP }, { ANON(A, 1, RW) } },
	  F(FIXED_WITHOUT_MAYMOVE) },
	{ "not RG006: fixed",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW) } } },
	{ "not RG006: dontunmap",
	  { { A, PAGE, PAGE, KEEP }, { ANON(A, 1, RW) } } },
	{ "RG007: a page less",
	  { { A, 2 * PAGE, PAGE, KEEP }, { ANON(A, 2, RW) } },
	  F(DONTUNMAP_RESIZE) },
	{ "RG007: a byte less, as they are compared before 6.17",
	  { { A, PAGE, PAGE - 1, KEEP }, { ANON(A, 1, RW) } },
	  F(DONTUNMAP_RESIZE) | F(UNALIGNED_LENGTH),
	  .release = "6.16" },
	{ "not RG007: a byte less",
	  { { A, PAGE, PAGE - 1, KEEP }, { ANON(A, 1, RW) } },
	  F(UNALIGNED_LENGTH) },
	{ "RG008: by a page",
	  { { A, 2 * PAGE, 2 * PAGE, TO, A + PAGE }, { ANON(A, 2, RW) } },
	  F(OVERLAP) },
	{ "not RG008: flush",
	  { { A, 2 * PAGE, 2 * PAGE, TO, A + 2 * PAGE }, { ANON(A, 2, RW) } } },
	{ "RG009: one too many",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65525 } } },
	  F(MAP_COUNT) },
	{ "not RG009: one less",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_MAP_COUNT, 65524 } } } },
	/* RG020 to RG035: refused after looking at the mappings */
	{ "RG020: a hole",
	  { { A, PAGE, PAGE }, { ANON(A + PAGE, 1, RW) } },
	  F(UNMAPPED_SOURCE) },
	{ "not RG020: a page further on",
	  { { A + PAGE, PAGE, PAGE }, { ANON(A + PAGE, 1, RW) } } },
	{ "RG021: the source",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW | RG_VMA_SEALED) } },
	  F(SEALED) },
	{ "RG021: the next, on 6.11",
	  { { A, 2 * PAGE, 2 * PAGE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R | RG_VMA_SEALED) } },
	  F(SEALED),
	  .release = "6.11" },
	{ "not RG021: the next",
	  { { A, 2 * PAGE, 2 * PAGE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R | RG_VMA_SEALED) } } },
	{ "RG022: a byte more than a huge page",
	  { { A, H, H + 1, MAYMOVE }, { HUGETLB(A, 1) } },
	  F(HUGETLB_RULES) | F(UNALIGNED_LENGTH) },
	{ "RG022: junk in the fifth argument",
	  { { A, H, H, 0, PAGE }, { HUGETLB(A, 1) } },
	  F(HUGETLB_RULES) },
	{ "not RG022: within the huge page",
	  { { A, PAGE, H, MAYMOVE, H }, { HUGETLB(A, 1) } } },
	{ "RG023: private",
	  { { A, 0, PAGE, MAYMOVE }, { ANON(A, 1, RW) } },
	  F(DUPLICATE_PRIVATE) },
	{ "not RG023: shared", { { A, 0, PAGE, MAYMOVE }, { SHMEM(A, 1) } } },
	{ "RG024: the vdso",
	  { { A, PAGE, PAGE, KEEP }, { VDSO(A, 1) } },
	  F(SPECIAL_DONTUNMAP) },
	{ "RG024: shared, on 5.10",
	  { { A, PAGE, PAGE, KEEP }, { SHMEM(A, 1) } },
	  F(SPECIAL_DONTUNMAP),
	  .release = "5.10" },
	{ "not RG024: shared", { { A, PAGE, PAGE, KEEP }, { SHMEM(A, 1) } } },
	{ "RG025: by a page",
	  { { A, 2 * PAGE, 3 * PAGE, MAYMOVE }, { ANON(A, 1, RW) } },
	  F(CROSSES_VMA) },
	{ "not RG025: to the end",
	  { { A, PAGE, 3 * PAGE, MAYMOVE }, { ANON(A, 1, RW) } } },
	{ "RG026: the vdso",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { VDSO(A, 1) } },
	  F(SPECIAL_GROW) },
	{ "RG026: in place, and no move is tried",
	  { { A, PAGE, 2 * PAGE, MAYMOVE },
	    { VMA(A, 1, SHM | RG_VMA_MIXEDMAP, RG_KIND_DRIVER) } },
	  F(SPECIAL_GROW) },
	{ "not RG026: a driver's that moves",
	  { { A, PAGE, 2 * PAGE, MAYMOVE },
	    { VMA(A, 1, SHM | RG_VMA_MIXEDMAP, RG_KIND_DRIVER),
	      ANON(A + PAGE, 1, RW) } },
	  F(SPECIAL_MAPPING) },
	{ "RG027: a byte above the limit",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 5 * PAGE - 1 } } },
	  F(MLOCK_LIMIT) },
	{ "not RG027: at it",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOCKED) },
	    { { RG_LIMIT_RLIMIT_MEMLOCK, 5 * PAGE } } } },
	{ "RG028: a byte above RLIMIT_AS",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1001 * PAGE - 1 } } },
	  F(MEMORY_LIMIT) },
	{ "not RG028: at it",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1001 * PAGE } } } },
	{ "RG028: RLIMIT_DATA",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_DATA, 500 * PAGE } } },
	  F(MEMORY_LIMIT) },
	{ "not RG028: RLIMIT_DATA, read only",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, R) },
	    { { RG_LIMIT_RLIMIT_DATA, 500 * PAGE } } } },
	{ "RG029: charged",
	  { { A, PAGE, UINT64_C(1) << 40 }, { ANON(A, 1, ACC) } },
	  F(COMMIT_LIMIT) },
	{ "not RG029: MAP_NORESERVE",
	  { { A, PAGE, UINT64_C(1) << 40 }, { ANON(A, 1, RW) } } },
	{ "RG030: a page too little",
	  { { A, PAGE, 3 * PAGE },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, R) } },
	  F(NO_ROOM) },
	{ "not RG030: just enough",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, R) } } },
	{ "RG031: a page below the least address",
	  { { A, PAGE, PAGE, TO, 15 * PAGE }, { ANON(A, 1, RW) } },
	  F(LOW_ADDRESS) },
	{ "not RG031: at it",
	  { { A, PAGE, PAGE, TO, 16 * PAGE }, { ANON(A, 1, RW) } } },
	{ "RG032: a part of the vdso",
	  { { A, PAGE, PAGE, TO, B }, { VDSO(A, 2) } },
	  F(UNSPLITTABLE) },
	{ "not RG032: all of it",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { VDSO(A, 2) } },
	  F(LOADER_MAPPING) },
	{ "RG033: a hole at the start",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { ANON(A + PAGE, 1, RW) } },
	  F(GAP_IN_SOURCE) },
	{ "RG033: a watched one that is not alone",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW | RG_VMA_UFFD) } },
	  F(GAP_IN_SOURCE) },
	{ "not RG033: a hole at the end",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { ANON(A, 1, RW) } } },
	{ "RG034: the old range ends a page beyond the address space",
	  { { A, TASK_SIZE - A + PAGE, PAGE }, { ANON(A, 2, RW) } },
	  F(TAIL_RANGE) },
	{ "not RG034: it ends where that ends",
	  { { A, TASK_SIZE - A, PAGE }, { ANON(A, 2, RW) } },
	  F(SHRINK_PAST_VMA) },
	{ "RG035: as long as the address space",
	  { { A, PAGE, TASK_SIZE, MAYMOVE }, { ANON(A, 1, RW) } },
	  F(NO_SPACE) },
	{ "not RG035: as long as one sixty-fourth",
	  { { A, PAGE, (TASK_SIZE / 64) & -PAGE, MAYMOVE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R) } } },
	/* what refuses first is unknown, and so are both */
	{ "no room, or sealed",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R) },
	    .hide_flags = RG_VMA_SEALED },
	  .untold = F(SEALED) | F(NO_ROOM) },
	{ "one check or another of the same finding",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 0 }, { RG_LIMIT_RLIMIT_DATA, 500 * PAGE } },
	    .hide_limits = 1u << RG_LIMIT_TOTAL_PAGES },
	  F(MEMORY_LIMIT) },
	/* RG101 */
	{ "RG101: a page at the end of the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B + PAGE, 1, RW) } },
	  F(CLOBBER) },
	{ "not RG101: a page behind the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B + 2 * PAGE, 1, RW) } } },
	{ "not RG101: a page before the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B - PAGE, 1, RW) } } },
	{ "RG101: grows onto it",
	  { { A, PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B + PAGE, 1, RW) } },
	  F(CLOBBER) },
	{ "not RG101: shrinks, and does not reach it",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B + PAGE, 1, RW) } } },
	{ "RG101: a duplicate onto it",
	  { { A, 0, 2 * PAGE, TO, B }, { SHMEM(A, 2), ANON(B + PAGE, 1, RW) } },
	  F(CLOBBER) },
	{ "RG101: dontunmap onto it",
	  { { A, PAGE, PAGE, KEEP | FIXED, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  F(CLOBBER) },
	{ "not RG101: dontunmap, where the address is a hint",
	  { { A, PAGE, PAGE, KEEP, B }, { ANON(A, 1, RW), ANON(B, 1, RW) } } },
	{ "not RG101: a reservation, used or not",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, 0) } } },
	{ "RG101: readable, and used",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, R) } },
	  F(CLOBBER) },
	{ "not RG101: readable, but without pages",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  .pages = PAGES_EMPTY },
	{ "pages that cannot be seen",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  .untold = F(CLOBBER),
	  .pages = PAGES_UNSEEN },
	{ "RG101: one unseen, another surely",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B, 1, RW), FILE_(B + PAGE, 1, R) } },
	  F(CLOBBER),
	  .pages = PAGES_UNSEEN },
	{ "protection that cannot be seen, and pages neither",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, 0) },
	    .hide_flags = RG_VMA_WRITE },
	  .untold = F(CLOBBER),
	  .pages = PAGES_UNSEEN },
	{ "RG101: shared memory may be empty and is somebody's",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), SHMEM(B, 1) } },
	  F(CLOBBER),
	  .pages = PAGES_EMPTY },
	{ "RG101: a file without access",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), FILE_(B, 1, 0) } },
	  F(CLOBBER),
	  .pages = PAGES_EMPTY },
	{ "who knows what is there",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), VMA(B, 1, 0, RG_KIND_UNKNOWN) } },
	  .untold = F(CLOBBER),
	  .pages = PAGES_EMPTY },
	{ "RG101: a page of the heap that nobody has used",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW | RG_VMA_HEAP) } },
	  F(CLOBBER) | F(HEAP_OR_STACK),
	  .pages = PAGES_EMPTY },
	{ "RG101: a page of the stack that nobody has used",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW | RG_VMA_STACK) } },
	  F(CLOBBER) | F(HEAP_OR_STACK),
	  .pages = PAGES_EMPTY },
	{ "RG101: a loaded object's that nobody has used",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW | RG_VMA_LOADED) } },
	  F(CLOBBER) | F(LOADER_MAPPING),
	  .pages = PAGES_EMPTY },
	{ "not RG101: what lies at the place of a gap stays",
	  { { A, 3 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, RW),
	      FILE_(B + PAGE, 1, R) } } },
	{ "RG101: a gap, and what lies behind it",
	  { { A, 3 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, RW),
	      FILE_(B + 2 * PAGE, 1, R) } },
	  F(CLOBBER) },
	{ "not RG101: what lies at the place of a gap at the end stays",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), FILE_(B + PAGE, 1, R) } } },
	{ "RG101: at the place of the fourth of many",
	  { { A, 4 * PAGE, 4 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R), ANON(A + 2 * PAGE, 1, RW),
	      ANON(A + 3 * PAGE, 1, R), FILE_(B + 3 * PAGE, 1, R) } },
	  F(CLOBBER) },
	{ "not RG101: behind the fourth of many",
	  { { A, 4 * PAGE, 4 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R), ANON(A + 2 * PAGE, 1, RW),
	      ANON(A + 3 * PAGE, 1, R), FILE_(B + 4 * PAGE, 1, R) } } },
	{ "RG101: at the end of a huge page that a page is rounded to",
	  { { A, PAGE, PAGE, TO, B },
	    { HUGETLB(A, 1), FILE_(B + H - PAGE, 1, R) } },
	  F(CLOBBER) },
	{ "not RG101: behind that huge page",
	  { { A, PAGE, PAGE, TO, B }, { HUGETLB(A, 1), FILE_(B + H, 1, R) } } },
	{ "RG101: the same of a huge page behind another mapping",
	  { { A - PAGE, 2 * PAGE, 2 * PAGE, TO, B - PAGE },
	    { ANON(A - PAGE, 1, RW), HUGETLB(A, 1),
	      FILE_(B + H - PAGE, 1, R) } },
	  F(CLOBBER) },
	/* RG102 */
	{ "RG102: special mappings cannot be cut",
	  { { A, PAGE, PAGE, TO, B }, { VDSO(A, 2), ANON(B, 1, RW) } },
	  F(UNSPLITTABLE) | F(DESTRUCTIVE_REFUSAL) },
	{ "not RG102: nothing is there to lose",
	  { { A, PAGE, PAGE, TO, B }, { VDSO(A, 2) } },
	  F(UNSPLITTABLE) },
	{ "RG102: the tail is gone",
	  { { A, UINT64_C(1) << 40, PAGE, TO, B }, { ANON(A, 1 << 28, ACC) } },
	  F(COMMIT_LIMIT) | F(DESTRUCTIVE_REFUSAL) },
	{ "RG102: crosses the end, on 6.16",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  F(CROSSES_VMA) | F(DESTRUCTIVE_REFUSAL),
	  .release = "6.16" },
	{ "not RG102: crosses the end, and grows",
	  { { A, 2 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  F(CROSSES_VMA) },
	{ "RG102: unmapped, on 5.10",
	  { { A, PAGE, PAGE, TO, B }, { ANON(B, 1, RW) } },
	  F(UNMAPPED_SOURCE) | F(DESTRUCTIVE_REFUSAL),
	  .release = "5.10" },
	{ "not RG102: unmapped, on 6.1",
	  { { A, PAGE, PAGE, TO, B }, { ANON(B, 1, RW) } },
	  F(UNMAPPED_SOURCE),
	  .release = "6.1" },
	{ "RG102: a dontunmap that RLIMIT_AS stops",
	  { { A, 2 * PAGE, 2 * PAGE, KEEP | FIXED, B },
	    { ANON(A, 2, RW), ANON(B, 1, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1000 * PAGE } } },
	  F(MEMORY_LIMIT) | F(DESTRUCTIVE_REFUSAL) },
	{ "not RG102: the destination frees enough",
	  { { A, 2 * PAGE, 2 * PAGE, KEEP | FIXED, B },
	    { ANON(A, 2, RW), ANON(B, 2, RW) },
	    { { RG_LIMIT_RLIMIT_AS, 1000 * PAGE } } },
	  F(CLOBBER) },
	{ "not RG102: a vma that is cut in two is not lost",
	  { { A, 3 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 3, RW), ANON(B - PAGE, 2, RW),
	      ANON(B + PAGE, 1, RW | RG_VMA_SEALED) } },
	  F(SEALED) },
	{ "not RG102: the first of two that stays moved",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RW | RG_VMA_SEALED) } },
	  F(SEALED) },
	{ "too late, and who knows by which errno",
	  { { A, PAGE, PAGE, TO, B },
	    { VDSO(A, 2), ANON(B, 1, RW) },
	    .hide_flags = RG_VMA_SEALED },
	  .untold = F(DESTRUCTIVE_REFUSAL) | F(UNSPLITTABLE) | F(SEALED) },
	/* RG104 */
	{ "RG104: a hole at the end of the tail",
	  { { A, 3 * PAGE, PAGE }, { ANON(A, 2, RW) } },
	  F(SHRINK_PAST_VMA) },
	{ "not RG104: the tail ends with its mapping",
	  { { A, 3 * PAGE, PAGE }, { ANON(A, 3, RW) } } },
	{ "RG104: a hole in the tail",
	  { { A, 4 * PAGE, PAGE },
	    { ANON(A, 2, RW), ANON(A + 3 * PAGE, 1, RW) } },
	  F(SHRINK_PAST_VMA) },
	{ "not RG104: a hole in what is kept",
	  { { A, 4 * PAGE, 2 * PAGE },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 2, RW) } } },
	{ "RG104: a hole where the tail begins",
	  { { A, 3 * PAGE, PAGE },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, RW) } },
	  F(SHRINK_PAST_VMA) },
	{ "not RG104: the same memory under another protection",
	  { { A, 3 * PAGE, PAGE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 2, R | RG_VMA_LOCKED) } } },
	{ "RG104: another kind",
	  { { A, 2 * PAGE, PAGE }, { ANON(A, 1, RW), FILE_(A + PAGE, 1, R) } },
	  F(SHRINK_PAST_VMA) },
	{ "RG104: another file",
	  { { A, 2 * PAGE, PAGE },
	    { INODE(A, 1, RW, 5, 0), INODE(A + PAGE, 1, RW, 6, 1) } },
	  F(SHRINK_PAST_VMA) },
	{ "not RG104: the same file, at any offset",
	  { { A, 2 * PAGE, PAGE },
	    { INODE(A, 1, RW, 5, 0), INODE(A + PAGE, 1, R, 5, 7) } } },
	{ "RG104: the same file, shared",
	  { { A, 2 * PAGE, PAGE },
	    { INODE(A, 1, RW, 5, 0), INODE(A + PAGE, 1, SHM, 5, 1) } },
	  F(SHRINK_PAST_VMA) },
	{ "who knows whether it is shared",
	  { { A, 2 * PAGE, PAGE },
	    { INODE(A, 1, RW, 5, 0), INODE(A + PAGE, 1, R, 5, 1) },
	    .hide_flags = RG_VMA_SHARED },
	  .untold = F(SHRINK_PAST_VMA) },
	{ "RG104: a fixed shrink",
	  { { A, 3 * PAGE, PAGE, TO, B }, { ANON(A, 2, RW) } },
	  F(SHRINK_PAST_VMA) },
	{ "not RG104: a fixed shrink of all there is",
	  { { A, 2 * PAGE, PAGE, TO, B }, { ANON(A, 2, RW) } } },
	{ "RG104: an object behind a hole, on 5.10",
	  { { A, 2 * PAGE, PAGE }, { ANON(A + PAGE, 1, RW) } },
	  F(SHRINK_PAST_VMA),
	  .release = "5.10" },
	{ "not RG104: within a huge page nothing is cut off",
	  { { A, 4 * H, 3 * H + PAGE }, { HUGETLB(A, 4) } } },
	{ "RG104: within a huge page, and the range is too long",
	  { { A, 4 * H + PAGE, 3 * H + PAGE }, { HUGETLB(A, 4) } },
	  F(SHRINK_PAST_VMA) },
	/* RG105 */
	{ "RG105: a page too long",
	  { { A, 3 * PAGE, 3 * PAGE }, { ANON(A, 2, RW) } },
	  F(UNCHECKED_EXTENT) },
	{ "RG105: a byte too long",
	  { { A, 2 * PAGE + 1, 2 * PAGE + 1, MAYMOVE }, { ANON(A, 2, RW) } },
	  F(UNCHECKED_EXTENT) | F(UNALIGNED_LENGTH) },
	{ "not RG105: to the end",
	  { { A, 2 * PAGE, 2 * PAGE }, { ANON(A, 2, RW) } } },
	{ "RG105: a hole",
	  { { A, 3 * PAGE, 3 * PAGE },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, RW) } },
	  F(UNCHECKED_EXTENT) },
	{ "not RG105: another object, and no hole",
	  { { A, 3 * PAGE, 3 * PAGE },
	    { ANON(A, 1, RW), FILE_(A + PAGE, 2, R) } } },
	{ "RG105: nothing, on 5.10",
	  { { A, PAGE, PAGE } },
	  F(UNCHECKED_EXTENT),
	  .release = "5.10" },
	{ "RG105: all there is in 64 bits, on 6.12",
	  { { A, -PAGE, -PAGE }, { ANON(A, 1, RW) } },
	  F(UNCHECKED_EXTENT),
	  .release = "6.12" },
	{ "not RG105: it moves",
	  { { A, 3 * PAGE, 3 * PAGE, TO, B }, { ANON(A, 2, RW) } } },
	{ "RG105: a huge page too long",
	  { { A, H + PAGE, 2 * H }, { HUGETLB(A, 1) } },
	  F(UNCHECKED_EXTENT) },
	{ "not RG105: within the huge page",
	  { { A, PAGE, H }, { HUGETLB(A, 1) } } },
	/* RG106 */
	{ "RG106: the front of a file",
	  { { A, PAGE, PAGE, TO, B }, { FILE_(A, 2, RW) } },
	  F(TORN_MAPPING) },
	{ "RG106: the middle of a file",
	  { { A + PAGE, PAGE, PAGE, TO, B }, { FILE_(A, 3, RW) } },
	  F(TORN_MAPPING) },
	{ "not RG106: the end of a file",
	  { { A + PAGE, PAGE, PAGE, TO, B }, { FILE_(A, 2, RW) } } },
	{ "not RG106: a whole file",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { FILE_(A, 2, RW) } } },
	{ "RG106: the front of shared memory, by a length too small",
	  { { A, PAGE, 3 * PAGE, MAYMOVE }, { SHMEM(A, 2) } },
	  F(TORN_MAPPING),
	  .size = 3 * PAGE },
	{ "not RG106: the front of anonymous memory",
	  { { A, PAGE, 3 * PAGE, MAYMOVE }, { ANON(A, 2, RW) } } },
	{ "not RG106: a duplicate takes nothing",
	  { { A, 0, PAGE, MAYMOVE }, { SHMEM(A, 2) } } },
	{ "not RG106: dontunmap takes nothing",
	  { { A, PAGE, PAGE, KEEP }, { SHMEM(A, 2) } } },
	{ "not RG106: a shrink of the whole leaves nothing behind",
	  { { A, 2 * PAGE, PAGE, TO, B }, { FILE_(A, 2, R) } } },
	{ "RG106: a shrink of the front",
	  { { A, 2 * PAGE, PAGE, TO, B }, { FILE_(A, 3, R) } },
	  F(TORN_MAPPING) },
	{ "RG106: the front of the last of two",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), FILE_(A + PAGE, 2, R) } },
	  F(TORN_MAPPING) },
	{ "not RG106: the end of the first, and the whole of the last",
	  { { A + PAGE, 2 * PAGE, 2 * PAGE, TO, B },
	    { FILE_(A, 2, R), ANON(A + 2 * PAGE, 1, RW) } } },
	{ "not RG106: the front of the last of two, anonymous",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { FILE_(A, 1, R), ANON(A + PAGE, 2, RW) } } },
	{ "not RG106: one and a hole",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { FILE_(A, 1, R), FILE_(A + 2 * PAGE, 2, R) } } },
	{ "RG106: a huge page of two",
	  { { A, PAGE, PAGE, TO, B }, { HUGETLB(A, 2) } },
	  F(TORN_MAPPING) },
	{ "RG106: a huge page of two, behind another mapping",
	  { { A - PAGE, 2 * PAGE, 2 * PAGE, TO, B - PAGE },
	    { ANON(A - PAGE, 1, RW), HUGETLB(A, 2) } },
	  F(TORN_MAPPING) },
	{ "who knows what is torn",
	  { { A, PAGE, PAGE, TO, B }, { VMA(A, 2, RW, RG_KIND_UNKNOWN) } },
	  .untold = F(TORN_MAPPING) | F(SPECIAL_MAPPING) },
	/* RG109 */
	{ "RG109: one that grows and moves",
	  { { A, PAGE, 2 * PAGE, MAYMOVE },
	    { ANON(A, 1, RX), ANON(A + PAGE, 1, R) } },
	  F(EXECUTABLE_MOVE) },
	{ "not RG109: one that grows in place",
	  { { A, PAGE, 2 * PAGE, MAYMOVE }, { ANON(A, 1, RX) } } },
	{ "not RG109: moves onto one",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, RX) } },
	  .pages = PAGES_EMPTY },
	{ "RG109: dontunmap",
	  { { A, PAGE, PAGE, KEEP }, { ANON(A, 1, RX) } },
	  F(EXECUTABLE_MOVE) },
	{ "RG109: the last of two",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RX) } },
	  F(EXECUTABLE_MOVE) },
	{ "not RG109: behind the last of two",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R),
	      ANON(A + 2 * PAGE, 1, RX) } } },
	{ "not RG109: one that shrinks",
	  { { A, 2 * PAGE, PAGE }, { ANON(A, 2, RX) } } },
	/* RG110 */
	{ "RG110: the source moves",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW | RG_VMA_LOADED) } },
	  F(LOADER_MAPPING) },
	{ "not RG110: a no-op",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW | RG_VMA_LOADED) } } },
	{ "not RG110: a refusal",
	  { { A, PAGE, 2 * PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOADED), ANON(A + PAGE, 1, R) } },
	  F(NO_ROOM) },
	{ "RG110: the source grows in place",
	  { { A, PAGE, 2 * PAGE }, { ANON(A, 1, RW | RG_VMA_LOADED) } },
	  F(LOADER_MAPPING) },
	{ "RG110: the tail",
	  { { A, 2 * PAGE, PAGE },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RW | RG_VMA_LOADED) } },
	  F(LOADER_MAPPING) },
	{ "not RG110: behind the tail",
	  { { A, 2 * PAGE, PAGE },
	    { ANON(A, 2, RW), ANON(A + 2 * PAGE, 1, RW | RG_VMA_LOADED) } } },
	{ "not RG110: what a shrink keeps",
	  { { A, 2 * PAGE, PAGE },
	    { ANON(A, 1, RW | RG_VMA_LOADED), ANON(A + PAGE, 1, RW) } } },
	{ "RG110: the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), FILE_(B + PAGE, 1, R | RG_VMA_LOADED) } },
	  F(LOADER_MAPPING) | F(CLOBBER) },
	{ "not RG110: behind the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), FILE_(B + 2 * PAGE, 1, R | RG_VMA_LOADED) } } },
	{ "not RG110: at the place of a gap",
	  { { A, 3 * PAGE, 3 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + 2 * PAGE, 1, RW),
	      FILE_(B + PAGE, 1, R | RG_VMA_LOADED) } } },
	{ "RG110: the vdso in the tail",
	  { { A, 2 * PAGE, PAGE }, { ANON(A, 1, RW), VDSO(A + PAGE, 1) } },
	  F(LOADER_MAPPING) | F(SHRINK_PAST_VMA) },
	{ "RG110: the vdso at the destination",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), VDSO(B, 1) } },
	  F(LOADER_MAPPING) | F(CLOBBER) },
	{ "not RG110: a part of the vdso, which is refused",
	  { { A, 2 * PAGE, PAGE }, { VDSO(A, 2) } },
	  F(UNSPLITTABLE) },
	{ "who knows whether it is loaded",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_LOADED },
	  .untold = F(LOADER_MAPPING) },
	/* RG111 */
	{ "RG111: the heap grows",
	  { { A, PAGE, 2 * PAGE }, { ANON(A, 1, RW | RG_VMA_HEAP) } },
	  F(HEAP_OR_STACK) },
	{ "not RG111: a probe of the stack that is refused",
	  { { A, PAGE, 2 * PAGE }, { ANON(A, 3, RW | RG_VMA_STACK) } },
	  F(NO_ROOM),
	  .stack_pointer = A + 5 },
	{ "not RG111: a probe below the stack",
	  { { A, PAGE, 2 * PAGE }, { ANON(A + PAGE, 3, RW | RG_VMA_STACK) } },
	  F(UNMAPPED_SOURCE),
	  .stack_pointer = A + PAGE },
	{ "not RG111: a no-op",
	  { { A, PAGE, PAGE }, { ANON(A, 1, RW | RG_VMA_STACK) } },
	  .stack_pointer = A },
	{ "RG111: the stack at the end of the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B + PAGE, 1, RW | RG_VMA_STACK) } },
	  F(HEAP_OR_STACK) | F(CLOBBER) },
	{ "not RG111: the stack behind the destination",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 2, RW), ANON(B + 2 * PAGE, 1, RW | RG_VMA_STACK) } } },
	{ "RG111: the stack pointer is in the source's last byte",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 2, RW) } },
	  F(HEAP_OR_STACK),
	  .stack_pointer = A + PAGE - 1 },
	{ "not RG111: the stack pointer is a byte behind the source",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 2, RW) } },
	  .stack_pointer = A + PAGE },
	{ "not RG111: the stack pointer is a byte below the source",
	  { { A + PAGE, PAGE, PAGE, TO, B }, { ANON(A, 2, RW) } },
	  .stack_pointer = A + PAGE - 1 },
	{ "RG111: the stack pointer is in the destination",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW), ANON(B, 1, RW) } },
	  F(HEAP_OR_STACK) | F(CLOBBER),
	  .stack_pointer = B },
	{ "RG111: the stack pointer is in the tail",
	  { { A, 2 * PAGE, PAGE }, { ANON(A, 2, RW) } },
	  F(HEAP_OR_STACK),
	  .stack_pointer = A + PAGE },
	{ "not RG111: the stack pointer is in what a shrink keeps",
	  { { A, 2 * PAGE, PAGE }, { ANON(A, 2, RW) } },
	  .stack_pointer = A + PAGE - 1 },
	/* RG112 */
	{ "RG112: a byte beyond the last page",
	  { { A, PAGE, 2 * PAGE }, { FILE_(A, 1, RW) } },
	  F(BEYOND_OBJECT),
	  .size = PAGE },
	{ "not RG112: within the last page",
	  { { A, PAGE, 2 * PAGE }, { FILE_(A, 1, RW) } },
	  .size = PAGE + 1 },
	{ "RG112: counted from where the mapping begins",
	  { { A + PAGE, PAGE, 2 * PAGE }, { INODE(A, 2, RW, 5, 3) } },
	  F(BEYOND_OBJECT),
	  .size = 5 * PAGE },
	{ "not RG112: counted from where the mapping begins",
	  { { A + PAGE, PAGE, 2 * PAGE }, { INODE(A, 2, RW, 5, 3) } },
	  .size = 5 * PAGE + 1 },
	{ "RG112: it moves, shared",
	  { { A, PAGE, 2 * PAGE, TO, B }, { SHMEM(A, 1) } },
	  F(BEYOND_OBJECT),
	  .size = PAGE },
	{ "not RG112: it is beyond already, and does not grow",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { FILE_(A, 2, RW) } },
	  .size = PAGE },
	{ "not RG112: it is beyond already, and duplicated",
	  { { A, 0, 2 * PAGE, MAYMOVE }, { SHMEM(A, 2) } },
	  .size = PAGE },
	{ "RG112: a duplicate that is longer",
	  { { A, 0, 3 * PAGE, MAYMOVE }, { SHMEM(A, 2) } },
	  F(BEYOND_OBJECT),
	  .size = 2 * PAGE },
	{ "not RG112: anonymous memory",
	  { { A, PAGE, 2 * PAGE }, { ANON(A, 1, RW) } },
	  .size = 1 },
	{ "an object whose size cannot be read",
	  { { A, PAGE, 2 * PAGE }, { SHMEM(A, 1) } },
	  .untold = F(BEYOND_OBJECT) },
	/* RG116 */
	{ "RG116: a driver's",
	  { { A, PAGE, PAGE, TO, B }, { DRIVER(A, 1) } },
	  F(SPECIAL_MAPPING) },
	{ "not RG116: shared memory",
	  { { A, PAGE, PAGE, TO, B }, { SHMEM(A, 1) } } },
	{ "not RG116: a file",
	  { { A, PAGE, PAGE, TO, B }, { FILE_(A, 1, RW) } } },
	{ "not RG116: a driver's that stays",
	  { { A, 2 * PAGE, PAGE }, { DRIVER(A, 2) } } },
	{ "RG116: the last of two",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), DRIVER(A + PAGE, 1) } },
	  F(SPECIAL_MAPPING) },
	{ "not RG116: behind the last of two",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, R),
	      DRIVER(A + 2 * PAGE, 1) } } },
	{ "RG116: a duplicate",
	  { { A, 0, PAGE, TO, B }, { DRIVER(A, 1) } },
	  F(SPECIAL_MAPPING) },
	/* RG117 */
	{ "RG117: it moves",
	  { { A, PAGE, PAGE, TO, B }, { ANON(A, 1, RW | RG_VMA_UFFD) } },
	  F(UFFD_LOST) },
	{ "not RG117: it grows in place",
	  { { A, PAGE, 2 * PAGE, MAYMOVE },
	    { ANON(A, 1, RW | RG_VMA_UFFD) } } },
	{ "not RG117: the next one",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW), ANON(A + PAGE, 1, RW | RG_VMA_UFFD) } } },
	{ "who knows whether it is watched",
	  { { A, PAGE, PAGE, TO, B },
	    { ANON(A, 1, RW) },
	    .hide_flags = RG_VMA_UFFD },
	  .untold = F(UFFD_LOST) },
	/* RG119 */
	{ "RG119: on 6.15",
	  { { A, 2 * PAGE, PAGE, TO, B }, { ANON(A, 2, ACC) } },
	  F(COMMIT_LEAK),
	  .release = "6.15" },
	{ "not RG119: on 6.14",
	  { { A, 2 * PAGE, PAGE, TO, B }, { ANON(A, 2, ACC) } },
	  .release = "6.14" },
	{ "RG119: on 7.2",
	  { { A, 2 * PAGE, PAGE, TO, B }, { ANON(A, 2, ACC) } },
	  F(COMMIT_LEAK),
	  .release = "7.2" },
	{ "not RG119: on 7.3",
	  { { A, 2 * PAGE, PAGE, TO, B }, { ANON(A, 2, ACC) } },
	  .release = "7.3" },
	{ "not RG119: it does not shrink",
	  { { A, 2 * PAGE, 2 * PAGE, TO, B }, { ANON(A, 2, ACC) } } },
	{ "not RG119: it shrinks by bytes of a page",
	  { { A, 2 * PAGE, 2 * PAGE - 1, TO, B }, { ANON(A, 2, ACC) } },
	  F(UNALIGNED_LENGTH) },
	{ "not RG119: it shrinks in place",
	  { { A, 2 * PAGE, PAGE, MAYMOVE }, { ANON(A, 2, ACC) } } },
	{ "not RG119: MAP_NORESERVE, as smaps has it",
	  { { A, 2 * PAGE, PAGE, TO, B }, { ANON(A, 2, RW) } } },
	{ "RG119: private and writable, as maps has it",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { ANON(A, 2, RW) },
	    .hide_flags = NOT_SMAPS },
	  F(COMMIT_LEAK) },
	{ "not RG119: shared, as maps has it",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { SHMEM(A, 2) },
	    .hide_flags = NOT_SMAPS } },
	{ "read-only now: it may have been writable",
	  { { A, 2 * PAGE, PAGE, TO, B },
	    { ANON(A, 2, R) },
	    .hide_flags = NOT_SMAPS },
	  .untold = F(COMMIT_LEAK) },
	{ "not RG119: huge pages are charged otherwise",
	  { { A, 2 * H, H, TO, B },
	    { HUGETLB(A, 2) },
	    .hide_flags = NOT_SMAPS | RG_VMA_SHARED } },
};

static void check_found(const char *name, uint64_t got, uint64_t want)
{
	ck_assert_msg(got == want, "%s: got %s, want %s", name, set_text(got),
		      set_text(want));
}

START_TEST(found_before)
{
	const struct findings_case *row = &before[_i];
	struct case_scene s;
	uint64_t judged = 0;
	uint64_t found;

	set_scene(&s, row);
	found = rg_findings(&s.scene, &judged);
	check_found(row->name, found & ALL_BUT_118, row->found);
	ck_assert_msg(!(found & ~judged), "%s: %s not judged", row->name,
		      set_text(found & ~judged));
	ck_assert_msg((judged & row->untold) == 0, "%s: %s can be told",
		      row->name, set_text(judged & row->untold));
}
END_TEST

/* ------------------------------------------------- the arguments alone */

/* Not planned: nothing was looked at but the arguments. */
static const struct {
	const char *name;
	struct rg_request req;
	uint64_t found;
	uint64_t page_size; /* 0: 4 KB */
	uint32_t facts;
} unplanned[] = {
	{ "nothing", { A, PAGE_64K, PAGE_64K } },
	{ "RG103: a byte less", { A, PAGE_64K - 1, PAGE_64K }, F103 },
	{ "RG103: a byte more", { A, PAGE_64K, PAGE_64K + 1 }, F103 },
	{ "RG107: by a byte",
	  { A, -(PAGE - 1), PAGE_64K },
	  F103 | F(WRAPPED_OLD_LEN) },
	{ "not RG107: none", { A, 0, PAGE_64K } },
	{ "not RG107: the last page", { A, -PAGE, PAGE }, F118 },
	{ "RG108: onto itself",
	  { A, 0, PAGE_64K, TO, A },
	  F(DUPLICATE_ONTO_SELF) },
	{ "RG108: onto itself, wrapped",
	  { A, UINT64_MAX, PAGE_64K, TO, A },
	  F103 | F(WRAPPED_OLD_LEN) | F(DUPLICATE_ONTO_SELF) },
	{ "not RG108: a page further on", { A, 0, PAGE, TO, A + PAGE }, F118 },
	{ "not RG108: an old length", { A, PAGE, PAGE, TO, A }, F118 },
	{ "not RG108: an address nobody asked for",
	  { A, 0, PAGE_64K, MAYMOVE, A } },
	{ "not RG108: refused, as it may not move",
	  { A, 0, PAGE_64K, FIXED, A } },
	{ "not RG108: refused, as it cannot be kept as well",
	  { A, 0, PAGE_64K, KEEP | FIXED, A } },
	{ "RG113: another thread's",
	  { A, PAGE_64K, PAGE_64K },
	  F(OVERLAPPING_CALL),
	  .facts = RG_FACT_OVERLAPPING_CALL },
	{ "RG118: the old address", { A + PAGE, PAGE_64K, PAGE_64K }, F118 },
	{ "RG118: the old length", { A, PAGE, PAGE_64K }, F118 },
	{ "RG118: the new length", { A, PAGE_64K, PAGE }, F118 },
	{ "RG118: the new address",
	  { A, PAGE_64K, PAGE_64K, TO, B + PAGE },
	  F118 },
	{ "not RG118: a new address that nobody asked for",
	  { A, PAGE_64K, PAGE_64K, MAYMOVE, B + PAGE } },
	{ "not RG118: no page of any size", { A, PAGE + 1, PAGE }, F103 },
	{ "RG118: pages of 16 KB",
	  { A, PAGE_64K, 3 * PAGE_64K / 4 },
	  F118,
	  .page_size = PAGE_64K / 4 },
	{ "not RG118: pages of 64 KB",
	  { A, PAGE_64K, 3 * PAGE_64K },
	  .page_size = PAGE_64K },
	{ "RG103: pages of 64 KB",
	  { A, PAGE_64K, PAGE_64K + PAGE },
	  F103,
	  .page_size = PAGE_64K },
	/* a refusal is told when it is one */
	{ "not RG003 yet", { A, PAGE_64K, 0 } },
};

START_TEST(found_unplanned)
{
	const struct rg_kernel kernel = case_kernel(NULL);
	struct rg_limits limits = rg_limits_default(
		unplanned[_i].page_size ? unplanned[_i].page_size : PAGE);
	const struct rg_scene scene = {
		.req = &unplanned[_i].req,
		.kernel = &kernel,
		.limits = &limits,
		.facts = unplanned[_i].facts,
	};
	uint64_t judged;

	check_found(unplanned[_i].name, rg_findings(&scene, &judged),
		    unplanned[_i].found);
	check_found(unplanned[_i].name, judged, BY_ARGUMENTS);
}
END_TEST

/* A private mapping is refused before anything is deleted, since 6.17. */
static const struct findings_case onto_self[] = {
	{ "RG108: shared",
	  { { A, 0, PAGE, TO, A }, { SHMEM(A, 1) } },
	  F(DUPLICATE_ONTO_SELF) | F(DESTRUCTIVE_REFUSAL) },
	{ "RG108: private, on 6.16",
	  { { A, 0, PAGE, TO, A }, { ANON(A, 1, RW) } },
	  F(DUPLICATE_ONTO_SELF) | F(DESTRUCTIVE_REFUSAL),
	  .release = "6.16" },
	{ "not RG108: private",
	  { { A, 0, PAGE, TO, A }, { ANON(A, 1, RW) } },
	  F(DUPLICATE_PRIVATE) },
	{ "not RG108: nothing there",
	  { { A, 0, PAGE, TO, A } },
	  F(UNMAPPED_SOURCE) },
	{ "RG107: wraps",
	  { { A, UINT64_MAX, PAGE, MAYMOVE }, { SHMEM(A, 1) } },
	  F(WRAPPED_OLD_LEN) | F(UNALIGNED_LENGTH) },
};

START_TEST(found_onto_self)
{
	struct case_scene s;

	set_scene(&s, &onto_self[_i]);
	check_found(onto_self[_i].name,
		    rg_findings(&s.scene, NULL) & ALL_BUT_118,
		    onto_self[_i].found);
}
END_TEST

/* ------------------------------------------------------------ unseen */

static int fail_to_find(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	(void)ctx;
	(void)addr;
	(void)ret_vma;
	return -ENOENT;
}

static const struct findings_case onto_used = {
	"onto used memory",
	{ { A, 2 * PAGE, 2 * PAGE, TO, B },
	  { FILE_(A, 2, RX), FILE_(B, 1, R) } },
	F(CLOBBER) | F(EXECUTABLE_MOVE)
};

START_TEST(no_mappings_no_findings_of_them)
{
	struct case_scene s;
	uint64_t judged;

	set_scene(&s, &onto_used);
	s.scene.mm = NULL;
	ck_assert_uint_eq(rg_findings(&s.scene, &judged) & ALL_BUT_118,
			  F(EXECUTABLE_MOVE));
	ck_assert(!(judged & F(CLOBBER)) && judged & F(TORN_MAPPING));
}
END_TEST

START_TEST(what_is_ignored_is_not_looked_for)
{
	struct case_scene s;
	uint64_t judged;

	set_scene(&s, &onto_used);
	s.scene.ignored = F118 | F(CLOBBER) | F(NO_ROOM);
	check_found(onto_used.name, rg_findings(&s.scene, &judged),
		    F(EXECUTABLE_MOVE));
	ck_assert(!(judged & s.scene.ignored));
}
END_TEST

START_TEST(lookups_that_fail_say_nothing)
{
	struct case_scene s;
	uint64_t judged;

	set_scene(&s, &onto_used);
	s.mm.find_vma = fail_to_find;
	ck_assert_uint_eq(rg_findings(&s.scene, &judged) & ALL_BUT_118,
			  F(EXECUTABLE_MOVE));
	ck_assert(!(judged & (F(CLOBBER) | F(LOADER_MAPPING))));
}
END_TEST

START_TEST(plan_of_nothing_says_nothing)
{
	struct case_scene s;
	uint64_t judged;

	set_scene(&s, &onto_used);
	s.mm.find_vma = fail_to_find;
	s.plan = rg_plan_make(&onto_used.c.req, &s.mm, &s.kernel);
	ck_assert_int_eq(s.plan.path, RG_PATH_INVALID);
	ck_assert_uint_eq(rg_findings(&s.scene, &judged), F118);
	check_found("judged", judged, BY_ARGUMENTS);
}
END_TEST

/* ------------------------------------------------------------ afterwards */

#define DONE(a_path, a_result) .path = RG_PATH_##a_path, .result = (a_result)
#define FAILED(a_check, an_error)                                              \
	.path = RG_PATH_REFUSE, .check = RG_CHECK_##a_check,                   \
	.result = -(an_error)
#define K16 (UINT64_C(16) << 10)
#define MIB (UINT64_C(1) << 20)

static const struct {
	const char *name;
	struct rg_request req;
	uint64_t found;
	uint64_t untold;
	enum rg_path path;
	enum rg_check check;
	int64_t result;
	uint32_t damage;
	uint32_t facts;
	enum rg_agreement agreement;
	uint64_t page_size; /* 0: 4 KB */
	struct limit_value limits[2];
} after[] = {
	{ "nothing", { A, PAGE, 2 * PAGE }, DONE(EXPAND_IN_PLACE, A) },
	/* what was found before is not found again */
	{ "unaligned", { A, 1, 2 * PAGE }, DONE(EXPAND_IN_PLACE, A) },
	{ "RG025: the check that refused",
	  { A, PAGE, 2 * PAGE, MAYMOVE },
	  F(CROSSES_VMA),
	  FAILED(CROSSES_VMA, EFAULT) },
	{ "who knows which refused",
	  { A, PAGE, 2 * PAGE, MAYMOVE },
	  .untold = F(CROSSES_VMA) | F(SEALED),
	  FAILED(NONE, EFAULT) },
	{ "RG116: the driver refused",
	  { A, PAGE, PAGE, TO, B },
	  F(SPECIAL_MAPPING),
	  FAILED(DRIVER_MOVE, EINVAL) },
	{ "RG001: libc refused",
	  { A, PAGE, PAGE, 8 },
	  F(UNKNOWN_FLAGS),
	  FAILED(LIBC_FLAGS, EINVAL) },
	/* RG102 */
	{ "RG102: the destination is gone",
	  { A, PAGE, PAGE, TO, B },
	  F(DESTRUCTIVE_REFUSAL) | F(COMMIT_LIMIT),
	  FAILED(COMMIT_LIMIT, ENOMEM),
	  .damage = RG_DAMAGE_DEST_UNMAPPED },
	{ "RG102: the tail is gone",
	  { A, 2 * PAGE, PAGE, TO, B },
	  F(DESTRUCTIVE_REFUSAL) | F(COMMIT_LIMIT),
	  FAILED(COMMIT_LIMIT, ENOMEM),
	  .damage = RG_DAMAGE_TAIL_UNMAPPED },
	{ "not RG102: cut in two",
	  { A, 2 * PAGE, PAGE },
	  F(SEALED),
	  FAILED(TAIL_SEALED, EPERM),
	  .damage = RG_DAMAGE_VMA_SPLIT },
	/* RG114 */
	{ "RG114: moved away before",
	  { A, PAGE, PAGE },
	  F(STALE_RANGE) | F(UNMAPPED_SOURCE),
	  FAILED(SOURCE_UNMAPPED, EFAULT),
	  .facts = RG_FACT_MOVED_AWAY },
	{ "RG114: moved away before, and something lies behind",
	  { A, 2 * PAGE, 2 * PAGE, TO, B },
	  F(STALE_RANGE) | F(GAP_IN_SOURCE),
	  FAILED(MULTI_GAP, EFAULT),
	  .facts = RG_FACT_MOVED_AWAY },
	{ "not RG114: never there",
	  { A, PAGE, PAGE },
	  F(UNMAPPED_SOURCE),
	  FAILED(SOURCE_UNMAPPED, EFAULT) },
	{ "not RG114: something else is mapped there",
	  { A, PAGE, PAGE },
	  DONE(NO_RESIZE, A),
	  .facts = RG_FACT_MOVED_AWAY },
	{ "not RG114: something else is mapped there, and too short",
	  { A, PAGE, 2 * PAGE },
	  F(CROSSES_VMA),
	  FAILED(CROSSES_VMA, EFAULT),
	  .facts = RG_FACT_MOVED_AWAY },
	/* RG120 */
	{ "RG120: the first stays moved",
	  { A, 2 * PAGE, 2 * PAGE, TO, B },
	  F(PARTIAL_MULTI_MOVE) | F(SEALED),
	  FAILED(SOURCE_SEALED, EPERM),
	  .damage = RG_DAMAGE_VMAS_MOVED },
	{ "not RG120: none was moved",
	  { A, 2 * PAGE, 2 * PAGE, TO, B },
	  F(SEALED),
	  FAILED(SOURCE_SEALED, EPERM),
	  .agreement = RG_AGREE_YES },
	{ "not RG120: all were",
	  { A, 2 * PAGE, 2 * PAGE, TO, B },
	  DONE(MULTI_MOVE, B) },
	{ "who knows how far it came",
	  { A, 2 * PAGE, 2 * PAGE, TO, B },
	  .untold = F(PARTIAL_MULTI_MOVE),
	  FAILED(NONE, EPERM) },
	/* RG201 */
	{ "RG201: 2 MB, a page apart",
	  { A, 2 * MIB, 2 * MIB, TO, B + PAGE },
	  F(SLOW_MOVE),
	  DONE(MOVE, B + PAGE) },
	{ "not RG201: a page less",
	  { A, 2 * MIB - PAGE, 2 * MIB - PAGE, TO, B + PAGE },
	  DONE(MOVE, B + PAGE) },
	{ "not RG201: alike",
	  { A + PAGE, 2 * MIB, 2 * MIB, TO, B + PAGE },
	  DONE(MOVE, B + PAGE) },
	{ "RG201: grows",
	  { A, 2 * MIB, 4 * MIB, MAYMOVE },
	  F(SLOW_MOVE),
	  DONE(MOVE, B + PAGE) },
	{ "not RG201: less than 2 MB of it moves",
	  { A, 2 * MIB - PAGE, 4 * MIB, MAYMOVE },
	  DONE(MOVE, B + PAGE) },
	{ "not RG201: 2 MB shrink to less",
	  { A, 2 * MIB, 2 * MIB - PAGE, TO, B + PAGE },
	  DONE(MOVE, B + PAGE) },
	{ "RG201: dontunmap",
	  { A, 2 * MIB, 2 * MIB, KEEP },
	  F(SLOW_MOVE),
	  DONE(DONTUNMAP, B + PAGE) },
	{ "RG201: several",
	  { A, 2 * MIB, 2 * MIB, TO, B + PAGE },
	  F(SLOW_MOVE),
	  DONE(MULTI_MOVE, B + PAGE) },
	{ "not RG201: a duplicate moves nothing",
	  { A, 0, 4 * MIB, TO, B + PAGE },
	  DONE(DUPLICATE, B + PAGE) },
	{ "not RG201: it stays",
	  { A, 2 * MIB, 4 * MIB, MAYMOVE },
	  DONE(EXPAND_IN_PLACE, A) },
	{ "RG201: 32 MB of pages of 16 KB",
	  { A, 32 * MIB, 32 * MIB, TO, B + 2 * MIB },
	  F(SLOW_MOVE),
	  DONE(MOVE, B + 2 * MIB),
	  .page_size = K16 },
	{ "not RG201: no entry of pages of 16 KB is that short",
	  { A, 32 * MIB - K16, 32 * MIB - K16, TO, B + 2 * MIB },
	  DONE(MOVE, B + 2 * MIB),
	  .page_size = K16 },
	{ "not RG201: alike, of pages of 16 KB",
	  { A, 32 * MIB, 32 * MIB, TO, B + 32 * MIB },
	  DONE(MOVE, B + 32 * MIB),
	  .page_size = K16 },
	{ "RG201: 512 MB of pages of 64 KB",
	  { A, 512 * MIB, 512 * MIB, TO, B + PAGE_64K },
	  F(SLOW_MOVE),
	  DONE(MOVE, B + PAGE_64K),
	  .page_size = PAGE_64K },
	{ "not RG201: alike, of pages of 64 KB",
	  { A, 512 * MIB, 512 * MIB, TO, B + 512 * MIB },
	  DONE(MOVE, B + 512 * MIB),
	  .page_size = PAGE_64K },
	{ "alike on one machine with pages of 64 KB, and not on another",
	  { A, 512 * MIB, 512 * MIB, TO, B + 2 * MIB },
	  .untold = F(SLOW_MOVE),
	  DONE(MOVE, B + 2 * MIB),
	  .page_size = PAGE_64K },
	/* RG202 */
	{ "RG202: creeps",
	  { A, 2 * PAGE, 3 * PAGE, MAYMOVE },
	  F(CREEPING_GROWTH),
	  DONE(MOVE, B),
	  .facts = RG_FACT_CREEPING },
	/* RG203 */
	{ "RG203: one above nine tenths",
	  { A, PAGE, 2 * PAGE },
	  F(MAP_COUNT_HIGH) | F(SEALED),
	  FAILED(SOURCE_SEALED, EPERM),
	  .limits = { { RG_LIMIT_MAP_COUNT, 58978 },
		      { RG_LIMIT_MAX_MAP_COUNT, 65530 } } },
	{ "not RG203: nine tenths",
	  { A, PAGE, 2 * PAGE },
	  F(SEALED),
	  FAILED(SOURCE_SEALED, EPERM),
	  .limits = { { RG_LIMIT_MAP_COUNT, 58977 },
		      { RG_LIMIT_MAX_MAP_COUNT, 65530 } } },
	{ "not RG203: below nine tenths of what is no multiple of ten",
	  { A, PAGE, 2 * PAGE },
	  F(SEALED),
	  FAILED(SOURCE_SEALED, EPERM),
	  .limits = { { RG_LIMIT_MAP_COUNT, 58981 },
		      { RG_LIMIT_MAX_MAP_COUNT, 65535 } } },
	{ "RG203: above nine tenths of what is no multiple of ten",
	  { A, PAGE, 2 * PAGE },
	  F(MAP_COUNT_HIGH) | F(SEALED),
	  FAILED(SOURCE_SEALED, EPERM),
	  .limits = { { RG_LIMIT_MAP_COUNT, 58982 },
		      { RG_LIMIT_MAX_MAP_COUNT, 65535 } } },
	{ "not RG203: it succeeds",
	  { A, PAGE, 2 * PAGE },
	  DONE(EXPAND_IN_PLACE, A),
	  .limits = { { RG_LIMIT_MAP_COUNT, 65000 },
		      { RG_LIMIT_MAX_MAP_COUNT, 65530 } } },
	{ "a map count that was not seen",
	  { A, PAGE, 2 * PAGE },
	  F(SEALED),
	  .untold = F(MAP_COUNT_HIGH),
	  FAILED(SOURCE_SEALED, EPERM),
	  .limits = { { RG_LIMIT_MAX_MAP_COUNT, 65530 } } },
	/* RG204 */
	{ "RG204: tries in place first",
	  { A, 3 * PAGE, 5 * PAGE },
	  F(BENIGN_PROBE) | F(NO_ROOM),
	  FAILED(NO_ROOM, ENOMEM) },
	{ "not RG204: the same, and it fits",
	  { A, 3 * PAGE, 5 * PAGE },
	  DONE(EXPAND_IN_PLACE, A) },
	{ "not RG204: a duplicate cannot stay",
	  { A, 0, PAGE },
	  F(NO_ROOM),
	  FAILED(NO_ROOM, ENOMEM) },
	{ "not RG204: RLIMIT_AS is no answer",
	  { A, 3 * PAGE, 5 * PAGE },
	  F(MEMORY_LIMIT),
	  FAILED(ADDRESS_SPACE_LIMIT, ENOMEM) },
	{ "RG204: the end of the stack",
	  { A, PAGE, 2 * PAGE },
	  F(BENIGN_PROBE) | F(UNMAPPED_SOURCE),
	  FAILED(SOURCE_UNMAPPED, EFAULT) },
	{ "not RG204: by two pages",
	  { A, PAGE, 3 * PAGE },
	  F(UNMAPPED_SOURCE),
	  FAILED(SOURCE_UNMAPPED, EFAULT) },
	{ "not RG204: it might have moved",
	  { A, PAGE, 2 * PAGE, MAYMOVE },
	  F(UNMAPPED_SOURCE),
	  FAILED(SOURCE_UNMAPPED, EFAULT) },
	{ "not RG204: it does not grow",
	  { A, 2 * PAGE, PAGE },
	  F(UNMAPPED_SOURCE),
	  FAILED(SOURCE_UNMAPPED, EFAULT) },
	/* RG205 */
	{ "RG205: against a certain plan",
	  { A, PAGE, PAGE },
	  F(MISMATCH),
	  DONE(NO_RESIZE, A),
	  .agreement = RG_AGREE_MISMATCH },
	{ "not RG205: as it may be",
	  { A, PAGE, PAGE },
	  DONE(NO_RESIZE, A),
	  .agreement = RG_AGREE_UNKNOWN },
};

START_TEST(found_after)
{
	const struct rg_kernel kernel = case_kernel(NULL);
	struct rg_limits limits = rg_limits_default(
		after[_i].page_size ? after[_i].page_size : PAGE);
	const struct rg_scene scene = {
		.req = &after[_i].req,
		.kernel = &kernel,
		.limits = &limits,
		.facts = after[_i].facts,
		.done = true,
		.result = after[_i].result,
		.path = after[_i].path,
		.check = after[_i].check,
		.damage = after[_i].damage,
		.agreement = after[_i].agreement,
	};
	uint64_t judged;

	for (int i = 0; i < 2 && after[_i].limits[i].value; i++)
		rg_limits_set(&limits, after[_i].limits[i].limit,
			      after[_i].limits[i].value);
	check_found(after[_i].name, rg_findings(&scene, &judged),
		    after[_i].found);
	ck_assert_msg(!(judged & after[_i].untold), "%s: %s can be told",
		      after[_i].name, set_text(judged & after[_i].untold));
}
END_TEST

/* Of several vmas only what moves counts, and the plan knows it. */
START_TEST(gaps_do_not_move)
{
	const struct findings_case row = {
		"a gap",
		{ { A, 2 * MIB, 2 * MIB, TO, B + PAGE },
		  { ANON(A, 1, RW), ANON(A + 2 * PAGE, 510, RW) } }
	};
	struct case_scene s;

	set_scene(&s, &row);
	s.scene.done = true;
	s.scene.result = (int64_t)(B + PAGE);
	s.scene.path = RG_PATH_MULTI_MOVE;
	s.scene.agreement = RG_AGREE_YES;
	check_found(row.name, rg_findings(&s.scene, NULL), 0);
	s.scene.plan = NULL;
	check_found(row.name, rg_findings(&s.scene, NULL), F(SLOW_MOVE));
}
END_TEST

/* ------------------------------------------------------------- all of them */

/* Nobody but the quarantine knows of it. */
#define ELSEWHERE F(STALE_ACCESS)

/* A row that has it, and one whose name says that it has not. */
START_TEST(every_finding_has_its_rows)
{
	uint64_t found = ELSEWHERE;

	for (size_t i = 0; i < NR_ROWS(before); i++)
		found |= before[i].found;
	for (size_t i = 0; i < NR_ROWS(onto_self); i++)
		found |= onto_self[i].found;
	for (size_t i = 0; i < NR_ROWS(unplanned); i++)
		found |= unplanned[i].found;
	for (size_t i = 0; i < NR_ROWS(after); i++)
		found |= after[i].found;
	for (int i = 0; i < RG_NR_FINDINGS; i++)
		ck_assert_msg(found >> i & 1, "no row has %s",
			      rg_finding_info((enum rg_finding)i)->id);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, found_before, 0, NR_ROWS(before));
	tcase_add_loop_test(tc, found_unplanned, 0, NR_ROWS(unplanned));
	tcase_add_loop_test(tc, found_onto_self, 0, NR_ROWS(onto_self));
	tcase_add_test(tc, no_mappings_no_findings_of_them);
	tcase_add_test(tc, what_is_ignored_is_not_looked_for);
	tcase_add_test(tc, lookups_that_fail_say_nothing);
	tcase_add_test(tc, plan_of_nothing_says_nothing);
	tcase_add_loop_test(tc, found_after, 0, NR_ROWS(after));
	tcase_add_test(tc, gaps_do_not_move);
	tcase_add_test(tc, every_finding_has_its_rows);
}
