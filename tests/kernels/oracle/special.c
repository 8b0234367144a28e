/* SPDX-License-Identifier: MIT */

#include "special.h"

#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define RW (PROT_READ | PROT_WRITE)

/* Opened once in a process: closing some of them takes the kernel long. */
struct source {
	int (*open)(void);
	pid_t owner;
	int fd;
};

/* Return: a descriptor, or -errno. */
static int source_fd(struct source *source)
{
	if (source->owner != getpid()) {
		source->fd = source->open();
		source->owner = getpid();
	}
	return source->fd;
}

static int map_fd_as(int prot, int fd, uint64_t addr, uint64_t len,
		     uint64_t offset)
{
	int at = addr ? MAP_FIXED_NOREPLACE : 0;

	if (fd < 0)
		return fd;
	if (mmap((void *)addr, len, prot, MAP_SHARED | at, fd, (off_t)offset) ==
	    MAP_FAILED)
		return -errno;
	return 0;
}

static int map_fd(int fd, uint64_t addr, uint64_t len, uint64_t offset)
{
	return map_fd_as(RW, fd, addr, len, offset);
}

/* Rings are mapped whole: as many pages as they were made with. */
#define RING_PAGES 4
#define RING_LEN (RING_PAGES * machine.page)
#define SQE_SIZE 64

static int open_io_uring(void)
{
	struct io_uring_params params = { 0 };
	long fd = syscall(SYS_io_uring_setup, RING_LEN / SQE_SIZE, &params);

	return fd < 0 ? -errno : (int)fd;
}

/* Its file says itself where it is mapped, and refuses to be told. */
static int map_io_uring(uint64_t addr, uint64_t len)
{
	static struct source source = { .open = open_io_uring };

	(void)addr;
	(void)len;
	return map_fd(source_fd(&source), 0, RING_LEN, IORING_OFF_SQES);
}

/* The kernel maps it, where it likes. */
static int map_aio(uint64_t addr, uint64_t len)
{
	aio_context_t context = 0;

	(void)addr;
	return syscall(SYS_io_setup, len / SQE_SIZE, &context) ? -errno : 0;
}

/*
 * The rest of a ring whose context is gone, which refuses to move. A context
 * takes for its ring as many pages as it had, from the one moved last on.
 */
static int map_aio_orphan(uint64_t addr, uint64_t len)
{
	uint64_t room = 2 * len + (UINT64_C(1) << 20);
	aio_context_t context = 0;
	void *to;

	(void)addr;
	if (syscall(SYS_io_setup, len / SQE_SIZE, &context))
		return -errno;
	to = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (to == MAP_FAILED ||
	    mremap((void *)context, machine.page, machine.page,
		   MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED ||
	    syscall(SYS_io_destroy, to) || munmap(to, room))
		return -errno;
	return 0;
}

/* Of no counter of the processor's, which there may not be. */
static int open_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.exclude_kernel = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			  PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static int map_perf(uint64_t addr, uint64_t len)
{
	static struct source source = { .open = open_perf };

	(void)len;
	return map_fd(source_fd(&source), addr, machine.page + RING_LEN, 0);
}

static int open_packet(void)
{
	struct tpacket_req ring = {
		.tp_block_size = (unsigned int)machine.page,
		.tp_block_nr = RING_PAGES,
		.tp_frame_size = (unsigned int)machine.page,
		.tp_frame_nr = RING_PAGES,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)))
		return -errno;
	return fd;
}

static int map_packet(uint64_t addr, uint64_t len)
{
	static struct source source = { .open = open_packet };

	(void)len;
	return map_fd(source_fd(&source), addr, RING_LEN, 0);
}

static int open_tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* Pages of the device's, and yet it may grow, and nobody hears of its end. */
static int map_tcp(uint64_t addr, uint64_t len)
{
	static struct source source = { .open = open_tcp };

	return map_fd_as(PROT_READ, source_fd(&source), addr, len, 0);
}

static int open_dev_zero(void)
{
	int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int map_dev_zero(uint64_t addr, uint64_t len)
{
	static struct source source = { .open = open_dev_zero };

	return map_fd(source_fd(&source), addr, len, 0);
}

static int map_sysv(uint64_t addr, uint64_t len)
{
	int id = shmget(IPC_PRIVATE, len, IPC_CREAT | 0600);
	int ret;

	if (id < 0)
		return -errno;
	ret = shmat(id, (void *)addr, 0) == (void *)-1 ? -errno : 0;
	shmctl(id, IPC_RMID, NULL);
	return ret;
}

/* What is missing is refused: nobody is there to bring it. */
static int open_userfaultfd(void)
{
	struct uffdio_api api = { UFFD_API, UFFD_FEATURE_SIGBUS, 0 };
	long fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl((int)fd, UFFDIO_API, &api))
		return -errno;
	return (int)fd;
}

static int map_anonymous(uint64_t addr, uint64_t len, uint64_t *ret_addr)
{
	int at = addr ? MAP_FIXED_NOREPLACE : 0;
	void *mapped = mmap((void *)addr, len, RW,
			    MAP_PRIVATE | MAP_ANONYMOUS | at, -1, 0);

	if (mapped == MAP_FAILED)
		return -errno;
	*ret_addr = (uint64_t)mapped;
	return 0;
}

static int map_armed(uint64_t addr, uint64_t len, uint64_t mode)
{
	static struct source source = { .open = open_userfaultfd };
	struct uffdio_register area = { .range = { .len = len }, .mode = mode };
	int fd = source_fd(&source);
	uint64_t start = 0;
	int ret;

	if (fd < 0)
		return fd;
	ret = map_anonymous(addr, len, &start);
	area.range.start = start;
	if (!ret && ioctl(fd, UFFDIO_REGISTER, &area))
		ret = -errno;
	return ret;
}

static int map_uffd_missing(uint64_t addr, uint64_t len)
{
	return map_armed(addr, len, UFFDIO_REGISTER_MODE_MISSING);
}

static int map_uffd_wp(uint64_t addr, uint64_t len)
{
	return map_armed(addr, len, UFFDIO_REGISTER_MODE_WP);
}

static int map_ksm(uint64_t addr, uint64_t len)
{
	uint64_t start = 0;
	int ret = map_anonymous(addr, len, &start);

	if (!ret && madvise((void *)start, len, MADV_MERGEABLE))
		ret = -errno;
	/* without a page there is nothing to separate */
	if (!ret)
		*(volatile char *)start = 1;
	return ret;
}

const struct special specials[] = {
	{ "io_uring", map_io_uring },
	{ "aio", map_aio },
	{ "aio-orphan", map_aio_orphan },
	{ "perf", map_perf },
	{ "packet", map_packet },
	{ "tcp", map_tcp },
	{ "/dev/zero", map_dev_zero },
	{ "sysv", map_sysv },
	{ "userfaultfd", map_uffd_missing },
	{ "userfaultfd-wp", map_uffd_wp },
	{ "ksm", map_ksm },
};
const unsigned int nr_specials = sizeof(specials) / sizeof(specials[0]);

unsigned int special_named(const char *name)
{
	unsigned int i = 0;

	while (i < nr_specials && strcmp(specials[i].name, name))
		i++;
	return i;
}
