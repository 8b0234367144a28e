/* SPDX-License-Identifier: MIT */

/* A plugin in C, for plugins.c: as many calls as throwing.cc makes. */

#include "../preload/bounce.h"

int plugin_run(char *range, int depth);

int plugin_run(char *range, int depth)
{
	bounce(range, 2);
	for (int i = 0; i < 3 * depth; i++) {
		if (mremap(range, BOUNCE_PAGE, BOUNCE_PAGE, 0) != range)
			abort();
	}
	return 1;
}
