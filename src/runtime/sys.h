/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_SYS_H
#define RG_RUNTIME_SYS_H

/*
 * Every system call the object makes, raw: each returns -errno, none touches
 * errno, none can be interposed. README.md lists them; so keep to these.
 */

#include RG_ARCH_HEADER

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>

#define RG_SYS_IN_ANY_CASE(nr, ...)                                            \
	rg_arch_syscall(nr, (const long[6]){ __VA_ARGS__ })

/* Ours, made no longer: see confine.h. All may fail, so this does no harm. */
extern bool rg_confined;

#define RG_SYS(nr, ...)                                                        \
	(rg_confined ? -ENOSYS : RG_SYS_IN_ANY_CASE(nr, __VA_ARGS__))

/* Is this what a system call returns for a failure? */
static inline bool rg_sys_failed(int64_t result)
{
	return result < 0 && result >= -4095;
}

/* An address, or a failure: addresses may have a word's highest bit. */
static inline int64_t rg_sys_address(long result)
{
	return rg_sys_failed(result) ? result : (int64_t)(unsigned long)result;
}

/* The supervisor lets these pass; 0: there is none. Set once, at the start. */
extern uint64_t rg_sys_cookie;

/* The program's own call; everything below is ours. */
static inline int64_t rg_sys_mremap(uint64_t addr, uint64_t old_len,
				    uint64_t new_len, uint64_t flags,
				    uint64_t new_addr)
{
	const long args[5] = { (long)addr, (long)old_len, (long)new_len,
			       (long)flags, (long)new_addr };

	return rg_sys_address(rg_arch_mremap(SYS_mremap, args, rg_sys_cookie));
}

/* Meant for the supervisor; the kernel refuses it and does nothing. */
static inline int64_t rg_sys_mremap_test(uint64_t mark)
{
	const long nothing[5] = { 0 };

	return rg_arch_mremap(SYS_mremap, nothing, mark);
}

static inline void *rg_sys_mmap(void *addr, size_t len, int prot, int flags,
				int fd)
{
	return (void *)RG_SYS(RG_ARCH_SYS_MMAP, (long)addr, (long)len, prot,
			      flags, fd, 0);
}

static inline int rg_sys_munmap(void *addr, size_t len)
{
	return (int)RG_SYS(SYS_munmap, (long)addr, (long)len);
}

static inline int rg_sys_mprotect(void *addr, size_t len, int prot)
{
	return (int)RG_SYS(SYS_mprotect, (long)addr, (long)len, prot);
}

static inline int rg_sys_madvise(void *addr, size_t len, int advice)
{
	return (int)RG_SYS(SYS_madvise, (long)addr, (long)len, advice);
}

static inline int rg_sys_msync(uint64_t addr, uint64_t len, int flags)
{
	return (int)RG_SYS(SYS_msync, (long)addr, (long)len, flags);
}

static inline int rg_sys_openat(int dir, const char *path, int flags,
				unsigned mode)
{
	return (int)RG_SYS(SYS_openat, dir, (long)path, flags, mode);
}

static inline int rg_sys_close(int fd)
{
	return (int)RG_SYS(SYS_close, fd);
}

static inline int64_t rg_sys_read(int fd, void *buf, size_t len)
{
	return RG_SYS(SYS_read, fd, (long)buf, (long)len);
}

static inline int64_t rg_sys_write(int fd, const void *buf, size_t len)
{
	return RG_SYS(SYS_write, fd, (long)buf, (long)len);
}

static inline int64_t rg_sys_pwrite(int fd, const void *buf, size_t len,
				    uint64_t offset)
{
	return RG_SYS(SYS_pwrite64, fd, (long)buf, (long)len,
		      RG_ARCH_OFFSET(offset));
}

static inline int64_t rg_sys_pwritev(int fd, const struct iovec *pieces,
				     size_t nr, uint64_t offset)
{
	return RG_SYS(SYS_pwritev, fd, (long)pieces, (long)nr, (long)offset, 0);
}

static inline int64_t rg_sys_pread(int fd, void *buf, size_t len,
				   uint64_t offset)
{
	return RG_SYS(SYS_pread64, fd, (long)buf, (long)len,
		      RG_ARCH_OFFSET(offset));
}

static inline int rg_sys_fallocate(int fd, uint64_t len)
{
	return (int)RG_SYS(SYS_fallocate, fd, 0, RG_ARCH_OFFSET(UINT64_C(0)),
			   RG_ARCH_OFFSET(len));
}

static inline int rg_sys_fstat(int fd, struct stat *ret_stat)
{
	return (int)RG_SYS(RG_ARCH_SYS_FSTAT, fd, (long)ret_stat);
}

static inline int rg_sys_stat(const char *path, struct stat *ret_stat)
{
	return (int)RG_SYS(RG_ARCH_SYS_FSTATAT, AT_FDCWD, (long)path,
			   (long)ret_stat, 0);
}

static inline int rg_sys_mkdirat(int dir, const char *path, unsigned mode)
{
	return (int)RG_SYS(SYS_mkdirat, dir, (long)path, mode);
}

/* Never over an existing file where the file system can promise that. */
static inline int rg_sys_rename_new(int dir, const char *from, const char *to)
{
	long noreplace = 1;
	long ret = RG_SYS(SYS_renameat2, dir, (long)from, dir, (long)to,
			  noreplace);

	if (ret == -EINVAL || ret == -ENOSYS)
		ret = RG_SYS(SYS_renameat2, dir, (long)from, dir, (long)to, 0);
	return (int)ret;
}

static inline int rg_sys_unlinkat(int dir, const char *name)
{
	return (int)RG_SYS(SYS_unlinkat, dir, (long)name, 0);
}

static inline int64_t rg_sys_readlinkat(int dir, const char *path, char *buf,
					size_t len)
{
	return RG_SYS(SYS_readlinkat, dir, (long)path, (long)buf, (long)len);
}

static inline int64_t rg_sys_getcwd(char *buf, size_t len)
{
	return RG_SYS(SYS_getcwd, (long)buf, (long)len);
}

/* A copy of fd, close-on-exec, numbered lowest or above. */
static inline int rg_sys_dup_above(int fd, int lowest)
{
	return (int)RG_SYS(SYS_fcntl, fd, F_DUPFD_CLOEXEC, lowest);
}

static inline int rg_sys_ioctl(int fd, unsigned long request, void *arg)
{
	return (int)RG_SYS(SYS_ioctl, fd, (long)request, (long)arg);
}

static inline int rg_sys_memfd_create(const char *name, unsigned flags)
{
	return (int)RG_SYS(SYS_memfd_create, (long)name, flags);
}

static inline int rg_sys_getrlimit(int resource, struct rlimit64 *ret_limit)
{
	return (int)RG_SYS(SYS_prlimit64, 0, resource, 0, (long)ret_limit);
}

static inline int rg_sys_setrlimit(int resource, const struct rlimit64 *limit)
{
	return (int)RG_SYS(SYS_prlimit64, 0, resource, (long)limit, 0);
}

/* On CLOCK_MONOTONIC, in ns. */
static inline int rg_sys_sleep_until(uint64_t time)
{
	const struct timespec until = { .tv_sec = (time_t)(time / 1000000000),
					.tv_nsec = (long)(time % 1000000000) };

	return (int)RG_SYS(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME,
			   (long)&until, 0);
}

static inline uint32_t rg_sys_getpid(void)
{
	return (uint32_t)RG_SYS(SYS_getpid, 0);
}

static inline uint32_t rg_sys_getppid(void)
{
	return (uint32_t)RG_SYS(SYS_getppid, 0);
}

static inline uint32_t rg_sys_gettid(void)
{
	return (uint32_t)RG_SYS(SYS_gettid, 0);
}

static inline int rg_sys_uname(struct utsname *ret_name)
{
	return (int)RG_SYS(SYS_uname, (long)ret_name);
}

static inline int rg_sys_clock_gettime(clockid_t clock,
				       struct timespec *ret_time)
{
	return (int)RG_SYS(SYS_clock_gettime, clock, (long)ret_time);
}

static inline int rg_sys_tgkill(uint32_t pid, uint32_t tid, int signal)
{
	return (int)RG_SYS_IN_ANY_CASE(SYS_tgkill, (long)pid, (long)tid,
				       signal);
}

static inline void rg_sys_exit_group(int status)
{
	RG_SYS_IN_ANY_CASE(SYS_exit_group, status);
}

static inline void rg_sys_sched_yield(void)
{
	RG_SYS(SYS_sched_yield, 0);
}

/* Until woken, for ns at most, while *word is still as given. */
static inline void rg_sys_futex_wait(const _Atomic uint32_t *word,
				     uint32_t still, uint32_t ns)
{
	const struct timespec most = { .tv_nsec = (long)ns };

	RG_SYS(SYS_futex, (long)word, 128 /* FUTEX_WAIT_PRIVATE */, still,
	       (long)&most);
}

static inline void rg_sys_futex_wake(const _Atomic uint32_t *word)
{
	RG_SYS(SYS_futex, (long)word, 129 /* FUTEX_WAKE_PRIVATE */, INT32_MAX);
}

static inline int rg_sys_get_comm(char comm[16])
{
	return (int)RG_SYS(SYS_prctl, 16 /* PR_GET_NAME */, (long)comm);
}

static inline int rg_sys_capget(void *header, void *data)
{
	return (int)RG_SYS(SYS_capget, (long)header, (long)data);
}

/*
 * The kernel's signal set: 64 bits, whatever libc's is. A filter may refuse
 * the first call, and then there is nothing to restore; where it refuses the
 * second the program would be left with no signal at all, so that is tried
 * again.
 */
struct rg_signals {
	uint64_t mask;
	bool blocked;
};

static inline struct rg_signals rg_sys_block_signals(void)
{
	struct rg_signals before = { 0 };
	uint64_t all = UINT64_MAX;

	before.blocked = !RG_SYS(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all,
				 (long)&before.mask, sizeof(all));
	return before;
}

static inline void rg_sys_restore_signals(const struct rg_signals *before)
{
	int tries = before->blocked ? 3 : 0;

	while (tries-- && RG_SYS(SYS_rt_sigprocmask, SIG_SETMASK,
				 (long)&before->mask, 0, sizeof(before->mask)))
		;
}

static inline void rg_sys_unblock_signal(int signal)
{
	uint64_t alone = UINT64_C(1) << (signal - 1);

	RG_SYS(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&alone, 0, sizeof(alone));
}

/* What the kernel knows of the thread's alternate stack. */
static inline int rg_sys_sigaltstack(stack_t *ret_stack)
{
	return (int)RG_SYS(SYS_sigaltstack, 0, (long)ret_stack);
}

/* The kernel's struct sigaction, which is zeroes for the default. */
struct rg_signal_action {
	unsigned long handler;
	unsigned long flags;
	unsigned long restorer;
	uint64_t mask;
};

static inline void rg_sys_default_signal(int signal)
{
	const struct rg_signal_action fallback = { 0 };

	RG_SYS(SYS_rt_sigaction, signal, (long)&fallback, 0, sizeof(uint64_t));
}

/* For the program, whose own call it is; NULL for what is not wanted. */
static inline int rg_sys_sigaction(int signal,
				   const struct rg_signal_action *action,
				   struct rg_signal_action *ret_before)
{
	return (int)RG_SYS_IN_ANY_CASE(SYS_rt_sigaction, signal, (long)action,
				       (long)ret_before, sizeof(uint64_t));
}

/* Likewise. Return: the signals that were blocked before. */
static inline uint64_t rg_sys_change_mask(int how, int signal)
{
	uint64_t alone = UINT64_C(1) << (signal - 1);
	uint64_t before = 0;

	RG_SYS_IN_ANY_CASE(SYS_rt_sigprocmask, how, (long)&alone, (long)&before,
			   sizeof(alone));
	return before;
}

/*
 * Can the eight bytes at this address, a multiple of eight, be read? Asked
 * with a signal mask for an operation that does not exist: the mask is read
 * first, and nothing is ever changed.
 */
static inline bool rg_sys_is_readable(const void *addr)
{
	return RG_SYS(SYS_rt_sigprocmask, -1, (long)addr, 0,
		      sizeof(uint64_t)) != -EFAULT;
}

#endif
