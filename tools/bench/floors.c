/* SPDX-License-Identifier: MIT */

#include "floors.h"

#include "trace/procmap.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define SEGMENT (4l << 20)
#define PATH_SIZE 4096

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static uint64_t counter(void)
{
#if defined(__x86_64__)
	__builtin_ia32_lfence();
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#endif
}

void batch_counter(struct arena *arena, unsigned long calls)
{
	(void)arena;
	while (calls--)
		if (counter() > counter())
			die("bench-calls: the counter goes back");
}

void batch_query(struct arena *arena, unsigned long calls)
{
	while (calls--) {
		struct rg_procmap arg = {
			.size = sizeof(arg),
			.query_flags = RG_PROCMAP_COVERING_OR_NEXT,
			.query_addr = (uintptr_t)arena->here,
		};

		if (ioctl(arena->maps, RG_PROCMAP_QUERY, &arg) ||
		    arg.vma_start != (uintptr_t)arena->here)
			die("bench-calls: PROCMAP_QUERY");
	}
}

static bool write_zeroes(int fd)
{
	static const char zeroes[SEGMENT / 32];
	struct iovec pieces[32];

	for (int i = 0; i < 32; i++)
		pieces[i] = (struct iovec){ (void *)zeroes, sizeof(zeroes) };
	return pwritev(fd, pieces, 32, 0) == SEGMENT;
}

static void make_segment(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	void *mem;

	if (fd < 0 || fallocate(fd, 0, 0, SEGMENT) || !write_zeroes(fd))
		die(path);
	mem = mmap(NULL, SEGMENT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED || madvise(mem, SEGMENT, MADV_POPULATE_WRITE))
		die(path);
	close(fd);
	munmap(mem, SEGMENT);
}

/* Beside the trace, and like it left to whoever started this. */
void batch_segment(struct arena *arena, unsigned long calls)
{
	static unsigned made;
	const char *parent = getenv("TMPDIR");
	char path[PATH_SIZE];

	(void)arena;
	while (calls--) {
		snprintf(path, sizeof(path), "%s/segment-%d-%u",
			 parent ? parent : "/tmp", (int)getpid(), made++);
		make_segment(path);
	}
}
