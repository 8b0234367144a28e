/* SPDX-License-Identifier: MIT */

#include "runtime/trace-dir.h"

#include "runtime/apart.h"
#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/message.h"
#include "runtime/sys.h"
#include "trace/ctf.h"
#include "trace/text.h"

#define NEW_FILE (O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* Out of the way of programs that count on low numbers. */
#define LOWEST_FD 1000
/* The kernel's table is as long as the highest number, and fork copies it. */
#define HIGHEST_FD 32768

static struct {
	char path[RG_OPTIONS_PATH_MAX];
	int fd;		 /* -1: none is kept */
	bool keeps_late; /* from the first event on */
	dev_t dev;
	ino_t ino;
} dir = { .fd = -1 };

static int open_by_path(void)
{
	return rg_sys_openat(AT_FDCWD, dir.path,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

static bool is_our_dir(int fd)
{
	struct stat stat;

	return !rg_sys_fstat(fd, &stat) && stat.st_dev == dir.dev &&
	       stat.st_ino == dir.ino;
}

/* The directory for one use; release_dir() ends it. */
static int use_dir(void)
{
	int fd;

	if (dir.fd >= 0 && is_our_dir(dir.fd))
		return dir.fd;
	fd = open_by_path();
	if (fd >= 0 && !is_our_dir(fd)) {
		rg_sys_close(fd);
		return -ESTALE;
	}
	return fd;
}

static void release_dir(int fd)
{
	if (fd >= 0 && fd != dir.fd)
		rg_sys_close(fd);
}

/*
 * Programs go through all the numbers they may have, to close them or to see
 * what a child was left. Just above their limit they do not look: it is raised
 * for that moment, as there is one thread.
 * Return: the descriptor, or a negative errno.
 */
static int keep_above_limit(int fd)
{
	struct rlimit64 limit;
	struct rlimit64 raised;
	int kept;

	if (rg_sys_getrlimit(RLIMIT_NOFILE, &limit))
		return -EPERM;
	if (limit.rlim_cur < LOWEST_FD || limit.rlim_cur > HIGHEST_FD)
		return -EMFILE;
	raised = limit;
	raised.rlim_cur++;
	if (raised.rlim_max < raised.rlim_cur)
		raised.rlim_max = raised.rlim_cur;
	if (rg_sys_setrlimit(RLIMIT_NOFILE, &raised))
		return -EPERM;
	kept = rg_sys_dup_above(fd, (int)limit.rlim_cur);
	rg_sys_setrlimit(RLIMIT_NOFILE, &limit);
	return kept;
}

/* Where that is not to be had, only once there is something to record. */
static void keep_late(int fd)
{
	int none = -1;
	int kept;

	if (!__atomic_exchange_n(&dir.keeps_late, false, __ATOMIC_RELAXED))
		return;
	kept = rg_sys_dup_above(fd, LOWEST_FD);
	if (kept >= 0 &&
	    !__atomic_compare_exchange_n(&dir.fd, &none, kept, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		rg_sys_close(kept);
}

#define PIECES 32

/* In pieces that a file system puts into memory at once, where it can. */
static int write_zeroes(int fd, size_t size)
{
	static const char zeroes[32768];
	struct iovec pieces[PIECES];

	for (int i = 0; i < PIECES; i++)
		pieces[i] = (struct iovec){ (void *)zeroes, sizeof(zeroes) };
	for (size_t at = 0, some; at < size; at += some) {
		size_t nr = (size - at) / sizeof(zeroes);
		int64_t written;

		if (nr > PIECES)
			nr = PIECES;
		if (!nr)
			pieces[nr++].iov_len = size - at;
		some = (nr - 1) * sizeof(zeroes) + pieces[nr - 1].iov_len;
		written = rg_sys_pwritev(fd, pieces, nr, at);
		if (rg_sys_failed(written))
			return (int)written;
		if ((size_t)written < some)
			return -ENOSPC;
	}
	return 0;
}

/* Growing a file past RLIMIT_FSIZE would send SIGXFSZ. */
static bool may_grow_to(uint64_t size)
{
	struct rlimit64 limit;

	return !rg_sys_getrlimit(RLIMIT_FSIZE, &limit) &&
	       size <= limit.rlim_cur;
}

/*
 * Storing to a page that has no room on the disk would send SIGBUS. What has
 * room is written as well: many pages at once are several times cheaper than
 * the same ones by a fault each, which the file system is asked about.
 */
static int reserve(int fd, size_t size)
{
	int written;
	int ret;

	if (!may_grow_to(size))
		return -EFBIG;
	ret = rg_sys_fallocate(fd, size);
	if (ret && ret != -EOPNOTSUPP && ret != -ENOSYS)
		return ret;
	written = write_zeroes(fd, size);
	return ret ? written : 0;
}

static int map_file(int fd, size_t size, void **ret_base)
{
	void *base = rg_sys_mmap(rg_apart(size), size, PROT_READ | PROT_WRITE,
				 MAP_SHARED, fd);

	if (rg_sys_failed((intptr_t)base))
		return (int)(intptr_t)base;
	*ret_base = base;
	return 0;
}

static int map_new(int at, const char *name, size_t size, void **ret_base)
{
	int fd = rg_sys_openat(at, name, NEW_FILE, 0600);
	int ret;

	if (fd < 0)
		return fd;
	ret = reserve(fd, size);
	if (!ret)
		ret = map_file(fd, size, ret_base);
	rg_sys_close(fd);
	if (ret)
		rg_sys_unlinkat(at, name);
	return ret;
}

int rg_trace_dir_map_new(const char *name, size_t size, void **ret_base)
{
	int at = use_dir();
	int ret;

	if (at < 0)
		return at;
	keep_late(at);
	ret = map_new(at, name, size, ret_base);
	release_dir(at);
	return ret;
}

void rg_trace_dir_publish(const char *from, const char *to)
{
	int at = use_dir();

	if (at < 0)
		return;
	rg_sys_rename_new(at, from, to);
	release_dir(at);
}

static int append(int at, const char *name, const char *text, size_t len)
{
	int fd = rg_sys_openat(
		at, name,
		O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat stat;
	int64_t ret;

	if (fd < 0)
		return fd;
	ret = rg_sys_fstat(fd, &stat);
	if (!ret && !may_grow_to((uint64_t)stat.st_size + len))
		ret = -EFBIG;
	if (!ret)
		ret = rg_sys_write(fd, text, len);
	rg_sys_close(fd);
	/* a disk with room for a part takes that part */
	if (ret >= 0 && (size_t)ret != len)
		ret = -ENOSPC;
	return ret < 0 ? (int)ret : 0;
}

int rg_trace_dir_append(const char *name, const char *text, size_t len)
{
	int at = use_dir();
	int ret;

	if (at < 0)
		return at;
	ret = append(at, name, text, len);
	release_dir(at);
	return ret;
}

/* ------------------------------------------------- what a new trace needs */

/* Of several processes that begin a trace at once, each makes its own. */
static void temporary_name(const char *stem, char name[RG_CTF_NAME_MAX])
{
	struct rg_text text;

	rg_text_init(&text, name, RG_CTF_NAME_MAX);
	rg_text_str(&text, stem);
	rg_text_dec(&text, rg_sys_getpid());
	rg_text_end(&text);
}

static bool exists(int at, const char *name)
{
	int fd = rg_sys_openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);

	if (fd < 0)
		return false;
	rg_sys_close(fd);
	return true;
}

static int make_table(int at, uint32_t number)
{
	char temporary[RG_CTF_NAME_MAX], name[RG_CTF_NAME_MAX];
	void *base;
	int ret;

	rg_ctf_table_name(number, name);
	temporary_name(".new-table-", temporary);
	ret = map_new(at, temporary, RG_TABLE_SIZE, &base);
	if (ret)
		return ret;
	*(struct rg_table_header *)base = rg_table_header_new(number);
	rg_sys_munmap(base, RG_TABLE_SIZE);
	ret = rg_sys_rename_new(at, temporary, name);
	if (ret)
		rg_sys_unlinkat(at, temporary);
	return ret == -EEXIST ? 0 : ret;
}

static int make_metadata(int at)
{
	char temporary[RG_CTF_NAME_MAX];
	char buf[RG_CTF_METADATA_MAX];
	const char *generation =
		rg_generation_name(rg_config.kernel.generation);
	struct utsname uts = { 0 };
	size_t len;
	int ret;

	rg_sys_uname(&uts);
	len = rg_ctf_metadata(
		&(struct rg_ctf_env){
			.version = RG_VERSION,
			.kernel = uts.release,
			.generation = generation ? generation : "unknown",
			.machine = uts.machine,
			.clock_offset_ns = rg_clock_offset(),
		},
		buf, sizeof(buf));
	if (!len)
		return -E2BIG;
	temporary_name(".new-metadata-", temporary);
	ret = append(at, temporary, buf, len);
	if (!ret)
		ret = rg_sys_rename_new(at, temporary, RG_CTF_METADATA);
	if (ret)
		rg_sys_unlinkat(at, temporary);
	return ret == -EEXIST ? 0 : ret;
}

/*
 * The table comes first: where there is metadata there is a table, and
 * metadata without one is somebody else's trace.
 */
static const char *make_trace(int at)
{
	char table[RG_CTF_NAME_MAX];

	rg_ctf_table_name(0, table);
	if (exists(at, table) && exists(at, RG_CTF_METADATA))
		return NULL;
	if (exists(at, RG_CTF_METADATA))
		return "holds a trace that is not remapguard's";
	if (make_table(at, 0))
		return "no process table could be made in it";
	if (make_metadata(at))
		return "no metadata could be made in it";
	return NULL;
}

/* dir.path becomes absolute: the program may change its directory. */
static int set_path(const char *path)
{
	int64_t len = 0;

	if (*path != '/') {
		len = rg_sys_getcwd(dir.path, sizeof(dir.path) - 1);
		if (rg_sys_failed(len) || dir.path[0] != '/')
			return -ENOENT;
		dir.path[len - 1] = '/';
	}
	if ((size_t)len + strlen(path) >= sizeof(dir.path))
		return -ENAMETOOLONG;
	memcpy(dir.path + len, path, strlen(path) + 1);
	return 0;
}

static const char *open_dir(const char *path)
{
	struct stat stat;
	const char *why;
	int fd;

	if (set_path(path))
		return "its path is too long, or relative to nowhere";
	rg_sys_mkdirat(AT_FDCWD, dir.path, 0700);
	fd = open_by_path();
	if (fd < 0)
		return "cannot be made or opened";
	if (rg_sys_fstat(fd, &stat)) {
		rg_sys_close(fd);
		return "cannot be looked at";
	}
	dir.dev = stat.st_dev;
	dir.ino = stat.st_ino;
	why = make_trace(fd);
	if (!why)
		dir.fd = keep_above_limit(fd);
	if (dir.fd < 0)
		dir.fd = -1;
	dir.keeps_late = dir.fd < 0;
	rg_sys_close(fd);
	return why;
}

void rg_trace_dir_open(void)
{
	char *path = rg_config.options.trace;
	const char *why;

	if (!*path)
		return;
	why = open_dir(path);
	if (!why)
		return;
	rg_message(path, why);
	*path = '\0';
}

/* ---------------------------------------------------------------- slots */

static bool is_table(const struct rg_table_header *header, uint32_t number)
{
	return !memcmp(header->magic, RG_TABLE_MAGIC, sizeof(header->magic)) &&
	       header->slot_size == RG_SLOT_SIZE &&
	       header->nr_slots == RG_TABLE_SLOTS &&
	       header->format == RG_CTF_FORMAT && header->number == number;
}

static int map_table(int at, uint32_t number, void **ret_base)
{
	char name[RG_CTF_NAME_MAX];
	struct stat stat;
	int fd, ret;

	rg_ctf_table_name(number, name);
	fd = rg_sys_openat(at, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = rg_sys_fstat(fd, &stat);
	/* beyond the file's end a touch would be SIGBUS */
	if (!ret && stat.st_size != RG_TABLE_SIZE)
		ret = -EINVAL;
	if (!ret)
		ret = map_file(fd, RG_TABLE_SIZE, ret_base);
	rg_sys_close(fd);
	return ret;
}

/*
 * The table that this process, or the one it was forked from, has its last slot
 * in. A forked child takes the next one there: it may have no descriptor left
 * to open anything with. Never unmapped: slots in it may be in use. One word:
 * fork may come while another thread opens the next.
 */
static struct rg_table_header *_Atomic table;

/* Return: 0; -ENOSPC when the table is full. */
static int take_entry(struct rg_table_header *header, struct rg_slot **ret_slot,
		      uint32_t *ret_number)
{
	uint32_t entry =
		__atomic_fetch_add(&header->taken, 1, __ATOMIC_RELAXED);

	if (entry >= RG_TABLE_SLOTS)
		return -ENOSPC;
	*ret_slot =
		(struct rg_slot *)((char *)header + (entry + 1) * RG_SLOT_SIZE);
	*ret_number = header->number * RG_TABLE_SLOTS + entry;
	return 0;
}

static int open_table(int at, uint32_t number)
{
	void *base;
	int ret = map_table(at, number, &base);

	if (ret == -ENOENT && !make_table(at, number))
		ret = map_table(at, number, &base);
	if (ret)
		return ret;
	if (!is_table(base, number)) {
		rg_sys_munmap(base, RG_TABLE_SIZE);
		return -EINVAL;
	}
	atomic_store(&table, (struct rg_table_header *)base);
	return 0;
}

static int take_from_next(const struct rg_table_header *full,
			  struct rg_slot **ret_slot, uint32_t *ret_number)
{
	uint32_t number = full ? full->number + 1 : 0;
	int at = use_dir();
	int ret = at < 0 ? at : -ENOSPC;

	for (; ret == -ENOSPC; number++) {
		ret = open_table(at, number);
		if (!ret)
			ret = take_entry(atomic_load(&table), ret_slot,
					 ret_number);
	}
	release_dir(at);
	return ret;
}

int rg_trace_dir_take_slot(struct rg_slot **ret_slot, uint32_t *ret_number)
{
	struct rg_table_header *header = atomic_load(&table);

	if (header && !take_entry(header, ret_slot, ret_number))
		return 0;
	return take_from_next(header, ret_slot, ret_number);
}
