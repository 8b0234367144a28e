/* SPDX-License-Identifier: MIT */

/*
 * exec in a child, with the environment as it is, empty, or without one of our
 * variables: execs HOW. What that program does is then seen or not.
 */

#include "hosts.h"

#define CALLS 50

extern char **environ;

static char *none[] = { NULL };

static char **without(const char *variable)
{
	unsetenv(variable);
	return environ;
}

/* A list with two more entries of which one is not there at all. */
static char **longer(void)
{
	static char value[4096];

	snprintf(value, sizeof(value), "/none/at/all.so:%s",
		 getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "");
	setenv("LD_PRELOAD", value, 1);
	return environ;
}

static char **environment(const char *how)
{
	if (!strcmp(how, "emptied"))
		return none;
	if (!strcmp(how, "no-preload"))
		return without("LD_PRELOAD");
	if (!strcmp(how, "no-options"))
		return without("REMAPGUARD_OPTIONS");
	return strcmp(how, "longer") ? environ : longer();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "kept";
	char *const args[] = { argv[0], (char *)"kept", (char *)"child", NULL };
	int seen = !strcmp(how, "kept") || !strcmp(how, "longer");
	pid_t pid;

	bounce(bounce_range(0), CALLS);
	if (argc > 2)
		return 0;
	pid = fork();
	if (pid == 0) {
		execve(argv[0], args, environment(how));
		_exit(127);
	}
	printf("calls %d\nunseen %d\n", 2 * CALLS, seen ? 0 : CALLS);
	return ended(pid);
}
