/* SPDX-License-Identifier: MIT */

#include "supervisor/descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

static void replace(int fd, int flags)
{
	int null = open("/dev/null", flags | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, fd);
	if (null != fd)
		close(null);
}

static void close_one_by_one(unsigned first, unsigned last)
{
	long most = sysconf(_SC_OPEN_MAX);

	if (last > (unsigned)most)
		last = (unsigned)most;
	for (unsigned fd = first; fd <= last; fd++)
		close((int)fd);
}

/* close_range is there since Linux 5.9 */
static void close_from_to(unsigned first, unsigned last)
{
	if (first <= last && syscall(SYS_close_range, first, last, 0))
		close_one_by_one(first, last);
}

void rg_descriptors_keep(int *kept, size_t nr)
{
	unsigned from = STDERR_FILENO + 1;

	qsort(kept, nr, sizeof(*kept), compare);
	for (size_t i = 0; i < nr; i++) {
		if (kept[i] < (int)from)
			continue;
		close_from_to(from, (unsigned)kept[i] - 1);
		from = (unsigned)kept[i] + 1;
	}
	close_from_to(from, ~0u);
	replace(STDIN_FILENO, O_RDONLY);
	replace(STDOUT_FILENO, O_WRONLY);
}

void rg_descriptors_quiet(void)
{
	replace(STDERR_FILENO, O_WRONLY);
}

void rg_descriptors_raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}
