/* SPDX-License-Identifier: MIT */

#include "runtime/template.h"

#include "runtime/config.h"
#include "runtime/place.h"
#include "runtime/sys.h"

static struct {
	uint64_t addr;
	uint64_t inode;
	uint32_t dev;
} template;

/* As rg_vma.dev has it. */
static uint32_t dev_of(const struct stat *stat)
{
	uint64_t dev = stat->st_dev;
	uint32_t minor = (uint32_t)((dev & 0xff) | (dev >> 12 & 0xfff00));

	return (uint32_t)(dev >> 8 & 0xfff) << 20 | minor;
}

bool rg_template_map(void)
{
	int fd = rg_sys_memfd_create("remapguard-quarantine", MFD_CLOEXEC);
	size_t page_size = rg_config.limits.page_size;
	struct stat stat;
	void *page;

	if (fd < 0)
		return false;
	page = rg_sys_mmap((void *)(uintptr_t)rg_place_top(), page_size,
			   PROT_NONE, MAP_SHARED | MAP_NORESERVE, fd);
	if (!rg_sys_failed((intptr_t)page) && !rg_sys_fstat(fd, &stat)) {
		/* what is held is nothing to be dumped */
		rg_sys_madvise(page, page_size, MADV_DONTDUMP);
		template.addr = (uint64_t)(uintptr_t)page;
		template.inode = stat.st_ino;
		template.dev = dev_of(&stat);
	}
	rg_sys_close(fd);
	return template.addr != 0;
}

int rg_template_cover(uint64_t start, uint64_t len)
{
	int64_t got = rg_sys_mremap(template.addr, 0, len,
				    RG_MREMAP_MAYMOVE | RG_MREMAP_FIXED, start);

	return rg_sys_failed(got) ? (int)got : 0;
}

bool rg_template_is(const struct rg_vma *vma)
{
	return vma->inode == template.inode && vma->dev == template.dev;
}
