/* SPDX-License-Identifier: MIT */

/*
 * One call after the other, as the letters of the first argument say, and what
 * came of each: `.', or the errno. m is mremap, s syscall(), r realloc, R one
 * without memory for a copy, k shrinks, x is refused by the kernel and l by
 * libc; f goes on in a forked child as well, t has signals arrive all the
 * time, and ? tells whether more than 50 ms have passed.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define LARGE (PAGE << 8)

static char *range;
static unsigned long pages = 1;

/* In the table of dynamic symbols, for injections to find. */
void *grow_mapping(unsigned long by) __attribute__((noipa));

void *grow_mapping(unsigned long by)
{
	void *got = mremap(range, pages * PAGE, (pages + by) * PAGE, 0);

	/* no tail call: it is to be on the stack */
	__asm__ volatile("" : "+r"(got));
	return got;
}

static void *grow_raw(void)
{
	return (void *)syscall(SYS_mremap, range, pages * PAGE,
			       (pages + 1) * PAGE, 0ul, 0ul);
}

static void resized(void *got, unsigned long by)
{
	errno = got == MAP_FAILED ? errno : 0;
	if (!errno)
		pages += by;
}

static void shrink(void)
{
	void *got = mremap(range, pages * PAGE, (pages - 1) * PAGE, 0);

	resized(got, -1ul);
}

static void reallocate(rlim_t room)
{
	struct rlimit limit, little = { room, RLIM_INFINITY };
	char *old = malloc(LARGE);
	char *grown;

	getrlimit(RLIMIT_AS, &limit);
	setrlimit(RLIMIT_AS, &little);
	errno = 0;
	grown = realloc(old, 2 * LARGE);
	if (grown)
		errno = 0;
	setrlimit(RLIMIT_AS, &limit);
	free(grown ? grown : old);
}

static void ignore(int number)
{
	(void)number;
}

static void have_signals(void)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	signal(SIGALRM, ignore);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void go_on_twice(void)
{
	int error = 0;

	fflush(stdout);
	if (fork())
		error = wait(NULL) < 0 ? errno : 0;
	errno = error;
}

static int is_late(void)
{
	static struct timespec before;
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - before.tv_sec) * 1000 +
	     (now.tv_nsec - before.tv_nsec) / 1000000;
	before = now;
	return ms > 50;
}

static void make(char letter)
{
	errno = 0;
	switch (letter) {
	case 'm':
		resized(grow_mapping(1), 1);
		break;
	case 's':
		resized(grow_raw(), 1);
		break;
	case 'k':
		shrink();
		break;
	case 'r':
		reallocate(RLIM_INFINITY);
		break;
	case 'R':
		reallocate(1);
		break;
	case 'x':
		resized(mremap(range + 1, PAGE, PAGE, 0), 0);
		break;
	case 'l':
		resized(mremap(range, PAGE, PAGE, 64), 0);
		break;
	case 'f':
		go_on_twice();
		break;
	case 't':
		have_signals();
		break;
	default:
		abort();
	}
}

int main(int argc, char **argv)
{
	range = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(range + PAGE, 63 * PAGE);
	is_late();
	for (const char *at = argc > 1 ? argv[1] : ""; *at; at++) {
		if (*at == '?') {
			printf("%s ", is_late() ? "late" : "soon");
			continue;
		}
		make(*at);
		printf("%s ", errno ? strerrorname_np(errno) : ".");
	}
	printf("\n");
	return 0;
}
