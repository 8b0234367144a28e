/* SPDX-License-Identifier: MIT */

#include "machine.h"

#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

struct machine machine;

static const char *const setting_paths[NR_SETTINGS] = {
	[SETTING_MAX_MAP_COUNT] = "/proc/sys/vm/max_map_count",
	[SETTING_OVERCOMMIT] = "/proc/sys/vm/overcommit_memory",
	[SETTING_OVERCOMMIT_RATIO] = "/proc/sys/vm/overcommit_ratio",
	[SETTING_MMAP_MIN_ADDR] = "/proc/sys/vm/mmap_min_addr",
};

uint64_t text_read(const char *path, char *buf, uint64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t used = 0;
	ssize_t got;

	while (fd >= 0 && used + 1 < size &&
	       (got = read(fd, buf + used, size - 1 - used)) > 0)
		used += (uint64_t)got;
	if (fd >= 0)
		close(fd);
	buf[used] = '\0';
	return used;
}

uint64_t text_number(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

uint64_t setting_read(enum setting setting)
{
	char text[32];

	text_read(setting_paths[setting], text, sizeof(text));
	return text_number(text, "");
}

int setting_write(enum setting setting, uint64_t value)
{
	int fd = open(setting_paths[setting], O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = dprintf(fd, "%llu", (unsigned long long)value) > 0 ? 0 : -errno;
	close(fd);
	if (setting == SETTING_MMAP_MIN_ADDR)
		machine.min_addr = setting_read(setting);
	return ret;
}

/*
 * munmap refuses what lies beyond the task size and accepts what is not
 * mapped. So the limit is found by halving, without touching what is.
 */
static bool is_inside(uint64_t addr)
{
	return !munmap((void *)addr, machine.page);
}

static uint64_t find_task_size(void)
{
	static struct snapshot own;
	uint64_t inside = UINT64_C(1) << 40;
	uint64_t outside = UINT64_C(1) << 56;
	struct rg_vma vma;

	snapshot_enter();
	snapshot_read(&own, SNAPSHOT_MAPS);
	while (outside - inside > machine.page) {
		uint64_t middle = inside + (outside - inside) / 2;

		middle &= -machine.page;
		if (snapshot_find(&own, middle, &vma) && vma.start <= middle)
			inside = middle;
		else if (is_inside(middle))
			inside = middle;
		else
			outside = middle;
	}
	return outside;
}

static int open_files(void)
{
	machine.memory_fd = memfd_create("oracle", MFD_CLOEXEC);
	machine.file_fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	machine.zero_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (machine.memory_fd < 0 || machine.file_fd < 0 ||
	    machine.zero_fd < 0 ||
	    ftruncate(machine.memory_fd, (off_t)(5 * machine.page)) ||
	    ftruncate(machine.file_fd, (off_t)(3 * machine.page + 100)))
		return -errno;
	return 0;
}

int machine_find(bool ours, const char **ret_what)
{
	static char text[8192];
	struct utsname uts;

	machine.ours = ours;
	machine.page = (uint64_t)sysconf(_SC_PAGESIZE);
	*ret_what = "files to map";
	if (open_files())
		return -errno;
	uname(&uts);
	*ret_what = "the rules of this kernel";
	if (!rg_kernel_from_release(uts.release, &machine.kernel))
		return -ENOTSUP;
	text_read("/proc/meminfo", text, sizeof(text));
	machine.huge = text_number(text, "Hugepagesize:") << 10;
	if (!machine.huge)
		machine.huge = 512 * machine.page;
	machine.min_addr = setting_read(SETTING_MMAP_MIN_ADDR);
	machine.task_size = find_task_size();
	return 0;
}
