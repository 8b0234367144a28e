/* SPDX-License-Identifier: MIT */

/*
 * A 32-bit program, with libc: a row for each way to call mremap, and for what
 * else syscall(3) is for. Addresses are not shown, so that it prints the same
 * bare and preloaded. Last comes how many calls of mremap it has made.
 */

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define PAGE 4096u

_Static_assert(sizeof(void *) == 4, "32-bit programs are what this is about");

static unsigned int nr_calls;

static char *map(size_t pages)
{
	char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(1);
	memset(at, 'x', pages * PAGE);
	return at;
}

/* Where nothing is mapped for so many pages. */
static char *hole(size_t pages)
{
	char *at = map(pages);

	munmap(at, pages * PAGE);
	return at;
}

static void show(const char *name, const char *from, const char *got)
{
	if (got == MAP_FAILED)
		printf("%s: %s\n", name, strerror(errno));
	else
		printf("%s: %s, %c\n", name, got == from ? "stays" : "moves",
		       *got);
}

static char *resize(char *at, size_t old_pages, size_t new_pages, int flags,
		    char *to)
{
	nr_calls++;
	errno = 0;
	return mremap(at, old_pages * PAGE, new_pages * PAGE, flags, to);
}

/* The same by number; a failure is -1 here, too. */
static char *resize_raw(char *at, size_t old_pages, size_t new_pages, int flags,
			char *to)
{
	nr_calls++;
	errno = 0;
	return (char *)syscall(SYS_mremap, at, old_pages * PAGE,
			       new_pages * PAGE, flags, to);
}

typedef char *resize_fn(char *at, size_t old_pages, size_t new_pages, int flags,
			char *to);

static void sizes(const char *how, resize_fn *resize)
{
	char name[64];
	char *at = map(4);

#define SHOW(what, from, got)                                                  \
	(snprintf(name, sizeof(name), "%s: %s", how, what),                    \
	 show(name, from, got))
	SHOW("same size", at, resize(at, 4, 4, 0, NULL));
	SHOW("shrink", at, resize(at, 4, 2, 0, NULL));
	SHOW("grow into the hole", at, resize(at, 2, 4, 0, NULL));
	at = map(2);
	SHOW("fixed", at,
	     resize(at, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, hole(2)));
	at = map(2);
	SHOW("fixed, onto another", at,
	     resize(at, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, map(2)));
	at = map(2);
	SHOW("dontunmap", at,
	     resize(at, 2, 2, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	at = map(2);
	SHOW("unknown flag", at, resize(at, 2, 2, 64, NULL));
	SHOW("not aligned", at + 1, resize(at + 1, 1, 1, 0, NULL));
	SHOW("to nothing", at, resize(at, 2, 0, 0, NULL));
	SHOW("not mapped", at, resize(hole(2), 1, 2, MREMAP_MAYMOVE, NULL));
	SHOW("beyond the end", at,
	     resize(at, 1, 0xff000, MREMAP_MAYMOVE, NULL));
	SHOW("fixed beyond the end", at,
	     resize(at, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED,
		    (char *)(uintptr_t)0xfffff000u));
}

/* ------------------------------------------------- other calls by number */

static void others(void)
{
	char *at = (char *)syscall(SYS_mmap2, NULL, PAGE, PROT_READ,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long result;

	printf("six arguments: %s\n", at == MAP_FAILED ? "fails" : "mapped");
	printf("getpid: %d\n", syscall(SYS_getpid) == getpid());
	errno = 0;
	result = syscall(SYS_close, -1);
	printf("close(-1): %ld, %s\n", result, strerror(errno));
	printf("prctl: %ld\n", syscall(SYS_prctl, PR_SET_NAME, "narrow"));
	printf("prctl(3): %d\n", prctl(PR_SET_NAME, "narrow", 0, 0, 0));
	errno = EDOM;
	nr_calls++;
	syscall(SYS_mremap, map(1), PAGE, PAGE, 0, 0);
	printf("errno after success: %s\n", strerror(errno));
}

static void grow(void)
{
	char *buffer = NULL;

	/* from libc's threshold on each step is a call */
	for (size_t mib = 1; mib <= 8; mib++) {
		buffer = realloc(buffer, mib << 20);
		if (!buffer)
			exit(1);
		memset(buffer + ((mib - 1) << 20), 'r', 1 << 20);
	}
	nr_calls += 7;
	printf("realloc: %c\n", buffer[7 << 20]);
	free(buffer);
}

static void forks(void)
{
	int status;

	fflush(stdout);
	if (!fork()) {
		show("child", NULL, resize(map(1), 1, 2, MREMAP_MAYMOVE, NULL));
		fflush(stdout);
		_exit(0);
	}
	nr_calls++;
	wait(&status);
	printf("child: %d\n", status);
}

static void in_handler(int number)
{
	(void)number;
	show("handler", NULL, resize(map(1), 1, 1, 0, NULL));
}

int main(void)
{
	sizes("mremap", resize);
	sizes("syscall", resize_raw);
	others();
	grow();
	forks();
	signal(SIGUSR1, in_handler);
	raise(SIGUSR1);
	printf("calls %u\n", nr_calls);
	return 0;
}
