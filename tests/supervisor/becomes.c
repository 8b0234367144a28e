/* SPDX-License-Identifier: MIT */

/*
 * becomes kept|empty|edited|daemon PROGRAM [ARG...]: makes a call and begins
 * the program, with its environment, with none, or with one in which nothing
 * of ours is left; or leaves a child of its own session behind that begins it
 * after three seconds.
 */

#include "raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 65536ul

static int call_once(void)
{
	char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return raw_mremap(at, PAGE, PAGE, 0, NULL) == (long)at;
}

/* Return: in the child alone. */
static void leave_a_child(void)
{
	pid_t pid = fork();

	if (pid)
		_exit(pid < 0);
	setsid();
	sleep(3);
}

int main(int argc, char **argv)
{
	const char *how = argc > 2 ? argv[1] : "";

	if (!call_once()) {
		puts("the call failed");
		return 1;
	}
	fflush(stdout);
	if (!strcmp(how, "empty"))
		clearenv();
	if (!strcmp(how, "edited")) {
		unsetenv("LD_PRELOAD");
		setenv("REMAPGUARD_OPTIONS", "verbose=0", 1);
	}
	if (!strcmp(how, "daemon"))
		leave_a_child();
	execv(argv[2], argv + 2);
	return 127;
}
