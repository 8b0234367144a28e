/* SPDX-License-Identifier: MIT */

/*
 * clobbers-raw [forge|survive]: MREMAP_FIXED onto memory in use, past every
 * libc. Prints what it got, and whether the mappings and what is in them are
 * as before. With forge the call carries the cookie out of the environment;
 * with survive it handles an abort, and then stays for as long as it may.
 */

#include "raw.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 65536ul
#define FIXED 3ul

static char before[65536], after[65536];

static void read_maps(char *text, size_t size)
{
	FILE *in = fopen("/proc/self/maps", "r");
	size_t len = in ? fread(text, 1, size - 1, in) : 0;

	text[len] = '\0';
	if (in)
		fclose(in);
}

static unsigned long cookie(void)
{
	const char *options = getenv("REMAPGUARD_OPTIONS");
	const char *last = NULL;

	while (options && (options = strstr(options, "cookie="))) {
		options += strlen("cookie=");
		last = options;
	}
	return last ? strtoul(last, NULL, 0) : 0;
}

static char *map(char letter)
{
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memset(at, letter, PAGE);
	return at;
}

static void stay(int signal)
{
	(void)signal;
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	unsigned long sixth =
		argc > 1 && !strcmp(argv[1], "forge") ? cookie() : 0;
	char *from = map('a'), *to = map('b');
	long got;

	if (argc > 1 && !strcmp(argv[1], "survive"))
		signal(SIGABRT, stay);

	/* what stdio maps is there from the start */
	read_maps(before, sizeof(before));
	read_maps(before, sizeof(before));
	got = raw_mremap_marked(from, PAGE, PAGE, FIXED, to, sixth);
	read_maps(after, sizeof(after));
	printf("%s\n", got == (long)to ? "moved" : strerror((int)-got));
	printf("maps %s\n", strcmp(before, after) ? "differ" : "are the same");
	printf("holds %c\n", *to);
	return 0;
}
