/* SPDX-License-Identifier: MIT */

#include "report/object-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A path out of a trace may name anything, and opening a device can already do
 * something; so look with O_PATH first, then open what was looked at.
 */
static int open_regular(const char *path, struct stat *ret_st)
{
	char again[32];
	int fd;
	int look = open(path, O_PATH | O_CLOEXEC);

	if (look < 0)
		return -errno;
	if (fstat(look, ret_st) || !S_ISREG(ret_st->st_mode)) {
		close(look);
		return -EINVAL;
	}
	snprintf(again, sizeof(again), "/proc/self/fd/%d", look);
	fd = open(again, O_RDONLY | O_CLOEXEC);
	close(look);
	return fd < 0 ? -errno : fd;
}

static bool same_build_id(const struct rg_object *object, Dwfl_Module *module)
{
	const unsigned char *bits;
	GElf_Addr vaddr;
	int len = dwfl_module_build_id(module, &bits, &vaddr);

	return len == object->build_id_len &&
	       !memcmp(bits, object->build_id, (size_t)len);
}

static bool older_than_mapping(const struct rg_object *object,
			       const struct stat *st)
{
	uint64_t changed = (uint64_t)st->st_mtim.tv_sec * 1000000000 +
			   (uint64_t)st->st_mtim.tv_nsec;

	return changed <= object->since_realtime;
}

static bool is_unchanged(const struct rg_object *object, Dwfl_Module *module,
			 const struct stat *st)
{
	return object->build_id_len ? same_build_id(object, module)
				    : older_than_mapping(object, st);
}

/* Addresses in it are those of the file: nothing is added to them. */
static bool report_module(struct rg_object_file *file,
			  const struct rg_object *object, int fd)
{
	static char *debuginfo_path;
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_build_id_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
		.debuginfo_path = &debuginfo_path,
	};

	file->dwfl = dwfl_begin(&callbacks);
	if (!file->dwfl)
		return false;
	dwfl_report_begin(file->dwfl);
	file->module = dwfl_report_elf(file->dwfl, object->path, object->path,
				       fd, 0, true);
	dwfl_report_end(file->dwfl, NULL, NULL);
	return file->module;
}

void rg_object_file_open(const struct rg_object *object,
			 struct rg_object_file *ret_file)
{
	struct rg_object_file file = { .state = RG_OBJECT_MISSING };
	struct stat st;
	int fd = object->path[0] == '/' ? open_regular(object->path, &st)
					: -ENOENT;

	if (fd >= 0) {
		/* dwfl takes the descriptor over only if it likes the file */
		if (!report_module(&file, object, fd))
			close(fd);
		else if (is_unchanged(object, file.module, &st))
			file.state = RG_OBJECT_NAMED;
		else
			file.state = RG_OBJECT_CHANGED;
	}
	if (file.state != RG_OBJECT_NAMED)
		rg_object_file_close(&file);
	*ret_file = file;
}

void rg_object_file_close(struct rg_object_file *file)
{
	if (file->dwfl)
		dwfl_end(file->dwfl);
	file->dwfl = NULL;
	file->module = NULL;
}
