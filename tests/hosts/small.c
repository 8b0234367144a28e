/* SPDX-License-Identifier: MIT */

/*
 * Limits that are nearly reached: small descriptors|memory. The last of them
 * is taken, then the program goes on as it would.
 */

#include "hosts.h"

#include <sys/resource.h>

static int limit(int resource, rlim_t most)
{
	struct rlimit now = { .rlim_cur = most, .rlim_max = most };

	return setrlimit(resource, &now);
}

static rlim_t size_now(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%lu", &pages) != 1)
		abort();
	fclose(file);
	return pages * BOUNCE_PAGE;
}

/* Room for what the program itself is going to ask for, and no more. */
static int take_memory(void)
{
	return limit(RLIMIT_AS, size_now() + 3 * BOUNCE_PAGE);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	pid_t pid;

	printf("calls %lu\n", 2 * MIXED_CALLS + 3000);
	fflush(stdout);
	bounce_range(0);
	if (!strcmp(what, "memory") ? take_memory() : limit(RLIMIT_NOFILE, 3))
		return skipped("the limit cannot be set");
	mixed(0);
	bounce(bounce_range(0), 3000);
	pid = fork();
	if (pid == 0) {
		mixed(0);
		_exit(0);
	}
	return ended(pid);
}
