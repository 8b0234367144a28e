/* SPDX-License-Identifier: MIT */

#include "runtime/scene.h"

#include "runtime/config.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "runtime/vma-query.h"

/* ---------------------------------------------------------- without pages */

/* An entry of /proc/self/pagemap: present, or swapped out. */
#define HAS_PAGE (UINT64_C(3) << 62)
/* A range of more pages than this is taken to be in use: 64 GB of 4 KB. */
#define MAX_PAGES (UINT64_C(1) << 24)
#define ENTRIES_AT_ONCE 512
#define WORDS_AT_ONCE 512

static int open_own(const char *path)
{
	return rg_sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
}

static int read_whole(int fd, void *buf, size_t len, uint64_t at)
{
	int64_t got = rg_sys_pread(fd, buf, len, at);

	if (got < 0)
		return (int)got;
	return got == (int64_t)len ? 0 : -EIO;
}

/* Of nr entries from page on. */
__attribute__((noinline)) static int
count_pages(int fd, uint64_t page, uint64_t nr, uint64_t *ret_count)
{
	uint64_t entries[ENTRIES_AT_ONCE];
	uint64_t count = 0;

	while (nr) {
		uint64_t some = nr < ENTRIES_AT_ONCE ? nr : ENTRIES_AT_ONCE;
		int ret = read_whole(fd, entries, some * sizeof(*entries),
				     page * sizeof(*entries));

		if (ret)
			return ret;
		for (uint64_t i = 0; i < some; i++)
			count += (entries[i] & HAS_PAGE) != 0;
		page += some;
		nr -= some;
	}
	*ret_count = count;
	return 0;
}

/* Return: 1 when it is, 0, or -errno. */
__attribute__((noinline)) static int is_zero(int fd, uint64_t start,
					     uint64_t end)
{
	uint64_t words[WORDS_AT_ONCE];
	uint64_t any = 0;

	for (; start < end && !any; start += sizeof(words)) {
		int ret = read_whole(fd, words, sizeof(words), start);

		if (ret)
			return ret;
		for (int i = 0; i < WORDS_AT_ONCE; i++)
			any |= words[i];
	}
	return !any;
}

/* Through the kernel, since another thread may unmap it meanwhile. */
static int read_zeroes(uint64_t start, uint64_t end)
{
	int fd = open_own("/proc/self/mem");
	int ret;

	if (fd < 0)
		return fd;
	ret = is_zero(fd, start, end);
	rg_sys_close(fd);
	return ret;
}

/*
 * With MAP_POPULATE, and after mlockall(MCL_FUTURE), all pages are there from
 * the start; as long as nobody has used them they are zeroes.
 */
int rg_scene_is_empty(void *ctx, uint64_t start, uint64_t end)
{
	uint64_t page_size = rg_config.limits.page_size;
	uint64_t nr = (end - start) / page_size;
	uint64_t count;
	int fd;
	int ret;

	(void)ctx;
	if (nr > MAX_PAGES)
		return 0;
	if (rg_stack_room() < RG_STACK_FOR_MORE)
		return -ENOBUFS;
	fd = open_own("/proc/self/pagemap");
	if (fd < 0)
		return fd;
	ret = count_pages(fd, start / page_size, nr, &count);
	rg_sys_close(fd);
	if (ret)
		return ret;
	if (count == nr)
		return read_zeroes(start, end);
	return !count;
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
