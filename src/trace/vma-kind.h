/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_VMA_KIND_H
#define RG_TRACE_VMA_KIND_H

/*
 * What follows from a mapping's name: what backs it, and so which of its
 * flags are certain although no one showed them.
 */

#include <remapguard/model.h>

/*
 * Set kind and the flags that follow from it; flags that are known stay as
 * they are. Before: bounds, permissions, offset and inode are set, with READ,
 * WRITE, EXEC and SHARED known, and page_size, or 0 where maps does not show
 * it. name is the last column of maps, "" for none; base_page_size the
 * process's.
 */
void rg_vma_set_kind(struct rg_vma *vma, const char *name,
		     uint64_t base_page_size);

#endif
