/* SPDX-License-Identifier: MIT */

/*
 * Calls from some sites, each of which takes a failure in a way of its own:
 * brittle [LETTERS], of sites. It reads a line, and what it prints tells of it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul

static char *range;

static char *start(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* As an allocator is, it is called by more than one. */
__attribute__((noipa)) static char *grow(void)
{
	char *got = mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE);

	/* no tail call: it is to be on the stack */
	__asm__ volatile("" : "+r"(got));
	return got;
}

/* Each is a site of its own, and no tail call. */
#define SITE __attribute__((noinline)) static void

SITE crashes(void)
{
	range = start();
	range = mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	range[PAGE] = 1;
}

SITE hangs(void)
{
	range = start();
	while (mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED)
		pause();
}

SITE gives_up(void)
{
	range = start();
	if (mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED)
		exit(3);
}

SITE cuts_short(void)
{
	range = start();
	range = mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	printf("%s\n", range == MAP_FAILED ? "little" : "a lot");
}

SITE aborts(void)
{
	range = start();
	if (mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED)
		abort();
}

/* The failure is another process's, and left to the shell to tell. */
SITE crashes_below(void)
{
	int status;

	range = start();
	if (!fork()) {
		range = mremap(range, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
		range[PAGE] = 1;
		_exit(0);
	}
	wait(&status);
	if (WIFSIGNALED(status))
		exit(128 + WTERMSIG(status));
}

/* libc makes a copy. */
SITE copes(void)
{
	char *grown = malloc(PAGE << 8);

	grown = realloc(grown, PAGE << 9);
	memset(grown, 1, PAGE << 9);
	free(grown);
}

SITE tries_again(void)
{
	range = start();
	for (int i = 0; i < 3 && grow() == MAP_FAILED; i++)
		;
}

/* The same site, with another caller. */
SITE gives_in(void)
{
	range = start();
	if (grow() == MAP_FAILED)
		exit(5);
}

static const struct {
	char letter;
	void (*calls)(void);
} sites[] = {
	{ 't', tries_again }, { 'r', copes },  { 's', cuts_short },
	{ 'g', gives_up },    { 'h', hangs },  { 'b', crashes_below },
	{ 'c', crashes },     { 'a', aborts }, { 'u', gives_in },
};

int main(int argc, char **argv)
{
	const char *letters = argc > 1 ? argv[1] : "trsghbc";
	char line[80] = "";

	if (!fgets(line, sizeof(line), stdin))
		strcpy(line, "nothing\n");
	printf("read %s", line);
	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		if (strchr(letters, sites[i].letter))
			sites[i].calls();
	}
	return 0;
}
