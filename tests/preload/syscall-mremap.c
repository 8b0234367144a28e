/* SPDX-License-Identifier: MIT */

/* Through libc's syscall(): mremap with all 64 bits, and what is not ours. */

#include "bounce.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	char *range = bounce_range(0);
	long got;

	got = syscall(SYS_mremap, range, BOUNCE_PAGE, 3 * BOUNCE_PAGE, 0, 0);
	printf("grow: %s\n", got == (long)range ? "in place" : "elsewhere");
	got = syscall(SYS_mremap, range, 3 * BOUNCE_PAGE, BOUNCE_PAGE, 0, 0);
	printf("shrink: %s\n", got == (long)range ? "in place" : "elsewhere");
	got = syscall(SYS_mremap, range, BOUNCE_PAGE, BOUNCE_PAGE, 1ul << 40);
	printf("flag 2^40: %ld %s\n", got, strerror(errno));
	got = syscall(SYS_mremap, range, BOUNCE_PAGE, BOUNCE_PAGE, 3ul,
		      range + 8 * BOUNCE_PAGE);
	printf("fixed: %ld\n", (got - (long)range) / (long)BOUNCE_PAGE);
	printf("pid: %d\n", syscall(SYS_getpid) == getpid());
	/* six arguments, all of which must arrive */
	got = syscall(SYS_mmap, range, BOUNCE_PAGE, PROT_READ,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("mmap: %s\n", got == (long)range ? "there" : "elsewhere");
	got = syscall(99999);
	printf("no such call: %ld %s\n", got, strerror(errno));
	return 0;
}
