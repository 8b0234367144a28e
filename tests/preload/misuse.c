/* SPDX-License-Identifier: MIT */

/*
 * One misuse a run: `misuse RG101 commit` makes a call that has the finding,
 * `misuse RG101 avoid` one that comes close. It prints where the call stands,
 * its errno, and whether what is mapped is as it was:
 *
 *   clobber 8 EEXIST same
 *
 * `misuse --list` prints a line for each: the finding, by which errno strict
 * and hardened deny it, and the options that commit needs, or `-`.
 */

#include "misuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

struct scene scene;

/* ----------------------------------------------------------- for the cases */

void skip(const char *what)
{
	dprintf(1, "skip: %s\n", what);
	exit(77);
}

static unsigned int running_kernel(void)
{
	struct utsname name;
	unsigned int major = 0, minor = 0;

	uname(&name);
	sscanf(name.release, "%u.%u", &major, &minor);
	return major << 16 | minor;
}

void need_kernel(unsigned int major, unsigned int minor)
{
	if (running_kernel() < (major << 16 | minor))
		skip("this kernel does not do that yet");
}

void need_older_kernel(unsigned int major, unsigned int minor)
{
	if (running_kernel() >= (major << 16 | minor))
		skip("this kernel does not do that any more");
}

void lay(const char *verbs)
{
	static char why[80];
	const char *verb = "";
	int r = lay_out(verbs, &verb);

	if (r == 0)
		return;
	snprintf(why, sizeof(why), "%s: %s", verb, strerror(-r));
	skip(why);
}

static uint64_t sysctl_value(const char *file)
{
	unsigned long value = 0;
	FILE *f = fopen(file, "re");

	if (!f || fscanf(f, "%lu", &value) != 1)
		skip(file);
	fclose(f);
	return value;
}

static const char *leftover;

static void remove_leftover(void)
{
	unlink(leftover);
}

static void remove_later(const char *name)
{
	leftover = name;
	atexit(remove_leftover);
}

struct slow_move {
	pthread_t thread;
	int uffd;
};

static void *move_slowly(void *arg)
{
	mremap((void *)AT(0), P(1), P(1), (int)FIXED, AT(8));
	return arg;
}

/* ------------------------------------------------------- before and after */

/* Enough for vm.max_map_count of them. */
#define MAPS_SIZE (16ul << 20)

struct maps {
	char text[MAPS_SIZE];
	size_t len;
};

static struct maps before, after;

static void read_maps(struct maps *maps)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	maps->len = 0;
	while ((got = read(fd, maps->text + maps->len, MAPS_SIZE - maps->len)) >
	       0)
		maps->len += (size_t)got;
	close(fd);
	if (got < 0 || maps->len == MAPS_SIZE)
		abort();
}

static struct {
	const char *function;
	int line;
} place;

/* Nothing is printed before the call: that may map something. */
void here(const char *function, int line)
{
	place.function = function;
	place.line = line;
	read_maps(&before);
	errno = 0;
}

void there(const void *result)
{
	int error = result == MAP_FAILED ? errno : 0;
	bool same;

	read_maps(&after);
	same = before.len == after.len &&
	       !memcmp(before.text, after.text, after.len);
	dprintf(1, "%s %d %s %s\n", place.function, place.line,
		error ? strerrorname_np(error) : "ok",
		same ? "same" : "changed");
}

/* -------------------------------------------------------------- the tables */

#include "misuse-costs.h"
#include "misuse-hazards.h"
#include "misuse-refused.h"

#define ROWS(rows)                                                             \
	{                                                                      \
		rows, sizeof(rows) / sizeof(*(rows))                           \
	}

static const struct {
	const struct misuse *rows;
	size_t nr;
} tables[] = { ROWS(refused), ROWS(hazards), ROWS(costs) };

static void list(const struct misuse *misuse)
{
	dprintf(1, "%s %s %s %s\n", misuse->finding,
		misuse->strict ? strerrorname_np(misuse->strict) : "-",
		misuse->hardened ? strerrorname_np(misuse->hardened) : "-",
		misuse->options ? misuse->options : "-");
}

/* The stack has grown as far as it will, or its mapping would change. */
static void grow_stack(void)
{
	volatile char room[256 * 1024];

	for (size_t i = 0; i < sizeof(room); i += PAGE)
		room[i] = 1;
}

static void run(const struct misuse *misuse, const char *which)
{
	static unsigned long calls;

	scene.calls = &calls;
	grow_stack();
	if (!misuse->cold)
		lay("warm 0 0");
	if (strcmp(which, "commit") == 0)
		misuse->commit();
	else
		misuse->avoid();
}

int main(int argc, char **argv)
{
	const char *want = argc > 1 ? argv[1] : "";
	bool listing = strcmp(want, "--list") == 0;
	bool found = listing;

	if (sysconf(_SC_PAGESIZE) != (long)PAGE)
		skip("these calls are written for pages of 4 KB");
	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (size_t i = 0; i < tables[t].nr; i++) {
			const struct misuse *misuse = &tables[t].rows[i];

			if (listing)
				list(misuse);
			else if (argc == 3 && !strcmp(want, misuse->finding)) {
				run(misuse, argv[2]);
				found = true;
			}
		}
	return found ? 0 : 2;
}
