/* SPDX-License-Identifier: MIT */

#include "runtime/buffers.h"

#include "runtime/accesses.h"
#include "runtime/quarantine.h"
#include "runtime/sys.h"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define EXPORT __attribute__((visibility("default")))

/* Headers declare some of them otherwise when fortified, hence the names. */
EXPORT ssize_t rg_read(int fd, void *buf, size_t len) __asm__("read");
EXPORT ssize_t rg_write(int fd, const void *buf, size_t len) __asm__("write");
EXPORT ssize_t rg_pread(int fd, void *buf, size_t len,
			off_t offset) __asm__("pread");
EXPORT ssize_t rg_pread64(int fd, void *buf, size_t len,
			  off_t offset) __asm__("pread64");
EXPORT ssize_t rg_pwrite(int fd, const void *buf, size_t len,
			 off_t offset) __asm__("pwrite");
EXPORT ssize_t rg_pwrite64(int fd, const void *buf, size_t len,
			   off_t offset) __asm__("pwrite64");
EXPORT ssize_t rg_recv(int fd, void *buf, size_t len,
		       int flags) __asm__("recv");
EXPORT ssize_t rg_send(int fd, const void *buf, size_t len,
		       int flags) __asm__("send");
EXPORT ssize_t rg_recvfrom(int fd, void *buf, size_t len, int flags, void *addr,
			   socklen_t *addr_len) __asm__("recvfrom");
EXPORT ssize_t rg_sendto(int fd, const void *buf, size_t len, int flags,
			 const void *addr,
			 socklen_t addr_len) __asm__("sendto");
EXPORT ssize_t rg_readv(int fd, const struct iovec *iov,
			int nr) __asm__("readv");
EXPORT ssize_t rg_writev(int fd, const struct iovec *iov,
			 int nr) __asm__("writev");

/* ------------------------------------------- without the next definitions */

/* Before the constructor has run, and where the libc has none. */
static ssize_t raw(long nr, const long args[6])
{
	long result = rg_arch_syscall(nr, args);

	if (!rg_sys_failed(result))
		return result;
	errno = (int)-result;
	return -1;
}

#define RAW(nr, ...) raw(nr, (const long[6]){ __VA_ARGS__ })

static ssize_t raw_read(int fd, void *buf, size_t len)
{
	return RAW(SYS_read, fd, (long)buf, (long)len);
}

static ssize_t raw_write(int fd, const void *buf, size_t len)
{
	return RAW(SYS_write, fd, (long)buf, (long)len);
}

static ssize_t raw_pread(int fd, void *buf, size_t len, off_t offset)
{
	return RAW(SYS_pread64, fd, (long)buf, (long)len, offset);
}

static ssize_t raw_pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	return RAW(SYS_pwrite64, fd, (long)buf, (long)len, offset);
}

static ssize_t raw_recv(int fd, void *buf, size_t len, int flags)
{
	return RAW(SYS_recvfrom, fd, (long)buf, (long)len, flags);
}

static ssize_t raw_send(int fd, const void *buf, size_t len, int flags)
{
	return RAW(SYS_sendto, fd, (long)buf, (long)len, flags);
}

static ssize_t raw_recvfrom(int fd, void *buf, size_t len, int flags,
			    void *addr, socklen_t *addr_len)
{
	return RAW(SYS_recvfrom, fd, (long)buf, (long)len, flags, (long)addr,
		   (long)addr_len);
}

static ssize_t raw_sendto(int fd, const void *buf, size_t len, int flags,
			  const void *addr, socklen_t addr_len)
{
	return RAW(SYS_sendto, fd, (long)buf, (long)len, flags, (long)addr,
		   (long)addr_len);
}

static ssize_t raw_readv(int fd, const struct iovec *iov, int nr)
{
	return RAW(SYS_readv, fd, (long)iov, nr);
}

static ssize_t raw_writev(int fd, const struct iovec *iov, int nr)
{
	return RAW(SYS_writev, fd, (long)iov, nr);
}

/* -------------------------------------------------- the next definitions */

static struct {
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*write)(int, const void *, size_t);
	ssize_t (*pread)(int, void *, size_t, off_t);
	ssize_t (*pwrite)(int, const void *, size_t, off_t);
	ssize_t (*recv)(int, void *, size_t, int);
	ssize_t (*send)(int, const void *, size_t, int);
	ssize_t (*recvfrom)(int, void *, size_t, int, void *, socklen_t *);
	ssize_t (*sendto)(int, const void *, size_t, int, const void *,
			  socklen_t);
	ssize_t (*readv)(int, const struct iovec *, int);
	ssize_t (*writev)(int, const struct iovec *, int);
} next = {
	.read = raw_read,
	.write = raw_write,
	.pread = raw_pread,
	.pwrite = raw_pwrite,
	.recv = raw_recv,
	.send = raw_send,
	.recvfrom = raw_recvfrom,
	.sendto = raw_sendto,
	.readv = raw_readv,
	.writev = raw_writev,
};

/* On 64-bit machines pread64 is pread. */
void rg_buffers_init(void)
{
	static const struct {
		const char *name;
		void *next;
	} names[] = {
		{ "read", &next.read },		{ "write", &next.write },
		{ "pread64", &next.pread },	{ "pwrite64", &next.pwrite },
		{ "recv", &next.recv },		{ "send", &next.send },
		{ "recvfrom", &next.recvfrom }, { "sendto", &next.sendto },
		{ "readv", &next.readv },	{ "writev", &next.writev },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *found = dlsym(RTLD_NEXT, names[i].name);

		if (found)
			memcpy(names[i].next, &found, sizeof(found));
	}
}

/* ------------------------------------------------------------ what it was */

/* A system call and one piece of memory that it was given. */
struct look {
	long nr;
	uint64_t caller;
};

static bool look_at(const struct look *look, const void *buf, size_t len)
{
	uint64_t start = (uint64_t)(uintptr_t)buf;
	uint64_t end = start + len < start ? UINT64_MAX : start + len;
	struct rg_sighting sighting = {
		.kind = RG_ACCESS_SYSTEM_CALL,
		.system_call = (uint32_t)look->nr,
		.caller = look->caller,
	};

	sighting.ticket = rg_quarantine_find(start, end, &sighting.addr);
	return sighting.ticket != RG_NO_TICKET && rg_accesses_report(&sighting);
}

/* Out of line, and errno stays. Return: what the call has returned. */
__attribute__((noinline)) static ssize_t refused(long nr, const void *buf,
						 size_t len, const void *caller)
{
	const struct look look = { nr, (uint64_t)(uintptr_t)caller };

	if (errno == EFAULT)
		look_at(&look, buf, len);
	return -1;
}

/* Of the array the kernel has read what can be read, unless it lies there. */
static void look_at_all(const struct look *look, const struct iovec *iov,
			int nr)
{
	if (nr <= 0 || look_at(look, iov, (size_t)nr * sizeof(*iov)))
		return;
	for (int i = 0; i < nr && rg_sys_is_readable(&iov[i]); i++) {
		if (look_at(look, iov[i].iov_base, iov[i].iov_len))
			return;
	}
}

__attribute__((noinline)) static ssize_t
refused_all(long nr, const struct iovec *iov, int nr_iov, const void *caller)
{
	const struct look look = { nr, (uint64_t)(uintptr_t)caller };

	if (errno == EFAULT)
		look_at_all(&look, iov, nr_iov);
	return -1;
}

void rg_buffers_tell(long nr, const long args[6], const void *caller)
{
	const struct look look = { nr, (uint64_t)(uintptr_t)caller };
	int i = 0;

	while (i < 6 && !look_at(&look, (const void *)args[i], 1))
		i++;
}

/* -------------------------------------------------------------- exported */

#define CALLER __builtin_return_address(0)

ssize_t rg_read(int fd, void *buf, size_t len)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.read(fd, buf, len);
	got = next.read(fd, buf, len);
	return got < 0 ? refused(SYS_read, buf, len, CALLER) : got;
}

ssize_t rg_write(int fd, const void *buf, size_t len)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.write(fd, buf, len);
	got = next.write(fd, buf, len);
	return got < 0 ? refused(SYS_write, buf, len, CALLER) : got;
}

ssize_t rg_pread64(int fd, void *buf, size_t len, off_t offset)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.pread(fd, buf, len, offset);
	got = next.pread(fd, buf, len, offset);
	return got < 0 ? refused(SYS_pread64, buf, len, CALLER) : got;
}

ssize_t rg_pread(int fd, void *buf, size_t len, off_t offset)
	__attribute__((alias("pread64")));

ssize_t rg_pwrite64(int fd, const void *buf, size_t len, off_t offset)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.pwrite(fd, buf, len, offset);
	got = next.pwrite(fd, buf, len, offset);
	return got < 0 ? refused(SYS_pwrite64, buf, len, CALLER) : got;
}

ssize_t rg_pwrite(int fd, const void *buf, size_t len, off_t offset)
	__attribute__((alias("pwrite64")));

ssize_t rg_recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.recv(fd, buf, len, flags);
	got = next.recv(fd, buf, len, flags);
	return got < 0 ? refused(SYS_recvfrom, buf, len, CALLER) : got;
}

ssize_t rg_send(int fd, const void *buf, size_t len, int flags)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.send(fd, buf, len, flags);
	got = next.send(fd, buf, len, flags);
	return got < 0 ? refused(SYS_sendto, buf, len, CALLER) : got;
}

ssize_t rg_recvfrom(int fd, void *buf, size_t len, int flags, void *addr,
		    socklen_t *addr_len)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.recvfrom(fd, buf, len, flags, addr, addr_len);
	got = next.recvfrom(fd, buf, len, flags, addr, addr_len);
	return got < 0 ? refused(SYS_recvfrom, buf, len, CALLER) : got;
}

ssize_t rg_sendto(int fd, const void *buf, size_t len, int flags,
		  const void *addr, socklen_t addr_len)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.sendto(fd, buf, len, flags, addr, addr_len);
	got = next.sendto(fd, buf, len, flags, addr, addr_len);
	return got < 0 ? refused(SYS_sendto, buf, len, CALLER) : got;
}

ssize_t rg_readv(int fd, const struct iovec *iov, int nr)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.readv(fd, iov, nr);
	got = next.readv(fd, iov, nr);
	return got < 0 ? refused_all(SYS_readv, iov, nr, CALLER) : got;
}

ssize_t rg_writev(int fd, const struct iovec *iov, int nr)
{
	ssize_t got;

	if (!rg_quarantine_on)
		return next.writev(fd, iov, nr);
	got = next.writev(fd, iov, nr);
	return got < 0 ? refused_all(SYS_writev, iov, nr, CALLER) : got;
}
