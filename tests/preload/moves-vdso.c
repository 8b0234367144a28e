/* SPDX-License-Identifier: MIT */

/*
 * A program that moves its vDSO, as one does that restores another or locks
 * itself in, and asks nobody for the time any more: not even the object may
 * call what was there.
 */

#include "bounce.h"

#include <stdio.h>
#include <sys/auxv.h>

#define CALLS 100000

/* Of the mapping that begins there. */
static size_t length_at(unsigned long start)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from = 0, to = 0;
	char line[512];

	while (from != start && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx", &from, &to) != 2)
			abort();
	fclose(maps);
	return from == start ? to - from : 0;
}

int main(void)
{
	unsigned long vdso = getauxval(AT_SYSINFO_EHDR);
	size_t len = vdso ? length_at(vdso) : 0;
	char *to = (char *)0x210000000000ul;

	if (!len)
		return 77;
	if (mremap((void *)vdso, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) !=
	    to)
		abort();
	bounce(bounce_range(0), CALLS);
	printf("calls %d\n", CALLS + 1);
	return 0;
}
