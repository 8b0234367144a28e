/* SPDX-License-Identifier: MIT */

/*
 * What a program does with the address space it moves away from: holds ROW.
 * All print the same with a quarantine as without.
 */

#include "stale.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void fill(char *at, size_t len, char with)
{
	memset(at, with, len);
}

static void check(const char *at, size_t len, char with)
{
	for (size_t i = 0; i < len; i += 512) {
		if (at[i] != with)
			abort();
	}
}

static void move(char *from, size_t len, char *to)
{
	if (mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
		abort();
}

/* Old ranges of so many moves, all at new addresses. */
static void many_moves(int nr)
{
	for (int i = 0; i < nr; i++)
		moved_from();
}

static void map_at(char *at, size_t len, char with)
{
	if (mmap(at, len, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at)
		abort();
	fill(at, len, with);
}

/* ------------------------------------------------------------------ rows */

static void moves(void)
{
	many_moves(3);
	printf("moved\n");
}

/* It maps over the old range, all of it or parts, and never loses that. */
static void mapped_over(void)
{
	char *all = moved_from();
	char *middle, *ends;

	map_at(all, MOVED_LEN, 2);
	middle = moved_from();
	map_at(middle + PAGE, PAGE, 3);
	ends = moved_from();
	map_at(ends, PAGE, 4);
	map_at(ends + MOVED_LEN - PAGE, PAGE, 5);
	many_moves(100);
	check(all, MOVED_LEN, 2);
	check(middle + PAGE, PAGE, 3);
	check(ends, PAGE, 4);
	check(ends + MOVED_LEN - PAGE, PAGE, 5);
	printf("all there\n");
}

/* What it unmaps once more may become anything. */
static void unmapped_again(void)
{
	char *old = moved_from();
	char *new;

	munmap(old, MOVED_LEN);
	new = mmap(old, MOVED_LEN, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fill(new, MOVED_LEN, 6);
	many_moves(100);
	check(new, MOVED_LEN, 6);
	printf("there: %d\n", new == old);
}

/* To and fro: the old range is where the next move goes. */
static void to_and_fro(void)
{
	char *a = map(MOVED_LEN);
	char *b = map(MOVED_LEN);

	fill(a, MOVED_LEN, 7);
	for (int i = 0; i < 100; i++) {
		move(a, MOVED_LEN, b);
		check(b, MOVED_LEN, 7);
		move(b, MOVED_LEN, a);
		check(a, MOVED_LEN, 7);
	}
	printf("still 7\n");
}

/* What lies below an old range grows into it, without leave to move. */
static void grows_into(void)
{
	char *low = map(2 * MOVED_LEN);
	char *away = map(MOVED_LEN);

	fill(low, MOVED_LEN, 8);
	move(low + MOVED_LEN, MOVED_LEN, away);
	printf("grows %d\n", mremap(low, MOVED_LEN, 2 * MOVED_LEN, 0) == low);
	check(low, MOVED_LEN, 8);
	fill(low, 2 * MOVED_LEN, 9);
	many_moves(100);
	check(low, 2 * MOVED_LEN, 9);
}

/* The old range shrinks on its way, and a part of it was another mapping. */
static void shrinks(void)
{
	char *from = map(MOVED_LEN);
	char *to = map(MOVED_LEN);

	fill(from, MOVED_LEN, 1);
	if (mremap(from, MOVED_LEN, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   to) != to)
		abort();
	check(to, 2 * PAGE, 1);
	printf("shrunk\n");
}

/* A call on what moved away is refused, as ever. */
static void used_again(void)
{
	char *old = moved_from();

	errno = 0;
	if (mremap(old, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED)
		printf("errno %d\n", errno);
	errno = 0;
	if (mremap(old, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED)
		printf("errno %d\n", errno);
}

static void reallocs(void)
{
	unsigned char *at = NULL;
	size_t len = 1 << 20;

	for (int i = 0; i < 64; i++, len += 1 << 20) {
		/* something behind it */
		char *other = map(PAGE);

		at = realloc(at, len);
		if (!at)
			abort();
		memset(at + len - (1 << 20), i, 1 << 20);
		for (int j = 0; j <= i; j++) {
			if (at[(size_t)j << 20] != j)
				abort();
		}
		munmap(other, PAGE);
	}
	free(at);
	printf("grown\n");
}

static void *wait_for_ever(void *nothing)
{
	pause();
	return nothing;
}

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

/* It is refused, and has not lost what was to be cut off. */
static void shrinks_onto_sealed(void)
{
	char *from = map(2 * MOVED_LEN);
	char *to = map(MOVED_LEN);
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_ever, NULL);
	fill(from, 2 * MOVED_LEN, 5);
	if (syscall(SYS_mseal, to, MOVED_LEN, 0L)) {
		fprintf(stderr, "nothing can be sealed here\n");
		exit(77);
	}
	if (mremap(from, 2 * MOVED_LEN, MOVED_LEN,
		   MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED)
		abort();
	printf("errno %d\n", errno);
	check(from, MOVED_LEN, 5);
	printf("the rest: %d\n", msync(from + MOVED_LEN, MOVED_LEN, MS_ASYNC));
}

static unsigned long status_kilobytes(const char *key)
{
	unsigned long kilobytes = 0;
	char line[256];
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			kilobytes = strtoul(line + strlen(key), NULL, 10);
	if (file)
		fclose(file);
	return kilobytes;
}

static unsigned long locked_kilobytes(void)
{
	return status_kilobytes("VmLck:");
}

/* Of two mappings there is a limit's room for one, which is not lost. */
static void half_refused(void)
{
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };
	char *from = map(2 * MOVED_LEN);
	char *to = map(2 * MOVED_LEN);

	many_moves(3);
	munmap(to, 2 * MOVED_LEN);
	fill(from, MOVED_LEN, 4);
	madvise(from + MOVED_LEN, MOVED_LEN, MADV_DONTDUMP);
	limit.rlim_cur =
		(status_kilobytes("VmData:") << 10) + MOVED_LEN + MOVED_LEN / 2;
	if (setrlimit(RLIMIT_DATA, &limit))
		abort();
	if (mremap(from, 2 * MOVED_LEN, 2 * MOVED_LEN,
		   MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
		   to) != MAP_FAILED)
		abort();
	printf("errno %d\n", errno);
	/* before Linux 6.17 it is where it was */
	check(errno == ENOMEM ? to : from, MOVED_LEN, 4);
}

/* Counted once, wherever it has been. */
static void locked(void)
{
	char *at = map(2 * MOVED_LEN);
	char *to = map(2 * MOVED_LEN);
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_ever, NULL);
	if (mlock(at, MOVED_LEN)) {
		fprintf(stderr, "nothing may be locked here\n");
		exit(77);
	}
	fill(at, MOVED_LEN, 3);
	move(at, MOVED_LEN, to);
	printf("locked %lu\n", locked_kilobytes() / (MOVED_LEN >> 10));
	/* what is behind it is not locked, and another mapping */
	to = mremap(to, MOVED_LEN, 2 * MOVED_LEN, MREMAP_MAYMOVE);
	check(to, MOVED_LEN, 3);
	printf("locked %lu\n", locked_kilobytes() / (MOVED_LEN >> 10));
}

/* More than there is: it stays where it is, as it is. */
static void refused_growth(void)
{
	char *at = map(MOVED_LEN);
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_ever, NULL);
	fill(at, MOVED_LEN, 2);
	for (int i = 0; i < 20; i++) {
		if (mremap(at, MOVED_LEN, (size_t)1 << 46, MREMAP_MAYMOVE) !=
		    MAP_FAILED) {
			printf("there is no limit\n");
			return;
		}
		check(at, MOVED_LEN, 2);
		fill(at, MOVED_LEN, 2);
	}
	printf("refused\n");
}

static void forks(void)
{
	int status;

	many_moves(10);
	fflush(stdout);
	if (!fork()) {
		many_moves(10);
		printf("child\n");
		exit(0);
	}
	wait(&status);
	many_moves(10);
	printf("parent %x\n", (unsigned)status);
}

static void limit_address_space(rlim_t to)
{
	struct rlimit limit;

	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = to;
	if (setrlimit(RLIMIT_AS, &limit))
		abort();
}

/*
 * With a limit, held or not, all is to be had that is without us, but for our
 * own few mappings: a MiB.
 */
static size_t all_there_is(void)
{
	size_t total = 0;

	while (mmap(NULL, 1 << 20, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		    0) != MAP_FAILED)
		total += 1 << 20;
	return total;
}

static void unmap_moved(int nr)
{
	for (int i = 0; i < nr; i++) {
		char *from = map(MOVED_LEN);
		char *to = map(MOVED_LEN);

		move(from, MOVED_LEN, to);
		munmap(to, MOVED_LEN);
	}
}

static void limited_later(void)
{
	unmap_moved(500);
	limit_address_space(256 << 20);
	unmap_moved(32);
	printf("%zu MiB\n", (all_there_is() + (8 << 20)) >> 24 << 4);
}

static unsigned long max_map_count(void)
{
	unsigned long max = 65530;
	FILE *file = fopen("/proc/sys/vm/max_map_count", "r");

	if (file && fscanf(file, "%lu", &max) != 1)
		max = 65530;
	if (file)
		fclose(file);
	return max;
}

/*
 * As many maps as there may be, but for so few that what is held makes the
 * difference: moves go on, and all are there afterwards.
 */
static void full_of_maps(void)
{
	unsigned long max = max_map_count();
	unsigned long nr = max - 500;
	char *at;

	if (max > 1000000) {
		fprintf(stderr, "too many maps allowed here\n");
		exit(77);
	}
	at = map((nr + 400) * PAGE);
	for (unsigned long i = 0; i < nr; i += 2)
		mprotect(at + i * PAGE, PAGE, PROT_READ);
	unmap_moved(2000);
	/* and the rest, but for our own */
	for (unsigned long i = 0; i < 400; i += 2) {
		if (mprotect(at + (nr + i) * PAGE, PAGE, PROT_READ))
			abort();
	}
	printf("moved\n");
}

static const struct row rows[] = {
	{ "moves", moves },
	{ "mapped-over", mapped_over },
	{ "unmapped-again", unmapped_again },
	{ "to-and-fro", to_and_fro },
	{ "grows-into", grows_into },
	{ "shrinks", shrinks },
	{ "used-again", used_again },
	{ "reallocs", reallocs },
	{ "refused-growth", refused_growth },
	{ "forks", forks },
	{ "shrinks-onto-sealed", shrinks_onto_sealed },
	{ "half-refused", half_refused },
	{ "locked-among-threads", locked },
	{ "locked-moves-always", locked },
	{ "limited-later", limited_later },
	{ "full-of-maps", full_of_maps },
};

int main(int argc, char **argv)
{
	return run_row(rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
}
