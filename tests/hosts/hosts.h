/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_HOSTS_H
#define RG_TEST_HOSTS_H

/*
 * What the programs of this folder share. Each says "calls N", all that it and
 * its children made, and "unseen N" where the object is known not to see some.
 * One that cannot run here says why on standard error and ends with 77.
 */

#include "../preload/bounce.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIPPED 77

#define MIXED_CALLS 6ul

/*
 * Calls of each kind that costs the object something: in place, to a fixed
 * address and back, and two that fail. The slot's range is as before.
 */
static inline void mixed(unsigned long slot)
{
	char *range = bounce_range(slot);
	char *there = range + 8 * BOUNCE_PAGE;
	int fixed = MREMAP_MAYMOVE | MREMAP_FIXED;

	bounce(range, 2);
	if (mremap(range, BOUNCE_PAGE, BOUNCE_PAGE, fixed, there) != there ||
	    mremap(there, BOUNCE_PAGE, BOUNCE_PAGE, fixed, range) != range)
		abort();
	if (mremap(range, 4 * BOUNCE_PAGE, 8 * BOUNCE_PAGE, 0) != MAP_FAILED ||
	    errno != EFAULT)
		abort();
	if (mremap(range + 1, BOUNCE_PAGE, BOUNCE_PAGE, 0) != MAP_FAILED ||
	    errno != EINVAL)
		abort();
}

static inline int skipped(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return SKIPPED;
}

/* The status of a child that has ended, or of any. */
static inline int ended(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		abort();
	return status;
}

#endif
