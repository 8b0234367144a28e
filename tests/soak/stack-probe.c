/* SPDX-License-Identifier: MIT */

/*
 * How musl's pthread_getattr_np finds out where the stack of the first thread
 * ends: page by page downwards, a page is asked to grow where it cannot. While
 * there is a page above that is in the way the errno is ENOMEM; at the first
 * that is not mapped it is EFAULT.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uintptr_t above_stack(char **environment)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	while (*environment)
		environment++;
	return ((uintptr_t)(environment + 1) + page - 1) & -page;
}

static size_t probe(uintptr_t top, size_t page)
{
	size_t l = page;

	while (mremap((void *)(top - l - page), page, 2 * page, 0) ==
		       MAP_FAILED &&
	       errno == ENOMEM)
		l += page;
	return l;
}

static uintptr_t stack_start(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, found = 0;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps)) {
		if (strstr(line, "[stack]") && sscanf(line, "%lx", &start) == 1)
			found = start;
	}
	if (maps)
		fclose(maps);
	return found;
}

/* A stack of some size: what has been used stays mapped. */
static int use_stack(int depth)
{
	volatile char frame[4096];

	memset((char *)frame, depth, sizeof(frame));
	return depth ? use_stack(depth - 1) + frame[depth] : 0;
}

int main(int argc, char **argv)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t top, start;
	size_t size;
	int error;

	if (argc > 1 && !strcmp(argv[1], "--version")) {
		puts("1.0");
		return 0;
	}
	use_stack(200);
	top = above_stack(argv + argc + 1);
	size = probe(top, page);
	error = errno;
	start = stack_start();
	printf("ends with %s, at the %s of the stack\n", strerror(error),
	       top - size == start ? "start" : "wrong end");
	return top - size != start;
}
