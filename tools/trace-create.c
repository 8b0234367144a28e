/* SPDX-License-Identifier: MIT */

#include "trace-create.h"

#include "commands.h"

#include "trace/ctf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *path, const char *what, int error)
{
	rg_say("%s: %s: %s", path, what, strerror(error));
	return -error;
}

/* ----------------------------------------------------- removing an old one */

static bool is_trace_file(const char *name)
{
	static const char *const stems[] = { "stream-",	    ".stream-",
					     "accesses-",   ".accesses-",
					     ".processes.", ".modules-",
					     ".new-" };

	if (!strcmp(name, RG_CTF_METADATA))
		return true;
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		if (!strncmp(name, stems[i], strlen(stems[i])))
			return true;
	}
	return false;
}

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Everything in it is ours, or nothing is touched. */
static bool holds_only_a_trace(DIR *dir)
{
	struct dirent *entry;

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (!is_dots(entry->d_name) && !is_trace_file(entry->d_name))
			return false;
	}
	return true;
}

static int empty_dir(DIR *dir)
{
	struct dirent *entry;

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (!is_dots(entry->d_name) &&
		    unlinkat(dirfd(dir), entry->d_name, 0))
			return -errno;
	}
	return 0;
}

static int remove_old(const char *path)
{
	DIR *dir = opendir(path);
	int ret;

	if (!dir)
		return fail(path, "cannot be replaced", errno);
	if (holds_only_a_trace(dir)) {
		ret = empty_dir(dir);
		if (ret)
			fail(path, "cannot be replaced", -ret);
	} else {
		ret = -ENOTEMPTY;
		rg_say("%s: holds files that are no trace's: "
		       "not replaced",
		       path);
	}
	closedir(dir);
	return ret;
}

static int make_dir(const char *path, bool force)
{
	if (!mkdir(path, 0700))
		return 0;
	if (errno != EEXIST)
		return fail(path, "cannot be made", errno);
	if (force)
		return remove_old(path);
	rg_say("%s: exists already: --force replaces a trace", path);
	return -EEXIST;
}

/* -------------------------------------------------------------- filling it */

static int create_file(int dir, const char *name)
{
	return openat(dir, name,
		      O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int make_table(int dir, struct rg_table_header **ret_table)
{
	char name[RG_CTF_NAME_MAX];
	struct rg_table_header *table;
	int fd, error;

	rg_ctf_table_name(0, name);
	fd = create_file(dir, name);
	if (fd < 0)
		return -errno;
	error = posix_fallocate(fd, 0, RG_TABLE_SIZE);
	table = error ? MAP_FAILED
		      : mmap(NULL, RG_TABLE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_SHARED, fd, 0);
	if (!error && table == MAP_FAILED)
		error = errno;
	close(fd);
	if (error)
		return -error;
	*table = rg_table_header_new(0);
	*ret_table = table;
	return 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int make_metadata(int dir, enum rg_generation generation)
{
	char text[RG_CTF_METADATA_MAX];
	struct utsname name;
	struct rg_ctf_env env = {
		.version = RG_VERSION,
		.kernel = name.release,
		.generation = rg_generation_name(generation),
		.machine = name.machine,
		.clock_offset_ns =
			clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC),
	};
	size_t len;
	int fd, ret = 0;

	if (uname(&name))
		return -errno;
	if (!env.generation)
		env.generation = "unknown";
	len = rg_ctf_metadata(&env, text, sizeof(text));
	if (!len)
		return -E2BIG;
	fd = create_file(dir, RG_CTF_METADATA);
	if (fd < 0)
		return -errno;
	errno = ENOSPC;
	if (write(fd, text, len) != (ssize_t)len)
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

int rg_new_trace_create(const char *path, bool force,
			enum rg_generation generation,
			struct rg_new_trace *ret_trace)
{
	struct rg_table_header *table = NULL;
	int ret = make_dir(path, force);
	int dir;

	if (ret)
		return ret;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(path, "cannot be opened", errno);
	ret = make_table(dir, &table);
	if (!ret) {
		ret = make_metadata(dir, generation);
		if (ret)
			munmap(table, RG_TABLE_SIZE);
	}
	close(dir);
	if (ret)
		return fail(path, "no trace could be made in it", -ret);
	*ret_trace = (struct rg_new_trace){ .path = path, .table = table };
	return 0;
}

void rg_new_trace_close(struct rg_new_trace *trace)
{
	if (trace->table)
		munmap(trace->table, RG_TABLE_SIZE);
	trace->table = NULL;
}

struct rg_slot *rg_new_trace_slot(const struct rg_new_trace *trace,
				  size_t index)
{
	uint32_t taken =
		__atomic_load_n(&trace->table->taken, __ATOMIC_ACQUIRE);

	if (index >= taken || index >= RG_TABLE_SLOTS)
		return NULL;
	return (struct rg_slot *)((char *)trace->table +
				  (index + 1) * RG_SLOT_SIZE);
}

void rg_new_trace_note_signal(const struct rg_new_trace *trace, pid_t pid,
			      int signal)
{
	struct rg_slot *slot;

	for (size_t i = 0; (slot = rg_new_trace_slot(trace, i)); i++) {
		if (slot->pid == (uint32_t)pid && !slot->ended) {
			slot->ended = RG_ENDED_SIGNAL;
			slot->signal = (uint8_t)signal;
		}
	}
}
