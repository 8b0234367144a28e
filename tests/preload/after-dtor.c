/* SPDX-License-Identifier: MIT */

/* Calls after main: atexit handlers, destructors of program and library. */

#include "bounce.h"

#include <stdio.h>

void early_lib(void);

static void at_exit(void)
{
	bounce(bounce_range(0), 2);
	puts("atexit");
}

__attribute__((destructor)) static void at_end(void)
{
	bounce(bounce_range(0), 4);
	puts("program's end");
}

int main(void)
{
	early_lib();
	atexit(at_exit);
	bounce(bounce_range(0), 2);
	puts("main's end");
	return 0;
}
