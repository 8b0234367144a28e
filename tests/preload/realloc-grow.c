/* SPDX-License-Identifier: MIT */

/* Buffers growing side by side: libc calls mremap where no symbol is seen. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUFFERS 6
#define STEPS 14
#define STEP (1ul << 20)

int main(void)
{
	char *buffers[BUFFERS] = { NULL };
	unsigned long sum = 0;

	for (unsigned long step = 1; step <= STEPS; step++)
		for (int i = 0; i < BUFFERS; i++) {
			char *bigger = realloc(buffers[i], step * STEP);

			if (!bigger)
				return 1;
			memset(bigger + (step - 1) * STEP, i + 1, 64);
			buffers[i] = bigger;
		}
	for (int i = 0; i < BUFFERS; i++)
		for (unsigned long at = 0; at < STEPS * STEP; at += STEP)
			sum += (unsigned long)buffers[i][at];
	printf("sum %lu\n", sum);
	return 0;
}
