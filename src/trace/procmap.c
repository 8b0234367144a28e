/* SPDX-License-Identifier: MIT */

#include "trace/procmap.h"

#include "trace/vma-kind.h"

_Static_assert(sizeof(struct rg_procmap) == 0x68, "size in RG_PROCMAP_QUERY");

struct rg_vma rg_procmap_vma(const struct rg_procmap *answer, const char *name,
			     uint64_t base_page_size)
{
	struct rg_vma vma = {
		.start = answer->vma_start,
		.end = answer->vma_end,
		.offset = answer->vma_offset,
		.inode = answer->inode,
		.page_size = answer->vma_page_size,
		.dev = answer->dev_major << 20 | answer->dev_minor,
		/* the query's bits are ours: read, write, execute, shared */
		.flags = (uint32_t)answer->vma_flags & RG_PROCMAP_FLAGS,
		.known = RG_PROCMAP_FLAGS,
	};

	rg_vma_set_kind(&vma, name, base_page_size);
	return vma;
}
