/* SPDX-License-Identifier: MIT */

/* MREMAP_DONTUNMAP takes a hint: the fifth argument must arrive. */

#include "bounce.h"

#include <stdio.h>

#define DONTUNMAP 4

int main(void)
{
	char *range = bounce_range(0);
	char *hint = range + 64 * BOUNCE_PAGE;
	char *got;

	range[0] = 'x';
	got = mremap(range, BOUNCE_PAGE, BOUNCE_PAGE,
		     MREMAP_MAYMOVE | DONTUNMAP, hint);
	printf("%s %c\n", got == hint ? "at the hint" : "elsewhere", got[0]);
	return got == hint ? 0 : 1;
}
