/* SPDX-License-Identifier: MIT */

#include "runtime/scene.h"

#include "runtime/config.h"
#include "runtime/sys.h"
#include "runtime/vma-query.h"

/* ---------------------------------------------------------- without pages */

/* An entry of /proc/self/pagemap: present, or swapped out. */
#define HAS_PAGE (UINT64_C(3) << 62)
/* A range of more pages than this is taken to be in use: 64 GB of 4 KB. */
#define MAX_PAGES (UINT64_C(1) << 24)
#define ENTRIES_AT_ONCE 512

/* Return: 1 when none of nr entries from page on has a page, 0, or -errno. */
static int entries_are_empty(int fd, uint64_t page, uint64_t nr)
{
	uint64_t entries[ENTRIES_AT_ONCE];

	while (nr) {
		uint64_t some = nr < ENTRIES_AT_ONCE ? nr : ENTRIES_AT_ONCE;
		int64_t got = rg_sys_pread(fd, entries, some * sizeof(*entries),
					   page * sizeof(*entries));

		if (got != (int64_t)(some * sizeof(*entries)))
			return got < 0 ? (int)got : -EIO;
		for (uint64_t i = 0; i < some; i++) {
			if (entries[i] & HAS_PAGE)
				return 0;
		}
		page += some;
		nr -= some;
	}
	return 1;
}

int rg_scene_is_empty(void *ctx, uint64_t start, uint64_t end)
{
	uint64_t page_size = rg_config.limits.page_size;
	uint64_t nr = (end - start) / page_size;
	int fd;
	int ret;

	(void)ctx;
	if (nr > MAX_PAGES)
		return 0;
	fd = rg_sys_openat(AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC,
			   0);
	if (fd < 0)
		return fd;
	ret = entries_are_empty(fd, start / page_size, nr);
	rg_sys_close(fd);
	return ret;
}

/* ------------------------------------------------------------ the object */

/* Only if the name still is the file that is mapped. */
int64_t rg_scene_object_size(void *ctx, const struct rg_vma *vma)
{
	struct rg_vma_file file;
	struct stat stat_buf;
	int ret = rg_vma_query_file(ctx, vma->start, &file);

	if (ret)
		return ret;
	if (file.path[0] != '/')
		return -ENOENT;
	ret = rg_sys_stat(file.path, &stat_buf);
	if (ret)
		return ret;
	if (stat_buf.st_ino != vma->inode || !S_ISREG(stat_buf.st_mode))
		return -ESTALE;
	return stat_buf.st_size;
}
