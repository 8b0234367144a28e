/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_BOUNCE_H
#define RG_TEST_BOUNCE_H

/*
 * The calls that the small programs make: a range of its own per slot, grown
 * by a page and shrunk again, far from where anybody else maps anything. What
 * is not as it should be ends the program by abort().
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define BOUNCE_PAGE 4096ul

static inline char *bounce_range(unsigned long slot)
{
	char *want = (char *)0x200000000000ul + slot * 16 * BOUNCE_PAGE;
	char *got = mmap(want, BOUNCE_PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (got != want)
		abort();
	return got;
}

/* nr calls; an even number leaves the range as it was. */
static inline void bounce(char *range, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++) {
		size_t old_len = BOUNCE_PAGE * (1 + i % 2);
		size_t new_len = BOUNCE_PAGE * (2 - i % 2);

		errno = 4711;
		if (mremap(range, old_len, new_len, 0) != range ||
		    errno != 4711)
			abort();
	}
}

#endif
