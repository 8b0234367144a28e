/* SPDX-License-Identifier: MIT */

/*
 * Calls before main: from .preinit_array, which runs before every
 * constructor of every library, and from a library's constructor.
 */

#include "bounce.h"

#include <stdio.h>

void early_lib(void);

static int early;

static void before_all(void)
{
	bounce(bounce_range(0), 2);
	early++;
}

__attribute__((section(".preinit_array"),
	       used)) static void (*const first)(void) = before_all;

int main(void)
{
	early_lib();
	bounce(bounce_range(0), 2);
	printf("early %d\n", early);
	return 0;
}
