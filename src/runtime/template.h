/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_TEMPLATE_H
#define RG_RUNTIME_TEMPLATE_H

/*
 * The mapping that stands where something is held (quarantine.h). Programs
 * manage address space themselves, and may map over an old range as they
 * please: so it must be told from all else. It is a mapping of a file of ours,
 * empty and without a name, of which one page, the template, is mapped from
 * the start:
 *
 *     mremap(template, 0, len, MAYMOVE|FIXED, old)
 *
 * puts the same over any range, in one step and without a descriptor; and who
 * asks for the mapping at an address is told the file's inode.
 */

#include <remapguard/model.h>

/* In the constructor. Return: whether it is there. */
bool rg_template_map(void);

/*
 * Put our mapping over a range, at once: whatever is there ends. Return: 0 or
 * -errno, and then nothing may be there any more.
 */
int rg_template_cover(uint64_t start, uint64_t len);

/* Is this mapping one of ours? */
bool rg_template_is(const struct rg_vma *vma);

#endif
