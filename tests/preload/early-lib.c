/* SPDX-License-Identifier: MIT */

/* A linked library that calls from its constructor, and last of all from its
 * destructor. */

#include "bounce.h"

#include <unistd.h>

void early_lib(void);

void early_lib(void)
{
}

__attribute__((constructor)) static void at_start(void)
{
	bounce(bounce_range(1), 4);
}

__attribute__((destructor)) static void at_end(void)
{
	bounce(bounce_range(1), 6);
	if (write(1, "library's end\n", 14) != 14)
		_exit(9);
}
