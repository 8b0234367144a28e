/* SPDX-License-Identifier: MIT */

/* One move onto a page that is in use, and one onto a hole. */

#include <stdio.h>
#include <sys/mman.h>

#define PAGE 4096ul
#define MAP(addr, len)                                                         \
	mmap(addr, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,   \
	     -1, 0)

int main(void)
{
	char *pages = MAP(NULL, 8 * PAGE);

	pages[0] = 'a';
	pages[2 * PAGE] = 'b';
	munmap(pages + 4 * PAGE, PAGE);
	if (mremap(pages, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   pages + 2 * PAGE) != pages + 2 * PAGE)
		perror("onto a page");
	if (mremap(pages + 2 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   pages + 4 * PAGE) != pages + 4 * PAGE)
		perror("onto a hole");
	return 0;
}
