/* SPDX-License-Identifier: MIT */

#include "supervisor/sight.h"

#include "supervisor/lines.h"
#include "trace/maps.h"
#include "trace/procmap.h"
#include "trace/vma-kind.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

void rg_sight_open(struct rg_sight *sight, pid_t tid,
		   const struct rg_limits *limits, int *maps)
{
	sight->tid = tid;
	sight->page_size = limits->page_size;
	sight->task_size = limits->task_size;
	sight->all_flags = false;
	sight->maps = maps;
	sight->nr = 0;
	sight->nr_extents = 0;
}

void rg_sight_look_closer(struct rg_sight *sight)
{
	sight->all_flags = true;
	sight->nr = 0;
}

/* ------------------------------------------------------------ the query */

static int ask(const struct rg_sight *sight, struct rg_procmap *arg)
{
	if (*sight->maps < 0)
		*sight->maps = rg_proc_open(sight->tid, "maps");
	if (*sight->maps < 0)
		return *sight->maps;
	return ioctl(*sight->maps, RG_PROCMAP_QUERY, arg) ? -errno : 0;
}

/* Of memory that nobody uses any more it is said that there is no process. */
static int query(const struct rg_sight *sight, struct rg_procmap *arg)
{
	bool was_open = *sight->maps >= 0;
	int ret = ask(sight, arg);

	if (ret != -ESRCH || !was_open)
		return ret;
	close(*sight->maps);
	*sight->maps = -1;
	return ask(sight, arg);
}

static int query_vma(struct rg_sight *sight, uint64_t addr,
		     struct rg_vma *ret_vma)
{
	char name[PATH_MAX];
	struct rg_procmap arg = {
		.size = sizeof(arg),
		.query_flags = RG_PROCMAP_COVERING_OR_NEXT,
		.query_addr = addr,
		.vma_name_size = sizeof(name),
		.vma_name_addr = (uint64_t)(uintptr_t)name,
	};
	int ret = query(sight, &arg);

	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	if (!arg.vma_name_size)
		name[0] = '\0';
	*ret_vma = rg_procmap_vma(&arg, name, sight->page_size);
	return 1;
}

/* ------------------------------------------------------------- the text */

static int read_vma(const struct rg_sight *sight, bool all_flags, uint64_t addr,
		    struct rg_vma *ret_vma)
{
	char name[PATH_MAX];
	struct rg_maps_search search = { addr, name, sizeof(name) };
	int ret = rg_proc_lines(sight->tid, all_flags ? "smaps" : "maps",
				all_flags ? rg_smaps_search : rg_maps_search,
				&search);

	if (ret)
		return ret;
	return (all_flags ? rg_smaps_searched : rg_maps_searched)(
		&search, sight->task_size, sight->page_size, ret_vma);
}

static int look(struct rg_sight *sight, uint64_t addr, struct rg_vma *ret_vma)
{
	int ret = -ENODATA;

	if (sight->all_flags)
		ret = read_vma(sight, true, addr, ret_vma);
	if (ret < 0)
		ret = query_vma(sight, addr, ret_vma);
	if (ret < 0)
		ret = read_vma(sight, false, addr, ret_vma);
	return ret;
}

/* The first mapping from an address on is that from many others on as well. */
static bool tells_of(const struct rg_sighting *sighting, uint64_t addr)
{
	const struct rg_vma *vma = &sighting->vma;

	if (sighting->ret < 0)
		return addr == sighting->addr;
	if (!sighting->ret)
		return addr >= sighting->addr;
	return addr < vma->end &&
	       (addr >= vma->start || addr >= sighting->addr);
}

int rg_sight_find(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	struct rg_sight *sight = ctx;
	struct rg_sighting new = { .addr = addr };

	for (uint32_t i = 0; i < sight->nr; i++) {
		if (tells_of(&sight->memo[i], addr)) {
			*ret_vma = sight->memo[i].vma;
			return sight->memo[i].ret;
		}
	}
	new.ret = look(sight, addr, &new.vma);
	if (sight->nr < RG_SIGHT_MEMO)
		sight->memo[sight->nr++] = new;
	*ret_vma = new.vma;
	return new.ret;
}

/* A file's name is half of what a query costs. */
static int query_extent(const struct rg_sight *sight, uint64_t addr,
			struct rg_vma *ret_vma)
{
	struct rg_procmap arg = { .size = sizeof(arg), .query_addr = addr };
	int ret = query(sight, &arg);

	*ret_vma = (struct rg_vma){
		.start = arg.vma_start,
		.end = arg.vma_end,
		.offset = arg.vma_offset,
		.inode = arg.inode,
	};
	return ret;
}

static int read_extent(const struct rg_sight *sight, uint64_t addr,
		       struct rg_vma *ret_vma)
{
	int ret = read_vma(sight, false, addr, ret_vma);

	if (ret < 0)
		return ret;
	return ret && ret_vma->start <= addr ? 0 : -ENOENT;
}

static bool has_extent(const struct rg_sight *sight, uint64_t addr,
		       struct rg_vma *ret_vma)
{
	for (uint32_t i = 0; i < RG_SIGHT_EXTENTS && i < sight->nr_extents;
	     i++) {
		*ret_vma = sight->extents[i];
		if (addr >= ret_vma->start && addr < ret_vma->end)
			return true;
	}
	return false;
}

int rg_sight_extent(struct rg_sight *sight, uint64_t addr,
		    struct rg_vma *ret_vma)
{
	int ret;

	if (has_extent(sight, addr, ret_vma))
		return 0;
	ret = query_extent(sight, addr, ret_vma);
	if (ret && ret != -ENOENT)
		ret = read_extent(sight, addr, ret_vma);
	if (!ret)
		sight->extents[sight->nr_extents++ % RG_SIGHT_EXTENTS] =
			*ret_vma;
	return ret;
}

/* ------------------------------------------------------------- the file */

/* Without the query there is no build id. */
static int read_file(const struct rg_sight *sight, uint64_t addr,
		     struct rg_sight_file *ret_file)
{
	struct rg_maps_search search = { addr, ret_file->path,
					 sizeof(ret_file->path) };
	int ret = rg_proc_lines(sight->tid, "maps", rg_maps_search, &search);

	if (ret)
		return ret;
	if (!search.found || search.vma.start > addr)
		return -ENOENT;
	ret_file->vma = search.vma;
	ret_file->build_id_len = 0;
	return 0;
}

int rg_sight_file(struct rg_sight *sight, uint64_t addr,
		  struct rg_sight_file *ret_file)
{
	struct rg_procmap arg = {
		.size = sizeof(arg),
		.query_addr = addr,
		.vma_name_size = sizeof(ret_file->path),
		.vma_name_addr = (uint64_t)(uintptr_t)ret_file->path,
		.build_id_size = sizeof(ret_file->build_id),
		.build_id_addr = (uint64_t)(uintptr_t)ret_file->build_id,
	};
	int ret = query(sight, &arg);

	if (ret == -ENOENT)
		return ret;
	if (ret)
		return read_file(sight, addr, ret_file);
	if (!arg.vma_name_size)
		ret_file->path[0] = '\0';
	ret_file->vma = rg_procmap_vma(&arg, ret_file->path, sight->page_size);
	ret_file->build_id_len = (uint8_t)arg.build_id_size;
	return 0;
}

/* Only a regular file: opening anything else may do something. */
static int open_inode(const char *path, uint64_t inode)
{
	struct stat look;
	int fd;

	if (stat(path, &look))
		return -errno;
	if (look.st_ino != inode || !S_ISREG(look.st_mode))
		return -ESTALE;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int rg_sight_open_file(const struct rg_sight *sight, const char *path,
		       uint64_t inode)
{
	char name[PATH_MAX];
	int fd;

	rg_proc_path(sight->tid, "exe", name);
	fd = open_inode(name, inode);
	if (fd >= 0)
		return fd;
	if (path[0] != '/' ||
	    (size_t)snprintf(name, sizeof(name), "/proc/%d/root%s",
			     (int)sight->tid, path) >= sizeof(name))
		return -ENOENT;
	return open_inode(name, inode);
}

int64_t rg_sight_object_size(void *ctx, const struct rg_vma *vma)
{
	struct rg_sight *sight = ctx;
	struct rg_sight_file file;
	struct stat look;
	int fd, ret = rg_sight_file(sight, vma->start, &file);

	if (ret)
		return ret;
	fd = rg_sight_open_file(sight, file.path, vma->inode);
	if (fd < 0)
		return fd;
	ret = fstat(fd, &look) ? -errno : 0;
	close(fd);
	return ret ? ret : look.st_size;
}

/* ---------------------------------------------------------- without pages */

/* An entry of pagemap: present, or swapped out. */
#define HAS_PAGE (UINT64_C(3) << 62)
/* A range of more pages than this is taken to be in use: 64 GB of 4 KB. */
#define MAX_PAGES (UINT64_C(1) << 24)
#define AT_ONCE 512

static int read_words(int fd, uint64_t *words, uint64_t nr, uint64_t at)
{
	ssize_t want = (ssize_t)(nr * sizeof(*words));
	ssize_t got = pread(fd, words, (size_t)want, (off_t)at);

	if (got < 0)
		return -errno;
	return got == want ? 0 : -EIO;
}

static int count_pages(int fd, uint64_t page, uint64_t nr, uint64_t *ret_count)
{
	uint64_t entries[AT_ONCE];

	*ret_count = 0;
	while (nr) {
		uint64_t some = nr < AT_ONCE ? nr : AT_ONCE;
		int ret =
			read_words(fd, entries, some, page * sizeof(*entries));

		if (ret)
			return ret;
		for (uint64_t i = 0; i < some; i++)
			*ret_count += (entries[i] & HAS_PAGE) != 0;
		page += some;
		nr -= some;
	}
	return 0;
}

static int is_zero(int fd, uint64_t start, uint64_t end)
{
	uint64_t words[AT_ONCE];
	uint64_t any = 0;

	for (; start < end && !any; start += sizeof(words)) {
		int ret = read_words(fd, words, AT_ONCE, start);

		if (ret)
			return ret;
		for (int i = 0; i < AT_ONCE; i++)
			any |= words[i];
	}
	return !any;
}

static int has_only_zeroes(const struct rg_sight *sight, uint64_t start,
			   uint64_t end)
{
	int fd = rg_proc_open(sight->tid, "mem");
	int ret;

	if (fd < 0)
		return fd;
	ret = is_zero(fd, start, end);
	close(fd);
	return ret;
}

/* With MAP_POPULATE all pages are there at once, and zeroes until used. */
int rg_sight_is_empty(void *ctx, uint64_t start, uint64_t end)
{
	const struct rg_sight *sight = ctx;
	uint64_t nr = (end - start) / sight->page_size;
	uint64_t count;
	int fd, ret;

	if (nr > MAX_PAGES)
		return 0;
	fd = rg_proc_open(sight->tid, "pagemap");
	if (fd < 0)
		return fd;
	ret = count_pages(fd, start / sight->page_size, nr, &count);
	close(fd);
	if (ret)
		return ret;
	return count == nr ? has_only_zeroes(sight, start, end) : !count;
}
