/* SPDX-License-Identifier: MIT */

/*
 * Refusals that destroy: `doomed` makes each call of doomed-rows.h in a child
 * and prints a line of what came of the ranges it names:
 *
 *   crosses its end: EFAULT | source kept, tail -, destination lost, vmas -1
 *
 * With --under OBJECT OPTIONS... it does so once bare, then preloaded with each
 * of the OPTIONS, each time under a line "mode OPTIONS". With --machine before
 * it this machine's settings may be changed, which some rows ask for.
 */

#include "doomed.h"
#include "calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doomed-rows.h"

#define NR_ROWS (sizeof(rows) / sizeof(*rows))

struct scene scene;

enum { SOURCE, TAIL, DESTINATION, NR_RANGES };

static uint64_t page_up(uint64_t len)
{
	return (len + PAGE - 1) & ~(PAGE - 1);
}

/* What reaches past the end of memory is no range. */
static uint64_t end_of(uint64_t start, uint64_t len)
{
	return start + len < start ? start : start + len;
}

/* A duplicate's source is as long as it is to be. */
static void find_ranges(const struct row *row, struct range *ret)
{
	uint64_t addr = row->addr + scene.base;
	uint64_t old_len = page_up(row->old_len);
	uint64_t new_len = page_up(row->new_len);
	uint64_t kept = old_len && old_len < new_len ? old_len : new_len;

	memset(ret, 0, NR_RANGES * sizeof(*ret));
	ret[SOURCE] = (struct range){ addr, end_of(addr, kept) };
	if (old_len > new_len)
		ret[TAIL] = (struct range){ ret[SOURCE].end,
					    end_of(ret[SOURCE].end,
						   old_len - new_len) };
	if (row->flags & ONLY_FIXED)
		ret[DESTINATION] =
			(struct range){ row->new_addr,
					end_of(row->new_addr, new_len) };
}

static int make_call(const struct row *row)
{
	void *got =
		mremap((void *)(row->addr + scene.base), row->old_len,
		       row->new_len, (int)row->flags, (void *)row->new_addr);

	return got == MAP_FAILED ? errno : 0;
}

static bool since(unsigned int version)
{
	return kernel_at_least(version >> 8, version & 255);
}

static const char *doubt(const struct row *row)
{
	bool later = row->doubt_until && since(row->doubt_until);

	return since(row->doubt_from) && !later ? row->doubt : NULL;
}

/* In a child of its own. */
static void run_row(const struct row *row)
{
	static struct state before[NR_RANGES + 1], after[NR_RANGES + 1];
	struct range ranges[NR_RANGES];
	const char *verb = "";
	int error = lay_out(row->lay, &verb);

	if (error < 0) {
		dprintf(1, "%s: skip: %s: %s\n", row->name, verb,
			strerrorname_np(-error));
		return;
	}
	find_ranges(row, ranges);
	look_at(ranges, NR_RANGES, before);
	error = make_call(row);
	look_at(ranges, NR_RANGES, after);
	dprintf(1,
		"%s: %s | source %s, tail %s, destination %s, vmas %+d%s%s\n",
		row->name, error ? strerrorname_np(error) : "ok",
		fate(&before[SOURCE], &after[SOURCE]),
		fate(&before[TAIL], &after[TAIL]),
		fate(&before[DESTINATION], &after[DESTINATION]),
		(int)(after[NR_RANGES].nr_vmas - before[NR_RANGES].nr_vmas),
		doubt(row) ? " | in doubt: " : "", doubt(row) ?: "");
}

static void run_in_child(const struct row *row)
{
	int status;
	pid_t child = fork();

	if (child < 0) {
		perror("fork");
		exit(1);
	}
	if (child == 0) {
		run_row(row);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		dprintf(1, "%s: killed by signal %d\n", row->name,
			WTERMSIG(status));
}

/* Limits on memory count a growing stack: let it have grown before. */
static void grow_stack(void)
{
	volatile char room[256 * 1024];

	for (size_t i = 0; i < sizeof(room); i += PAGE)
		room[i] = 1;
}

static int run_rows(void)
{
	scene.calls = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	grow_stack();
	for (size_t i = 0; i < NR_ROWS; i++) {
		run_in_child(&rows[i]);
		restore_machine();
	}
	return 0;
}

static void run_under(const char *self, const char *machine, const char *object,
		      const char *options)
{
	int status;
	pid_t child;

	dprintf(1, "mode %s\n", options);
	child = fork();
	if (child == 0) {
		setenv("LD_PRELOAD", object, 1);
		setenv("REMAPGUARD_OPTIONS", options, 1);
		execl(self, self, machine, NULL);
		perror(self);
		_exit(1);
	}
	waitpid(child, &status, 0);
	if (status) {
		dprintf(1, "mode %s: ended with %d\n", options, status);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	const char *self = "/proc/self/exe";
	const char *machine = NULL;

	if (argc > 1 && strcmp(argv[1], "--machine") == 0) {
		machine = argv[1];
		own_machine();
		argc--, argv++;
	}
	if (argc < 2 || strcmp(argv[1], "--under") != 0)
		return run_rows();
	dprintf(1, "mode bare\n");
	run_rows();
	for (int i = 3; i < argc; i++)
		run_under(self, machine, argv[2], argv[i]);
	return 0;
}
