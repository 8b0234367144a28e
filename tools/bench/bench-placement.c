/* SPDX-License-Identifier: MIT */

/*
 * What it costs to grow where that means to move.
 *
 *     bench-placement move|again|aligned|gigabytes BYTES SAMPLES
 *                     SMALL|HUGE|DEFAULT
 *     bench-placement file BYTES SAMPLES PATH
 *     bench-placement realloc BYTES BUFFERS
 *
 * move: a mapping of so many bytes, each page written to, something mapped
 * behind it, grown by a page: a line for each sample with the ns it took and
 * whether the new place is congruent. SMALL and HUGE are what madvise(2) is
 * told. again: the same once more, of what has been moved so already. aligned:
 * of a length and to a length that the kernel aligns. gigabytes: from a
 * multiple of 1 GB. file: a file, mapped shared. realloc: buffers that grow by
 * half in turn, from 1 MB until they are as large, each page written to: the
 * ns in all calls, and how many.
 */

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE ((size_t)4096)
#define TABLE ((size_t)2 << 20)
#define GIGABYTE ((size_t)1 << 30)
#define MAX_BUFFERS 16

struct sample {
	size_t len;
	size_t by;
	size_t unit; /* its address is a multiple of */
	int advice;  /* 0: none */
	int fd;	     /* -1: no file */
	bool again;
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void *map(void *addr, size_t len, int prot, int flags, int fd)
{
	void *got = mmap(addr, len, prot, flags, fd, 0);

	if (got == MAP_FAILED)
		fail("mmap");
	return got;
}

/* ------------------------------------------------------------- one move */

/* So that offsets in tables are as they come, from one sample to the next. */
static void *shift(size_t len)
{
	return map(NULL, len, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
}

/* What is there already blocks as well, and stays. Return: ours. */
static void *block(char *at)
{
	void *got =
		mmap(at, PAGE, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	return got == MAP_FAILED ? NULL : got;
}

static void unblock(void *blocked)
{
	if (blocked)
		munmap(blocked, PAGE);
}

/* A file's is where its file system has it. */
static char *place_for(const struct sample *sample)
{
	size_t unit = sample->unit;
	char *room;

	if (sample->fd >= 0)
		return NULL;
	room = shift(sample->len + unit);
	munmap(room, sample->len + unit);
	return (char *)(((uintptr_t)room + unit - 1) & -unit);
}

/* With something behind it, and with all of its pages. */
static char *lay(const struct sample *sample, void **ret_blocked)
{
	int flags = sample->fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	char *at = map(place_for(sample), sample->len, PROT_READ | PROT_WRITE,
		       flags, sample->fd);

	*ret_blocked = block(at + sample->len);
	if (sample->advice && madvise(at, sample->len, sample->advice))
		fail("madvise");
	for (size_t i = 0; i < sample->len; i += PAGE)
		at[i] = 1;
	return at;
}

/* Return: where it is now. */
static char *grow_by(char *at, size_t len, size_t new_len, bool reported)
{
	uint64_t begin = now();
	char *to = mremap(at, len, new_len, MREMAP_MAYMOVE);
	uint64_t took = now() - begin;
	const char *what = "moved";

	if (to == MAP_FAILED)
		fail("mremap");
	if (to == at)
		what = "stayed";
	else if (!(((uintptr_t)to ^ (uintptr_t)at) & (TABLE - 1)))
		what = "congruent";
	if (reported)
		printf("%llu %s\n", (unsigned long long)took, what);
	return to;
}

static void move_once(const struct sample *sample)
{
	size_t gap = PAGE * (size_t)(1 + rand() % 500);
	size_t len = sample->len, by = sample->by;
	void *blocked;
	char *at = lay(sample, &blocked);
	void *shifted = shift(gap);
	char *to = grow_by(at, len, len + by, !sample->again);

	unblock(blocked);
	if (sample->again) {
		len += by;
		blocked = block(to + len);
		for (size_t i = 0; i < len; i += PAGE)
			to[i] = 1;
		to = grow_by(to, len, len + by, true);
		unblock(blocked);
	}
	munmap(to, len + by);
	munmap(shifted, gap);
}

static void move(const struct sample *sample, int samples)
{
	srand((unsigned)getpid());
	for (int i = 0; i < samples; i++)
		move_once(sample);
}

static int advice_of(const char *word)
{
	if (!strcmp(word, "SMALL"))
		return MADV_NOHUGEPAGE;
	return strcmp(word, "HUGE") ? 0 : MADV_HUGEPAGE;
}

/* -------------------------------------------------------------- realloc */

struct buffer {
	char *at;
	size_t len;
};

static void touch(const struct buffer *buffer, size_t from)
{
	for (size_t i = from; i < buffer->len; i += PAGE)
		buffer->at[i] = 1;
}

/* Return: the ns that it took. */
static uint64_t grow(struct buffer *buffer, size_t most)
{
	size_t len = buffer->len + buffer->len / 2;
	size_t from = buffer->len;
	uint64_t begin, took;
	char *at;

	if (len > most)
		len = most;
	begin = now();
	at = realloc(buffer->at, len);
	took = now() - begin;
	if (!at)
		fail("realloc");
	buffer->at = at;
	buffer->len = len;
	touch(buffer, from);
	return took;
}

static void grow_all(size_t most, int nr)
{
	struct buffer buffers[MAX_BUFFERS];
	uint64_t took = 0;
	int calls = 0;

	for (int i = 0; i < nr; i++) {
		buffers[i].len = (size_t)1 << 20;
		buffers[i].at = malloc(buffers[i].len);
		if (!buffers[i].at)
			fail("malloc");
		touch(&buffers[i], 0);
	}
	while (buffers[nr - 1].len < most) {
		for (int i = 0; i < nr; i++, calls++)
			took += grow(&buffers[i], most);
	}
	printf("%llu %d\n", (unsigned long long)took, calls);
}

/* ------------------------------------------------------------- arguments */

static void usage(void)
{
	fputs("bench-placement: move|again|aligned|gigabytes|file BYTES SAMPLES "
	      "ADVICE|PATH, or realloc BYTES BUFFERS\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	struct sample sample = { .by = PAGE, .unit = PAGE, .fd = -1 };
	int nr;

	if (argc < 4)
		usage();
	sample.len = strtoull(argv[2], NULL, 0);
	nr = atoi(argv[3]);
	if (!strcmp(argv[1], "realloc")) {
		if (nr < 1 || nr > MAX_BUFFERS)
			usage();
		grow_all(sample.len, nr);
		return 0;
	}
	if (argc < 5)
		usage();
	sample.again = !strcmp(argv[1], "again");
	if (!strcmp(argv[1], "aligned"))
		sample.by = sample.unit = TABLE;
	if (!strcmp(argv[1], "gigabytes"))
		sample.unit = GIGABYTE;
	if (!strcmp(argv[1], "file")) {
		sample.fd = open(argv[4], O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (sample.fd < 0 || ftruncate(sample.fd, (off_t)sample.len))
			fail(argv[4]);
	} else {
		sample.advice = advice_of(argv[4]);
	}
	move(&sample, nr);
	return 0;
}
