/* SPDX-License-Identifier: MIT */

#include "supervisor/watched.h"

#include "supervisor/lines.h"
#include "supervisor/module.h"
#include "trace/maps.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* A process that handles SIGABRT and goes on has this long. */
#define PATIENCE_NS UINT64_C(1000000000)
/* How often somebody who should have died is looked for. */
#define DOOM_NS UINT64_C(100000000)

#define ENDS_AT_ONCE 64

static int send_signal(const struct rg_watched *process, int signal)
{
	return syscall(SYS_pidfd_send_signal, process->pidfd, signal, NULL, 0)
		       ? -errno
		       : 0;
}

/* --------------------------------------------------------------- threads */

struct ids {
	uint64_t pid;
	uint64_t parent;
};

static bool take_ids(void *ctx, const char *line, size_t len)
{
	struct ids *ids = ctx;

	rg_proc_parse_field(line, len, "Tgid", &ids->pid);
	return !rg_proc_parse_field(line, len, "PPid", &ids->parent);
}

static struct ids read_ids(pid_t tid)
{
	struct ids ids = { 0 };

	rg_proc_lines(tid, "status", take_ids, &ids);
	return ids;
}

/*
 * As remembered, if the kernel says that it still is so; of a first thread its
 * process's descriptor says it. Return: 0 for what is not remembered.
 */
static pid_t known_process_of(const struct rg_watchers *all, pid_t tid)
{
	size_t at = (size_t)tid % RG_WATCHED_BUCKETS;
	pid_t pid = all->threads[at].pid;

	if (all->threads[at].tid != tid)
		return 0;
	if (tid == pid || !syscall(SYS_tgkill, pid, tid, 0) || errno != ESRCH)
		return pid;
	return 0;
}

static pid_t learn_process_of(struct rg_watchers *all, pid_t tid)
{
	size_t at = (size_t)tid % RG_WATCHED_BUCKETS;

	all->threads[at].tid = tid;
	all->threads[at].pid = (pid_t)read_ids(tid).pid;
	return all->threads[at].pid;
}

/* ----------------------------------------------------------------- slots */

static void read_link(pid_t pid, const char *name, char *text, size_t size)
{
	char path[RG_PROC_PATH_MAX];
	ssize_t len;

	rg_proc_path(pid, name, path);
	len = readlink(path, text, size - 1);
	text[len < 0 ? 0 : len] = '\0';
}

static bool take_comm(void *ctx, const char *line, size_t len)
{
	memcpy(ctx, line, len < 15 ? len : 15);
	return false;
}

static bool is_narrow(pid_t pid)
{
	char path[RG_PROC_PATH_MAX];
	unsigned char ident[EI_NIDENT] = "";
	ssize_t got;
	int fd;

	rg_proc_path(pid, "exe", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = pread(fd, ident, sizeof(ident), 0);
	close(fd);
	return got == sizeof(ident) && ident[EI_CLASS] == ELFCLASS32;
}

static void fill_slot(struct rg_watched *process, enum rg_stacks stacks)
{
	struct rg_slot *slot = process->slot;

	slot->ppid = (uint32_t)read_ids(process->pid).parent;
	slot->start_ns = rg_book_now();
	slot->stacks = (uint8_t)stacks;
	slot->tiers[RG_TIER_SUPERVISOR] = RG_TIER_WORKS;
	rg_proc_lines(process->pid, "comm", take_comm, slot->comm);
	read_link(process->pid, "exe", slot->exe, sizeof(slot->exe));
	/* last: with a pid the slot is filled in */
	__atomic_store_n(&slot->pid, (uint32_t)process->pid, __ATOMIC_RELEASE);
}

static bool look_at_exe(pid_t pid, struct stat *ret_look)
{
	char path[RG_PROC_PATH_MAX];

	rg_proc_path(pid, "exe", path);
	return !stat(path, ret_look);
}

static void begin_program(struct rg_watchers *all, struct rg_watched *process)
{
	struct stat exe = { 0 };
	uint32_t number = 0;

	rg_stream_close(&process->stream);
	look_at_exe(process->pid, &exe);
	process->exe_dev = exe.st_dev;
	process->exe_ino = exe.st_ino;
	process->is_narrow = is_narrow(process->pid);
	process->nr_modules = 0;
	memset(process->modules, 0, sizeof(process->modules));
	memset(process->injected, 0, sizeof(process->injected));
	process->slot = rg_book_take_slot(&all->book, &number);
	if (!process->slot)
		process->slot = &process->own;
	process->stream = (struct rg_stream){
		.slot = number,
		.pid = (uint32_t)process->pid,
	};
	fill_slot(process, all->stacks);
}

struct rg_unwinder *rg_watched_unwinder(struct rg_watched *process)
{
	if (!process->unwinder)
		process->unwinder = rg_unwinder_new(process->pid);
	return process->unwinder;
}

static void end_program(struct rg_watched *process)
{
	rg_unwinder_free(process->unwinder);
	process->unwinder = NULL;
	process->slot->end_ns = rg_book_now();
	rg_stream_close(&process->stream);
}

/* ------------------------------------------------------------- processes */

static struct rg_watched **place_of(struct rg_watchers *all, pid_t pid)
{
	struct rg_watched **at =
		&all->buckets[(size_t)pid % RG_WATCHED_BUCKETS];

	while (*at && (*at)->pid != pid)
		at = &(*at)->next;
	return at;
}

static void forget(struct rg_watchers *all, struct rg_watched **at)
{
	struct rg_watched *process = *at;

	*at = process->next;
	all->nr_doomed -= process->kill_at != 0;
	rg_fresh_forget(&all->fresh, process);
	end_program(process);
	/* which takes it off the list of what is waited for, too */
	if (process->pidfd >= 0)
		close(process->pidfd);
	free(process);
}

static bool has_ended(const struct rg_watched *process)
{
	struct pollfd end = { .fd = process->pidfd, .events = POLLIN };

	return process->pidfd >= 0 && poll(&end, 1, 0) == 1;
}

/* Whoever has its number is still the one that had it. */
static bool is_still(const struct rg_watched *process)
{
	return process->is_awaited || process->pidfd < 0 ||
	       send_signal(process, 0) != -ESRCH;
}

void rg_watchers_forget(struct rg_watchers *all)
{
	memset(all->buckets, 0, sizeof(all->buckets));
	all->nr_doomed = 0;
	all->epoll = -1;
	all->alarm = -1;
	rg_fresh_init(&all->fresh);
}

static void forget_ended(struct rg_watchers *all, pid_t pid)
{
	struct rg_watched **at = place_of(all, pid);

	if (*at && has_ended(*at))
		forget(all, at);
}

void rg_watched_forget_ended(struct rg_watchers *all)
{
	struct epoll_event ends[ENDS_AT_ONCE];
	int nr;

	do {
		nr = epoll_wait(all->epoll, ends, ENDS_AT_ONCE, 0);
		for (int i = 0; i < nr; i++)
			forget_ended(all, (pid_t)ends[i].data.u64);
	} while (nr == ENDS_AT_ONCE);
}

static struct rg_watched *begin(struct rg_watchers *all, pid_t pid)
{
	struct rg_watched *process = calloc(1, sizeof(*process));
	struct rg_watched **at = place_of(all, pid);
	struct epoll_event end = {
		.events = EPOLLIN,
		.data.u64 = (uint64_t)pid,
	};

	if (!process)
		return NULL;
	process->pid = pid;
	process->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	process->next = *at;
	*at = process;
	begin_program(all, process);
	process->is_awaited =
		process->pidfd >= 0 && all->epoll >= 0 &&
		!epoll_ctl(all->epoll, EPOLL_CTL_ADD, process->pidfd, &end);
	return process;
}

/* Return: the entry of that number, if it is not of one that has gone. */
static struct rg_watched *living(struct rg_watchers *all, pid_t pid)
{
	struct rg_watched **at = place_of(all, pid);

	if (*at && !is_still(*at))
		forget(all, at);
	at = place_of(all, pid);
	return *at;
}

struct rg_watched *rg_watched_find(struct rg_watchers *all, int listener,
				   const struct rg_notice *notice)
{
	pid_t tid = notice->tid;
	struct rg_watched *process;
	pid_t pid;

	/* it is told of an end before the number can be used again */
	rg_watched_forget_ended(all);
	pid = tid ? known_process_of(all, tid) : 0;
	process = pid ? living(all, pid) : NULL;
	if (process || !tid)
		return process;
	pid = learn_process_of(all, tid);
	/* without /proc each thread counts as a process */
	if (!pid)
		pid = tid;
	process = living(all, pid);
	if (process)
		return process;
	/* if it waits no more the number may be another's by now */
	return rg_notice_stands(listener, notice->id) ? begin(all, pid) : NULL;
}

/* --------------------------------------------------------------- modules */

static bool is_known(const struct rg_watched *process, const struct rg_vma *vma)
{
	for (uint32_t i = 0; i < RG_WATCHED_MODULES; i++) {
		if (process->modules[i].end == vma->end &&
		    process->modules[i].start == vma->start &&
		    process->modules[i].offset == vma->offset &&
		    process->modules[i].inode == vma->inode)
			return true;
	}
	return false;
}

static void remember(struct rg_watched *process, const struct rg_vma *vma)
{
	uint32_t at = process->nr_modules++ % RG_WATCHED_MODULES;

	process->modules[at].start = vma->start;
	process->modules[at].end = vma->end;
	process->modules[at].offset = vma->offset;
	process->modules[at].inode = vma->inode;
}

static bool runs_another_program(const struct rg_watched *process)
{
	struct stat exe;

	return look_at_exe(process->pid, &exe) &&
	       (exe.st_dev != process->exe_dev ||
		exe.st_ino != process->exe_ino);
}

/* What cannot be seen has no name, and is not asked for again and again. */
bool rg_watched_knows(const struct rg_watched *process, struct rg_sight *sight,
		      uint64_t addr)
{
	struct rg_vma vma;

	return rg_sight_extent(sight, addr, &vma) || is_known(process, &vma);
}

void rg_watched_note(struct rg_watchers *all, struct rg_watched *process,
		     struct rg_sight *sight, uint64_t addr)
{
	char line[RG_MODULE_LINE_MAX];
	struct rg_vma vma;
	size_t len;

	if (rg_sight_extent(sight, addr, &vma))
		return;
	if (process->nr_modules && runs_another_program(process)) {
		end_program(process);
		begin_program(all, process);
	}
	len = rg_module_describe(sight, addr, rg_book_now(), line);
	if (len)
		rg_book_note_module(&all->book, process->stream.slot, line,
				    len);
	remember(process, &vma);
}

/* ---------------------------------------------------------------- ending */

/* "SigBlk:	0000000000000020" and "SigIgn:", a bit for each signal */
static bool take_deaf(void *ctx, const char *line, size_t len)
{
	bool *is_deaf = ctx;

	if (len > 7 &&
	    (!strncmp(line, "SigBlk:", 7) || !strncmp(line, "SigIgn:", 7)))
		*is_deaf |= strtoull(line + 7, NULL, 16) >> (SIGABRT - 1) & 1;
	return true;
}

static int look_again(const struct rg_watchers *all)
{
	const struct itimerspec soon = { .it_value.tv_nsec = DOOM_NS };

	return timerfd_settime(all->alarm, 0, &soon, NULL) ? -errno : 0;
}

/* Where nobody would look again it is not waited for either. */
void rg_watched_abort(struct rg_watchers *all, struct rg_watched *process,
		      pid_t tid)
{
	bool is_deaf = false;

	if (process->pidfd < 0 || process->kill_at)
		return;
	rg_proc_lines(tid, "status", take_deaf, &is_deaf);
	is_deaf |= look_again(all) != 0;
	send_signal(process, is_deaf ? SIGKILL : SIGABRT);
	process->kill_at = rg_book_now() + PATIENCE_NS;
	all->nr_doomed++;
}

void rg_watched_kill_doomed(struct rg_watchers *all)
{
	uint64_t now = rg_book_now();
	uint64_t times;

	if (read(all->alarm, &times, sizeof(times)) < 0)
		errno = 0;
	if (all->nr_doomed)
		look_again(all);
	for (size_t i = 0; all->nr_doomed && i < RG_WATCHED_BUCKETS; i++) {
		struct rg_watched *process = all->buckets[i];

		for (; process; process = process->next) {
			if (process->kill_at && process->kill_at <= now)
				send_signal(process, SIGKILL);
		}
	}
}
