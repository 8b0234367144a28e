/* SPDX-License-Identifier: MIT */

/*
 * So many calls and no other system call: resizes NUMBER [PAUSE-AT]. With
 * PAUSE-AT it waits there for a line on standard input.
 */

#include "bounce.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000;
	unsigned long pause_at = argc > 2 ? strtoul(argv[2], NULL, 0) : 0;
	char *range = bounce_range(0);
	char line;

	bounce(range, pause_at);
	if (pause_at && (write(1, "pause\n", 6) != 6 || read(0, &line, 1) != 1))
		return 1;
	bounce(range, calls - pause_at);
	printf("calls %lu\n", calls);
	return 0;
}
