/* SPDX-License-Identifier: MIT */

/*
 * A daemon that closes every descriptor, the standard ones too, opens its own
 * and goes on calling, enough for several segments: daemons HOW. Its numbers
 * are then its own, with what it wrote in them.
 */

#include "hosts.h"

#include <fcntl.h>
#include <sys/resource.h>

#define CALLS 40000ul

static void close_each(void)
{
	long last = sysconf(_SC_OPEN_MAX);

	/* as daemons do; no more than there can be in this test */
	for (long fd = 0; fd < last && fd < 65536; fd++)
		close((int)fd);
}

static void close_all(const char *how)
{
	if (!strcmp(how, "close"))
		close_each();
	else if (!strcmp(how, "closefrom"))
		closefrom(0);
	else if (!strcmp(how, "close_range"))
		close_range(0, ~0u, 0);
}

/* The first numbers are the daemon's, and so they stay. */
static int holds(const int *fds, int nr)
{
	char bytes[8];

	for (int i = 0; i < nr; i++) {
		if (fds[i] != i || pread(fds[i], bytes, sizeof(bytes), 0) != 1)
			return 0;
	}
	return 1;
}

static int serve(const char *how)
{
	enum { OWN = 5 };
	int fds[OWN];

	mixed(0);
	close_all(how);
	mixed(0);
	for (int i = 0; i < OWN; i++) {
		fds[i] = open("/tmp", O_TMPFILE | O_RDWR, 0600);
		if (fds[i] < 0 || write(fds[i], "x", 1) != 1)
			return 2;
	}
	bounce(bounce_range(0), CALLS);
	mixed(0);
	return holds(fds, OWN) ? 0 : 3;
}

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc < 2)
		return 1;
	pid = fork();
	if (pid == 0) {
		setsid();
		_exit(serve(argv[1]));
	}
	printf("calls %lu\n", CALLS + 3 * MIXED_CALLS);
	return WEXITSTATUS(ended(pid));
}
