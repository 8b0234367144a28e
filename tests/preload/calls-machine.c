/* SPDX-License-Identifier: MIT */

/* Settings of the machine, for a program that has one to itself. */

#include "calls-verbs.h"

#include "calls.h"

#include <errno.h>
#include <stdio.h>

/* So that few vmas are too many, and the mode is the one rows expect. */
static const struct setting {
	const char *path;
	unsigned long value;
} settings[] = {
	{ "/proc/sys/vm/max_map_count", 2000 },
	{ "/proc/sys/vm/overcommit_memory", 0 },
};

static int set(const char *path, unsigned long value)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lu\n", value);
	FILE *f = fopen(path, "we");
	int r = 0;

	if (!f)
		return -errno;
	setvbuf(f, NULL, _IONBF, 0);
	if (fwrite(text, 1, (size_t)len, f) != (size_t)len)
		r = -errno;
	fclose(f);
	return r;
}

void restore_machine(void)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (scene.owns_machine)
			set(settings[i].path, settings[i].value);
}

void own_machine(void)
{
	scene.owns_machine = true;
	restore_machine();
}

int lay_own_machine(uint64_t addr, uint64_t len)
{
	(void)addr;
	(void)len;
	return scene.owns_machine ? 0 : -EPERM;
}

/* No memory is promised beyond this, whatever there is of it. */
static int limit_commit(unsigned long kb)
{
	int r;

	if (!scene.owns_machine)
		return -EPERM;
	r = set("/proc/sys/vm/overcommit_kbytes", kb);
	return r ?: set("/proc/sys/vm/overcommit_memory", 2);
}

int lay_commit_left(uint64_t addr, uint64_t len)
{
	(void)addr;
	return limit_commit(field_kb("/proc/meminfo", "Committed_AS:") +
			    len / 1024);
}

int lay_commit_none(uint64_t addr, uint64_t len)
{
	(void)addr;
	(void)len;
	return limit_commit(1);
}
