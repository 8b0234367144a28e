/* SPDX-License-Identifier: MIT */

/*
 * endures CALLS FORKS: many of each, and whether memory or descriptors grew
 * meanwhile. What the first tenth takes is taken once.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

/* A trace's segments are mapped one at a time, of up to 4 MiB. */
#define STEADY_KB (8 << 10)

struct use {
	long memory_kb;
	long mappings;
	long descriptors;
};

static long count_lines(const char *path)
{
	FILE *file = fopen(path, "re");
	long nr = 0;
	int c;

	while (file && (c = getc(file)) != EOF)
		nr += c == '\n';
	if (file)
		fclose(file);
	return nr;
}

static long memory_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long size = 0;

	if (!file || fscanf(file, "%ld", &size) != 1)
		size = -1;
	if (file)
		fclose(file);
	return size * (sysconf(_SC_PAGESIZE) / 1024);
}

static long count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	long nr = 0;

	while (dir && readdir(dir))
		nr++;
	if (dir)
		closedir(dir);
	return nr;
}

static struct use use_now(void)
{
	return (struct use){ memory_kb(), count_lines("/proc/self/maps"),
			     count_descriptors() };
}

static void call(char *range, long times)
{
	for (long i = 0; i < times; i++) {
		size_t from = (size_t)(i % 2 ? 1 : 2) * PAGE;
		size_t to = 3 * PAGE - from;

		if (mremap(range, from, to, 0) == MAP_FAILED)
			exit(1);
	}
}

static void fork_often(char *range, long times)
{
	int status;

	for (long i = 0; i < times; i++) {
		pid_t pid = fork();

		if (!pid) {
			/* a trace has a file for each process that calls */
			if (i % 100 == 0)
				call(range, 2);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			exit(1);
	}
}

static void tell(const char *what, const struct use *from, const struct use *to)
{
	printf("%s: memory %s, mappings %s, descriptors %s\n", what,
	       to->memory_kb - from->memory_kb > STEADY_KB ? "grew" : "steady",
	       to->mappings - from->mappings > 4 ? "grew" : "steady",
	       to->descriptors > from->descriptors ? "grew" : "steady");
}

static void endure(const char *what, void (*work)(char *range, long times),
		   char *range, long times)
{
	struct use from, to;

	work(range, times / 10);
	from = use_now();
	work(range, times - times / 10);
	to = use_now();
	tell(what, &from, &to);
	fprintf(stderr, "%s: %ld kB, %ld mappings, %ld descriptors; then %ld, "
		"%ld, %ld\n", what, from.memory_kb, from.mappings,
		from.descriptors, to.memory_kb, to.mappings, to.descriptors);
}

int main(int argc, char **argv)
{
	char *range;

	if (argc > 1 && !strcmp(argv[1], "--version"))
		return puts("endures 1.0") < 0;
	if (argc < 3)
		return 2;
	range = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (range == MAP_FAILED)
		return 1;
	endure("calls", call, range, atol(argv[1]));
	endure("forks", fork_often, range, atol(argv[2]));
	return 0;
}
