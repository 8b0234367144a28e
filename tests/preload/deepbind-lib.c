/* SPDX-License-Identifier: MIT */

/* Opened with RTLD_DEEPBIND: its calls go to libc whatever is preloaded. */

#include "bounce.h"

#include <stdio.h>
#include <string.h>

void deepbind_calls(void);

void deepbind_calls(void)
{
	char *volatile buffer;

	bounce(bounce_range(0), 10);
	buffer = malloc(1 << 20);
	strcpy(buffer, "kept");
	buffer = realloc(buffer, 8 << 20);
	printf("%s\n", buffer);
	free(buffer);
}
