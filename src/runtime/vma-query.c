/* SPDX-License-Identifier: MIT */

#include "runtime/vma-query.h"

#include "runtime/config.h"
#include "runtime/site.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "trace/maps.h"
#include "trace/procmap.h"
#include "trace/vma-kind.h"

#include <dlfcn.h>

#define NAME_SIZE RG_VMA_QUERY_NAME
#define LOWEST_FD 1000

/* No more of maps and smaps than this is read for one call. */
#define MAPS_LIMIT (UINT64_C(64) << 20)

uint8_t rg_mseal_seen;

/*
 * Only mseal(2) seals what a program mapped. Where libc has no wrapper for it
 * it comes through syscall(3), or inline, which is a stated limit. Mappings of
 * the kernel's own may be sealed without anyone's asking.
 */
void rg_vma_query_init(void)
{
	if (dlsym(RTLD_DEFAULT, "mseal"))
		rg_mseal_seen = 1;
}

static void know_sealing(struct rg_vma *vma)
{
	if (!__atomic_load_n(&rg_mseal_seen, __ATOMIC_RELAXED) &&
	    vma->kind != RG_KIND_SPECIAL)
		vma->known |= RG_VMA_SEALED;
}

/* ------------------------------------------------------------ the query */

static int open_maps(void)
{
	int low = rg_sys_openat(AT_FDCWD, "/proc/self/maps",
				O_RDONLY | O_CLOEXEC, 0);
	int fd;

	if (low < 0)
		return low;
	fd = rg_sys_dup_above(low, LOWEST_FD);
	rg_sys_close(low);
	return fd;
}

/*
 * The descriptor is kept, out of the program's way; a program that closes it
 * all the same makes the query fail, and it is opened again.
 */
static int query(struct rg_process *process, struct rg_procmap *arg)
{
	int fd = atomic_load(&process->maps_fd) - 1;
	int ret = -EBADF;

	if (fd >= 0)
		ret = rg_sys_ioctl(fd, RG_PROCMAP_QUERY, arg);
	if (ret != -EBADF && ret != -ENOTTY)
		return ret;
	if (atomic_load(&process->procmap_missing))
		return -ENOTTY;
	fd = open_maps();
	/* -ENOENT is what the query says where nothing is mapped */
	if (fd < 0)
		return -ENODATA;
	ret = rg_sys_ioctl(fd, RG_PROCMAP_QUERY, arg);
	if (ret == -ENOTTY) {
		atomic_store(&process->procmap_missing, 1);
		rg_sys_close(fd);
	} else {
		atomic_store(&process->maps_fd, fd + 1);
	}
	return ret;
}

static struct rg_vma vma_of(const struct rg_procmap *arg, const char *name)
{
	struct rg_vma vma =
		rg_procmap_vma(arg, name, rg_config.limits.page_size);

	know_sealing(&vma);
	return vma;
}

/* Return: as rg_mm.find_vma. */
static int query_vma(struct rg_process *process, uint64_t addr,
		     struct rg_vma *ret_vma)
{
	char name[NAME_SIZE];
	struct rg_procmap arg = {
		.size = sizeof(arg),
		.query_flags = RG_PROCMAP_COVERING_OR_NEXT,
		.query_addr = addr,
		.vma_name_size = sizeof(name),
		.vma_name_addr = (uint64_t)(uintptr_t)name,
	};
	int ret = query(process, &arg);

	if (ret == -ENAMETOOLONG) {
		/* only paths of files are that long */
		arg.vma_name_size = 0;
		arg.vma_name_addr = 0;
		ret = query(process, &arg);
		name[0] = '/';
		name[1] = '\0';
	} else if (!ret && !arg.vma_name_size) {
		name[0] = '\0';
	}
	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	*ret_vma = vma_of(&arg, name);
	return 1;
}

/* ------------------------------------------------------------- the text */

/* Small stacks are to do: a path of more than 2 KB is cut at its end. */
#define LINES_SIZE 2560

__attribute__((noinline)) static int
read_lines(const char *path, uint64_t limit,
	   bool (*line)(void *ctx, const char *line, size_t len), void *ctx)
{
	char buf[LINES_SIZE];
	bool is_cut = false;
	int fd = rg_sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	size_t have = 0;
	uint64_t total = 0;
	int64_t got;

	if (fd < 0)
		return fd;
	while ((got = rg_sys_read(fd, buf + have, sizeof(buf) - have)) > 0) {
		char *start = buf;
		char *end;

		have += (size_t)got;
		total += (uint64_t)got;
		while ((end = memchr(start, '\n',
				     have - (size_t)(start - buf)))) {
			if (!is_cut && !line(ctx, start, (size_t)(end - start)))
				goto out;
			is_cut = false;
			start = end + 1;
		}
		have -= (size_t)(start - buf);
		memmove(buf, start, have);
		/* a line longer than the buffer is cut */
		if (have == sizeof(buf)) {
			if (!is_cut && !line(ctx, buf, have))
				goto out;
			is_cut = true;
			have = 0;
		}
		if (total > limit) {
			got = -EFBIG;
			break;
		}
	}
	if (!got && have && !is_cut)
		line(ctx, buf, have);
out:
	rg_sys_close(fd);
	return got < 0 ? (int)got : 0;
}

int rg_proc_read_lines(const char *path, uint64_t limit,
		       bool (*line)(void *ctx, const char *line, size_t len),
		       void *ctx)
{
	if (rg_stack_room() < RG_STACK_FOR_MORE)
		return -ENOBUFS;
	return read_lines(path, limit, line, ctx);
}

static int read_vma(uint64_t addr, struct rg_vma *ret_vma)
{
	char name[NAME_SIZE];
	struct rg_maps_search search = { addr, name, sizeof(name) };
	int ret = rg_proc_read_lines("/proc/self/maps", MAPS_LIMIT,
				     rg_maps_search, &search);

	if (!ret)
		ret = rg_maps_searched(&search, rg_config.limits.task_size,
				       rg_config.limits.page_size, ret_vma);
	if (ret == 1)
		know_sealing(ret_vma);
	return ret;
}

static int read_vma_with_flags(uint64_t addr, struct rg_vma *ret_vma)
{
	char name[NAME_SIZE];
	struct rg_maps_search search = { addr, name, sizeof(name) };
	int ret = rg_proc_read_lines("/proc/self/smaps", MAPS_LIMIT,
				     rg_smaps_search, &search);

	if (ret)
		return ret;
	return rg_smaps_searched(&search, rg_config.limits.task_size,
				 rg_config.limits.page_size, ret_vma);
}

/*
 * By the loader's word, and of the address that was asked for: memory that the
 * program mapped behind an object's own becomes one vma with it.
 */
static void know_loaded(uint64_t addr, struct rg_vma *vma)
{
	int loaded = rg_site_is_loaded(addr > vma->start ? addr : vma->start);

	if (loaded < 0)
		return;
	vma->known |= RG_VMA_LOADED;
	vma->flags |= loaded ? RG_VMA_LOADED : 0;
}

/* Return: as rg_mm.find_vma; -ENODATA where it is not what was asked. */
static int take_ahead(struct rg_vma_query *lookup, uint64_t addr,
		      struct rg_vma *ret_vma)
{
	const struct rg_vma_answer *ahead = lookup->ahead;

	lookup->ahead = NULL;
	if (!ahead || ahead->arg.query_addr != addr)
		return -ENODATA;
	if (ahead->ret)
		return ahead->ret == -ENOENT ? 0 : -ENODATA;
	*ret_vma = vma_of(&ahead->arg,
			  ahead->arg.vma_name_size ? ahead->name : "");
	return 1;
}

static int find(struct rg_vma_query *lookup, uint64_t addr,
		struct rg_vma *ret_vma)
{
	int ret = take_ahead(lookup, addr, ret_vma);

	if (lookup->all_flags)
		ret = read_vma_with_flags(addr, ret_vma);
	if (ret < 0)
		ret = query_vma(lookup->process, addr, ret_vma);
	if (ret < 0)
		ret = read_vma(addr, ret_vma);
	if (ret == 1)
		know_loaded(addr, ret_vma);
	return ret;
}

/* In one piece: every planned call comes here. */
__attribute__((flatten)) int rg_vma_query_find(void *ctx, uint64_t addr,
					       struct rg_vma *ret_vma)
{
	struct rg_vma_query *lookup = ctx;
	struct rg_vma_met *met;

	for (uint32_t i = 0; i < lookup->nr; i++) {
		met = &lookup->memo[i];
		if (met->addr != addr)
			continue;
		if (met->ret == 1)
			*ret_vma = met->vma;
		return met->ret;
	}
	if (lookup->nr == RG_VMA_QUERY_MEMO)
		return find(lookup, addr, ret_vma);
	met = &lookup->memo[lookup->nr++];
	met->addr = addr;
	met->ret = find(lookup, addr, &met->vma);
	if (met->ret == 1)
		*ret_vma = met->vma;
	return met->ret;
}

/* Without the query there is no build id. */
static int read_file(uint64_t addr, struct rg_vma_file *ret_file)
{
	struct rg_maps_search search = { addr, ret_file->path,
					 sizeof(ret_file->path) };
	int ret = rg_proc_read_lines("/proc/self/maps", MAPS_LIMIT,
				     rg_maps_search, &search);

	if (ret)
		return ret;
	if (!search.found || search.vma.start > addr)
		return -ENOENT;
	ret_file->vma = search.vma;
	ret_file->build_id_len = 0;
	return 0;
}

int rg_vma_query_file(struct rg_process *process, uint64_t addr,
		      struct rg_vma_file *ret_file)
{
	struct rg_procmap arg = {
		.size = sizeof(arg),
		.query_addr = addr,
		.vma_name_size = sizeof(ret_file->path),
		.vma_name_addr = (uint64_t)(uintptr_t)ret_file->path,
		.build_id_size = sizeof(ret_file->build_id),
		.build_id_addr = (uint64_t)(uintptr_t)ret_file->build_id,
	};
	int ret = query(process, &arg);

	if (ret == -ENOENT)
		return ret;
	if (ret)
		return read_file(addr, ret_file);
	if (!arg.vma_name_size)
		ret_file->path[0] = '\0';
	ret_file->vma = vma_of(&arg, ret_file->path);
	ret_file->build_id_len = (uint8_t)arg.build_id_size;
	return 0;
}
