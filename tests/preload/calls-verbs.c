/* SPDX-License-Identifier: MIT */
#include "calls-verbs.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Newer than the headers of Debian 12. */
#define NR_MSEAL 462
#define NR_MEMFD_SECRET 447
#define USER_MODE_ONLY 1

int lay_seal(uint64_t addr, uint64_t len)
{
	return syscall(NR_MSEAL, addr, len, 0ul) < 0 ? -errno : 0;
}

/* Map fd over the range and give its first nr pages their letters. */
static int map_fd(int fd, uint64_t addr, uint64_t len, int flags, uint64_t nr)
{
	void *got;

	if (fd < 0)
		return -errno;
	got = mmap((void *)addr, len, PROT_READ | PROT_WRITE, flags | MAP_FIXED,
		   fd, 0);
	if (got == MAP_FAILED)
		return -errno;
	close(fd);
	for (uint64_t i = 0; i < nr && i < 8; i++)
		*(volatile char *)(addr + P(i)) =
			(char)('a' + ((addr - ARENA) / PAGE + i) % 26);
	return 0;
}

static int map_memfd(uint64_t addr, uint64_t len, uint64_t size)
{
	int fd = memfd_create("calls", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		return -errno;
	return map_fd(fd, addr, len, MAP_SHARED, size / PAGE);
}

int lay_memfd(uint64_t addr, uint64_t len)
{
	return map_memfd(addr, len, len);
}

/* The object ends after one page, the mapping goes on. */
int lay_onepage(uint64_t addr, uint64_t len)
{
	return map_memfd(addr, len, PAGE);
}

static int map_file(uint64_t addr, uint64_t len, int flags)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)len) < 0)
		return -errno;
	return map_fd(fd, addr, len, flags, len / PAGE);
}

int lay_file(uint64_t addr, uint64_t len)
{
	return map_file(addr, len, MAP_SHARED);
}

int lay_privatefile(uint64_t addr, uint64_t len)
{
	return map_file(addr, len, MAP_PRIVATE);
}

/* This very program, mapped to be read: as a loader does. */
int lay_self(uint64_t addr, uint64_t len)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *got;

	if (fd < 0)
		return -errno;
	got = mmap((void *)addr, len, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd,
		   0);
	return got == MAP_FAILED ? -errno : 0;
}

int lay_zero(uint64_t addr, uint64_t len)
{
	return map_fd(open("/dev/zero", O_RDWR | O_CLOEXEC), addr, len,
		      MAP_PRIVATE, len / PAGE);
}

int lay_sysv(uint64_t addr, uint64_t len)
{
	int id = shmget(IPC_PRIVATE, len, IPC_CREAT | 0600);
	void *got;

	if (id < 0)
		return -errno;
	got = shmat(id, (void *)addr, 0);
	shmctl(id, IPC_RMID, NULL);
	if (got == (void *)-1)
		return -errno;
	for (uint64_t i = 0; i < len / PAGE; i++)
		*(volatile char *)(addr + P(i)) =
			(char)('a' + ((addr - ARENA) / PAGE + i) % 26);
	return 0;
}

/* Without the feature that lets it follow a move. */
int lay_uffd(uint64_t addr, uint64_t len)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = addr, .len = len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | USER_MODE_ONLY);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) < 0 ||
	    ioctl(fd, UFFDIO_REGISTER, &range) < 0)
		return -errno;
	return 0;
}

/* Root without capabilities: what it owns it can still open. */
int lay_no_caps(uint64_t addr, uint64_t len)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { { 0 } };

	(void)addr;
	(void)len;
	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

int lay_need_caps(uint64_t addr, uint64_t len)
{
	const uint32_t want = 1u << CAP_SYS_RAWIO | 1u << CAP_IPC_LOCK;
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = { { 0 } };

	(void)addr;
	(void)len;
	if (syscall(SYS_capget, &head, caps) < 0)
		return -errno;
	return (caps[0].effective & want) == want ? 0 : -EPERM;
}

static int base_on(const char *name)
{
	uint64_t end;

	return find_named(name, &scene.base, &end) ? 0 : -ENOENT;
}

int lay_vdso(uint64_t addr, uint64_t len)
{
	(void)addr;
	(void)len;
	scene.base = getauxval(AT_SYSINFO_EHDR);
	return scene.base ? 0 : -ENOENT;
}

int lay_vvar(uint64_t addr, uint64_t len)
{
	(void)addr;
	(void)len;
	return base_on("[vvar]");
}

/* base is the last page of the heap, of at least 16 pages. */
int lay_heap(uint64_t addr, uint64_t len)
{
	uint64_t end = (uint64_t)sbrk(0);

	(void)addr;
	(void)len;
	end = (end + P(16)) & ~(PAGE - 1);
	if (brk((void *)end) < 0)
		return -errno;
	scene.base = end - PAGE;
	return 0;
}

/* base is a page in the middle of the main thread's stack, which has grown. */
int lay_mainstack(uint64_t addr, uint64_t len)
{
	(void)addr;
	(void)len;
	scene.base = (uint64_t)__builtin_frame_address(0) & ~(PAGE - 1);
	scene.base -= P(8);
	return 0;
}

int lay_ring(uint64_t addr, uint64_t len)
{
	struct io_uring_params params = { 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 8, &params);
	void *got;

	(void)addr;
	if (fd < 0)
		return -errno;
	got = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   IORING_OFF_SQ_RING);
	scene.base = (uint64_t)got;
	return got == MAP_FAILED ? -errno : 0;
}

int lay_aio(uint64_t addr, uint64_t len)
{
	aio_context_t context = 0;

	(void)addr;
	(void)len;
	if (syscall(SYS_io_setup, 1, &context) < 0)
		return -errno;
	scene.base = context;
	return 0;
}

/* The child of the one who made the ring goes on; it has no context. */
int lay_aiofork(uint64_t addr, uint64_t len)
{
	int r = lay_aio(addr, len);
	int status;
	pid_t child;

	if (r < 0)
		return r;
	child = fork();
	if (child == 0)
		return 0;
	waitpid(child, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

int lay_packet(uint64_t addr, uint64_t len)
{
	struct tpacket_req req = {
		.tp_block_size = PAGE,
		.tp_block_nr = (unsigned int)(len / PAGE),
		.tp_frame_size = PAGE,
		.tp_frame_nr = (unsigned int)(len / PAGE),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		return -errno;
	return map_fd(fd, addr, len, MAP_SHARED, 0);
}

int lay_perf(uint64_t addr, uint64_t len)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.exclude_kernel = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0ul);

	return map_fd(fd, addr, len, MAP_SHARED, 0);
}

int lay_secret(uint64_t addr, uint64_t len)
{
	int fd = (int)syscall(NR_MEMFD_SECRET, 0);

	if (fd < 0 || ftruncate(fd, (off_t)len) < 0)
		return -errno;
	return map_fd(fd, addr, len, MAP_SHARED, 0);
}

/* Address 0 is below what may be mapped, and nothing is there. */
int lay_low(uint64_t addr, uint64_t len)
{
	unsigned char in_core;

	(void)addr;
	(void)len;
	return mincore((void *)0, PAGE, &in_core) < 0 ? 0 : -EEXIST;
}

/* What only the privileged can map, and so lose. */
int lay_lowest(uint64_t addr, uint64_t len)
{
	int r = lay_low(addr, len);
	void *got;

	if (r < 0)
		return r;
	got = mmap(NULL, len, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	return got == MAP_FAILED ? -errno : 0;
}

/* TASK_END is where this kernel ends, and the pages below it are free. */
int lay_high(uint64_t addr, uint64_t len)
{
	void *last = (void *)(TASK_END - PAGE);
	void *got =
		mmap(last, PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	(void)addr;
	(void)len;
	if (got != last)
		return -EEXIST;
	munmap(last, PAGE);
	return munmap((void *)TASK_END, PAGE) < 0 ? 0 : -EOPNOTSUPP;
}

int fill_vmas(uint64_t addr, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		if (mmap((void *)(addr + P(i)), PAGE, i % 2 ? PROT_READ : 0,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				 MAP_FIXED,
			 -1, 0) == MAP_FAILED)
			return -errno;
	return 0;
}
