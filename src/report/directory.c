/* SPDX-License-Identifier: MIT */

#include "report/directory.h"

#include "report/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No file that is read whole comes near; a sparse one must not eat us. */
#define WHOLE_FILE_MAX (UINT64_C(256) << 20)

int rg_directory_open(const char *path, struct rg_directory *ret_dir,
		      struct rg_report_error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return rg_report_fail(err, -errno, "%s: %s", path,
				      strerror(errno));
	*ret_dir = (struct rg_directory){ .path = path, .fd = fd };
	return 0;
}

void rg_directory_close(struct rg_directory *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	dir->fd = -1;
}

/* O_NOFOLLOW answers ELOOP for a link, which would puzzle people. */
static const char *open_reason(int code)
{
	return code == ELOOP ? "is a symbolic link" : strerror(code);
}

int rg_directory_file(const struct rg_directory *dir, const char *name,
		      uint64_t *ret_size, struct rg_report_error *err)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(dir->fd, name, flags);
	struct stat st;

	if (fd < 0)
		return rg_report_fail(err, -errno, "%s/%s: %s", dir->path, name,
				      open_reason(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return rg_report_fail(err, -EINVAL, "%s/%s: not a regular file",
				      dir->path, name);
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

int rg_read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	uint8_t *at = buf;

	while (len) {
		ssize_t got = pread(fd, at, len, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -ENODATA;
		at += got;
		len -= (size_t)got;
		offset += (uint64_t)got;
	}
	return 0;
}

int rg_directory_read(const struct rg_directory *dir, const char *name,
		      struct rg_bytes *ret_bytes, struct rg_report_error *err)
{
	struct rg_bytes bytes;
	uint64_t size;
	int fd = rg_directory_file(dir, name, &size, err);
	int ret;

	if (fd < 0)
		return fd;
	if (size > WHOLE_FILE_MAX) {
		close(fd);
		return rg_report_fail(err, -EFBIG,
				      "%s/%s: too large to be ours", dir->path,
				      name);
	}
	bytes = (struct rg_bytes){ rg_alloc(size + 1), size };
	ret = rg_read_at(fd, bytes.at, size, 0);
	close(fd);
	if (ret) {
		free(bytes.at);
		return rg_report_fail(err, ret, "%s/%s: %s", dir->path, name,
				      strerror(-ret));
	}
	*ret_bytes = bytes;
	return 0;
}
