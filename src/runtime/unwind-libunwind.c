/* SPDX-License-Identifier: MIT */

#include "runtime/unwind.h"

#include "runtime/apart.h"
#include "runtime/imports.h"
#include "runtime/process.h"
#include "runtime/sys.h"

#define UNW_LOCAL_ONLY
#include <dlfcn.h>
#include <libunwind.h>
#include <unwind.h>

/*
 * libunwind is opened when the object starts, for us alone (RTLD_LOCAL): as a
 * dependency it would put its _Unwind_* before libgcc's in programs that throw
 * exceptions from plugins, and keep programs of another libc from starting.
 *
 * Where it finds no unwind tables it guesses, and first tries whether memory
 * can be read by writing a byte of it into a pipe. The pipe would take the
 * program's next two descriptors; and once a program has closed them and they
 * are its own files again, libunwind would read and write those. So its
 * pipe2, read and write are ours: no pipe, and the kernel is asked about the
 * address with a call that can do nothing else (a signal mask is read from
 * there, for an operation that does not exist). A libunwind in which they
 * cannot be replaced is not used. What it maps, a cache for each thread and
 * memory for its tables, goes where our own mappings go.
 */

#define LIBRARY "libunwind.so.8"

static int (*backtrace_raw)(void **frames, int max);

static int no_pipe(int fds[2], int flags)
{
	(void)flags;
	fds[0] = -1;
	fds[1] = -1;
	return 0;
}

/* The pipe is always empty. */
static ssize_t read_nothing(int fd, void *buf, size_t len)
{
	(void)fd;
	(void)buf;
	(void)len;
	errno = EAGAIN;
	return -1;
}

/* The pipe takes whatever can be read. */
static ssize_t write_readable(int fd, const void *buf, size_t len)
{
	(void)fd;
	if (rg_sys_is_readable(buf))
		return (ssize_t)len;
	errno = EFAULT;
	return -1;
}

/* Some versions write with syscall(2). */
static long no_write(long nr, long fd, const void *buf, long len)
{
	long result;

	if (nr == SYS_write)
		return write_readable((int)fd, buf, (size_t)len);
	result = RG_SYS(nr, fd, (long)buf, len);
	if (!rg_sys_failed(result))
		return result;
	errno = (int)-result;
	return -1;
}

static void *mmap_apart(void *addr, size_t len, int prot, int flags, int fd,
			off_t offset)
{
	long result = RG_SYS(SYS_mmap, (long)(addr ? addr : rg_apart(len)),
			     (long)len, prot, flags, fd, offset);

	if (!rg_sys_failed(result))
		return (void *)result;
	errno = (int)-result;
	return MAP_FAILED;
}

/*
 * Where signals cannot be blocked, there is nothing to restore. libunwind
 * keeps the set in between, of which the kernel knows the first word only.
 */
#define NOT_BLOCKED UINT64_C(0x72656d6170677561)

static int mask_signals(int how, const sigset_t *set, sigset_t *old)
{
	struct rg_signals before;

	if (old) {
		before = rg_sys_block_signals();
		old->__val[0] = before.mask;
		old->__val[1] = before.blocked ? 0 : NOT_BLOCKED;
	} else if (how == SIG_SETMASK && set->__val[1] != NOT_BLOCKED) {
		before.mask = set->__val[0];
		before.blocked = true;
		rg_sys_restore_signals(&before);
	}
	return 0;
}

/*
 * Its locks are ours as well. In a forked child one may be held by a thread
 * that is not there, and the child would wait for ever; and a host's own lock
 * functions (ThreadSanitizer's) may not be called where libunwind does, from a
 * thread that has nearly ended. The word says in which process the lock is
 * held; whoever finds another's there takes it, and has libunwind forget what
 * that thread was in the middle of writing.
 */
static bool locks_are_ours;

typedef void flush_fn(unw_addr_space_t, unw_word_t, unw_word_t);

static flush_fn *flush;
static unw_addr_space_t *local_space;

/* As long as a holder that was killed (a child of vfork) is waited for. */
#define PATIENCE 100000

static int lock(_Atomic uint32_t *word)
{
	uint32_t own = rg_process_epoch() + 1;

	for (int i = 0;; i++) {
		uint32_t holder = 0;

		if (atomic_compare_exchange_strong(word, &holder, own))
			return 0;
		if ((holder != own || i >= PATIENCE) &&
		    atomic_compare_exchange_strong(word, &holder, own)) {
			flush(*local_space, 0, 0);
			return 0;
		}
		rg_sys_sched_yield();
	}
}

static int unlock(_Atomic uint32_t *word)
{
	atomic_store(word, 0);
	return 0;
}

#define STRING(name) #name
#define SYMBOL(macro) STRING(macro)

/* Return: false when one of the two alone is ours, and nobody can use it. */
static bool take_locks(void *library)
{
	flush = (flush_fn *)dlsym(library, SYMBOL(unw_flush_cache));
	local_space = dlsym(library, SYMBOL(unw_local_addr_space));
	if (!flush || !local_space ||
	    !rg_imports_redirect(library, "pthread_mutex_unlock",
				 (void *)unlock))
		return true;
	locks_are_ours = rg_imports_redirect(library, "pthread_mutex_lock",
					     (void *)lock);
	return locks_are_ours;
}

static bool keep_from_descriptors(void *library)
{
	bool write =
		rg_imports_redirect(library, "write", (void *)write_readable);
	bool syscall =
		rg_imports_redirect(library, "syscall", (void *)no_write);

	return (write || syscall) &&
	       rg_imports_redirect(library, "pipe2", (void *)no_pipe) &&
	       rg_imports_redirect(library, "read", (void *)read_nothing);
}

static _Unwind_Reason_Code count_frame(struct _Unwind_Context *context,
				       void *arg)
{
	(void)context;
	++*(int *)arg;
	return _URC_NO_REASON;
}

/*
 * The first step allocates and asks the loader: now, not under a lock that
 * the program may hold later. This walk takes the steps without the cache of
 * a backtrace, 256 KB a thread, which a program without calls need not pay.
 */
static bool warm_up(void *library)
{
	typedef _Unwind_Reason_Code walk_fn(_Unwind_Trace_Fn, void *);
	walk_fn *walk = (walk_fn *)dlsym(library, "_Unwind_Backtrace");
	int nr = 0;

	if (walk)
		walk(count_frame, &nr);
	return nr > 0;
}

bool rg_unwind_libunwind_init(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!library || !keep_from_descriptors(library))
		return false;
	rg_imports_redirect(library, "mmap", (void *)mmap_apart);
	rg_imports_redirect(library, "sigprocmask", (void *)mask_signals);
	if (!take_locks(library))
		return false;
	backtrace_raw = (int (*)(void **, int))dlsym(library, "unw_backtrace");
	return backtrace_raw && warm_up(library);
}

size_t rg_unwind_libunwind(void **frames, size_t max)
{
	int before = errno;
	int nr;

	/* it makes system calls of its own, on stacks it does not know */
	if (rg_confined || (!locks_are_ours && rg_process_is_forked()))
		return 0;
	nr = backtrace_raw(frames, (int)max);
	errno = before;
	return nr < 0 ? 0 : (size_t)nr;
}
