/* SPDX-License-Identifier: MIT */

#include "supervisor/module.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

/*
 * What is added to an object's own addresses follows from where one of its
 * segments lies: the mapping begins with some page of the file, and the
 * headers say which address that page is meant for.
 */
static bool find_base(Elf *elf, const struct rg_vma *vma, uint64_t page_size,
		      uint64_t *ret_base)
{
	size_t nr;

	if (elf_getphdrnum(elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++) {
		GElf_Phdr phdr;
		uint64_t from;

		if (!gelf_getphdr(elf, (int)i, &phdr) || phdr.p_type != PT_LOAD)
			continue;
		from = phdr.p_offset & -page_size;
		if (vma->offset < from ||
		    vma->offset >= phdr.p_offset + phdr.p_filesz)
			continue;
		*ret_base =
			vma->start - vma->offset + phdr.p_offset - phdr.p_vaddr;
		return true;
	}
	return false;
}

static void read_base(int fd, uint64_t page_size, const struct rg_vma *vma,
		      uint64_t *base)
{
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		find_base(elf, vma, page_size, base);
	elf_end(elf);
}

/* Of what is no ELF object the file's own beginning counts. */
static uint64_t base_of(struct rg_sight *sight,
			const struct rg_sight_file *file)
{
	uint64_t base = file->vma.start - file->vma.offset;
	int fd = file->vma.inode ? rg_sight_open_file(sight, file->path,
						      file->vma.inode)
				 : -ENOENT;

	if (fd >= 0) {
		read_base(fd, sight->page_size, &file->vma, &base);
		close(fd);
	}
	return base;
}

bool rg_module_offset(struct rg_sight *sight, uint64_t addr,
		      uint64_t *ret_offset)
{
	struct rg_sight_file file;

	if (rg_sight_file(sight, addr, &file))
		return false;
	*ret_offset = addr - base_of(sight, &file);
	return true;
}

size_t rg_module_describe(struct rg_sight *sight, uint64_t addr, uint64_t now,
			  char line[RG_MODULE_LINE_MAX])
{
	struct rg_sight_file file;
	struct rg_module module = { .since = now };

	if (rg_sight_file(sight, addr, &file))
		return 0;
	module.start = file.vma.start;
	module.end = file.vma.end;
	module.base = base_of(sight, &file);
	module.path = file.path[0] ? file.path : "[anonymous]";
	module.build_id_len = file.build_id_len;
	memcpy(module.build_id, file.build_id, sizeof(module.build_id));
	return rg_module_format(&module, line, RG_MODULE_LINE_MAX);
}
