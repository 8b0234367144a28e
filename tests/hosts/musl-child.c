/* SPDX-License-Identifier: MIT */

/* Built with musl: calls of its own, and one of musl's heap. */

#include "hosts.h"

int main(void)
{
	char *block = malloc(1000000);

	mixed(0);
	block = realloc(block, 3000000);
	block[2999999] = 1;
	printf("calls %lu\nunseen 1\n", MIXED_CALLS + 1);
	return 5;
}
