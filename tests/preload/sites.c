/* SPDX-License-Identifier: MIT */

/* So many calls from one place in the code, and half as many from another. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096ul

static char *range;
static unsigned int denied[2];
static int why[2];

static void note(int site, const void *result)
{
	if (result != MAP_FAILED)
		return;
	denied[site]++;
	why[site] = errno;
}

static void print(int site)
{
	printf("site %d: %u denied", site + 1, denied[site]);
	if (denied[site])
		printf(": %s", strerrorname_np(why[site]));
	printf("\n");
}

int main(int argc, char **argv)
{
	unsigned int calls = argc > 1 ? (unsigned int)atoi(argv[1]) : 100;

	range = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (unsigned int i = 0; i < calls; i++)
		note(0, mremap(range, PAGE, PAGE, 0));
	for (unsigned int i = 0; i < calls / 2; i++)
		note(1, mremap(range, PAGE, PAGE, MREMAP_MAYMOVE));
	print(0);
	print(1);
	return 0;
}
