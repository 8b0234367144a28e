/* SPDX-License-Identifier: MIT */

/*
 * What each check is called, and how it is told to people: the sentence says
 * what is wrong with the call, the errno is only what the kernel returns.
 */

#include "remapguard/model.h"

#include "model/names.h"

#include <errno.h>

#define INFO(check, text, why, errnum)                                         \
	[RG_CHECK_##check] = { .id = "RG_CHECK_" #check,                       \
			       .name = text,                                   \
			       .sentence = why,                                \
			       .error = errnum }

static const struct rg_check_info infos[RG_NR_CHECKS] = {
	INFO(LIBC_FLAGS, "libc-flags",
	     "the C library refuses flags it does not know", EINVAL),
	INFO(FLAGS, "flags",
	     "flags has a bit that is neither MREMAP_MAYMOVE, MREMAP_FIXED nor "
	     "MREMAP_DONTUNMAP",
	     EINVAL),
	INFO(ADDR_ALIGN, "addr-align",
	     "the old address is not a multiple of the page size", EINVAL),
	INFO(NEW_LEN_ZERO, "new-len-zero",
	     "the new length is zero, or rounding it up to pages wraps to zero",
	     EINVAL),
	INFO(NEW_LEN_RANGE, "new-len-range",
	     "the new length is larger than the whole address space", EINVAL),
	INFO(NEW_ADDR_RANGE, "new-addr-range",
	     "the destination reaches beyond the end of the address space",
	     EINVAL),
	INFO(NEW_ADDR_ALIGN, "new-addr-align",
	     "the new address is not a multiple of the page size", EINVAL),
	INFO(FIXED_MAYMOVE, "fixed-maymove",
	     "MREMAP_FIXED was given without MREMAP_MAYMOVE", EINVAL),
	INFO(DONTUNMAP_MAYMOVE, "dontunmap-maymove",
	     "MREMAP_DONTUNMAP was given without MREMAP_MAYMOVE", EINVAL),
	INFO(DONTUNMAP_RESIZE, "dontunmap-resize",
	     "MREMAP_DONTUNMAP cannot resize, and the two lengths differ",
	     EINVAL),
	INFO(OVERLAP, "overlap", "the destination overlaps the source", EINVAL),
	INFO(MAP_COUNT, "map-count",
	     "the process has nearly as many mappings as vm.max_map_count "
	     "allows",
	     ENOMEM),
	INFO(MOVE_MAP_COUNT, "move-map-count",
	     "a move needs room for more mappings than vm.max_map_count leaves",
	     ENOMEM),
	INFO(SOURCE_UNMAPPED, "source-unmapped",
	     "nothing is mapped at the old address", EFAULT),
	INFO(SOURCE_SEALED, "source-sealed",
	     "the source is sealed with mseal(2)", EPERM),
	INFO(HUGETLB_MOVE, "hugetlb-move",
	     "this kernel cannot move or grow a hugetlb mapping", EINVAL),
	INFO(HUGETLB_ADDR_ALIGN, "hugetlb-addr-align",
	     "the old address is not a multiple of the huge page size of its "
	     "hugetlb mapping",
	     EINVAL),
	INFO(HUGETLB_NEW_ADDR_ALIGN, "hugetlb-new-addr-align",
	     "the new address is not a multiple of the huge page size, which "
	     "is tested for a hugetlb mapping even when no flag asks for a new "
	     "address",
	     EINVAL),
	INFO(HUGETLB_GROW, "hugetlb-grow", "a hugetlb mapping cannot grow",
	     EINVAL),
	INFO(DUPLICATE_PRIVATE, "duplicate-private",
	     "an old length of zero asks for a duplicate, and the mapping is "
	     "private",
	     EINVAL),
	INFO(DONTUNMAP_SHARED, "dontunmap-shared",
	     "on this kernel MREMAP_DONTUNMAP takes private anonymous mappings "
	     "only",
	     EINVAL),
	INFO(DONTUNMAP_SPECIAL, "dontunmap-special",
	     "MREMAP_DONTUNMAP does not take a driver's, a hugetlb or another "
	     "special mapping",
	     EINVAL),
	INFO(CROSSES_VMA, "crosses-vma",
	     "the old range reaches past the end of the mapping at its start",
	     EFAULT),
	INFO(OFFSET_WRAP, "offset-wrap",
	     "the file offset of the grown mapping would wrap", EINVAL),
	INFO(GROW_SPECIAL, "grow-special",
	     "a driver's or another special mapping cannot grow", EFAULT),
	INFO(MLOCK_LIMIT, "mlock-limit",
	     "the mapping is locked in memory, and growing it would exceed "
	     "RLIMIT_MEMLOCK",
	     EAGAIN),
	INFO(ADDRESS_SPACE_LIMIT, "address-space-limit",
	     "the process would exceed RLIMIT_AS", ENOMEM),
	INFO(DATA_LIMIT, "data-limit", "the process would exceed RLIMIT_DATA",
	     ENOMEM),
	INFO(COMMIT_LIMIT, "commit-limit",
	     "the system would promise more memory than its overcommit policy "
	     "allows",
	     ENOMEM),
	INFO(NO_ROOM, "no-room",
	     "the mapping cannot grow where it is, and MREMAP_MAYMOVE was not "
	     "given",
	     ENOMEM),
	INFO(EXTEND_SPECIAL, "extend-special",
	     "the space behind the mapping is free, but a mapping of device "
	     "memory cannot be extended in place and no move is tried",
	     ENOMEM),
	INFO(DEST_SEALED, "dest-sealed",
	     "a mapping at the destination is sealed with mseal(2)", EPERM),
	INFO(DEST_UNSPLITTABLE, "dest-unsplittable",
	     "the destination covers part of a mapping that cannot be split",
	     EINVAL),
	INFO(DEST_MAP_COUNT, "dest-map-count",
	     "unmapping the destination would split a mapping beyond "
	     "vm.max_map_count",
	     ENOMEM),
	INFO(TAIL_RANGE, "tail-range",
	     "the part to cut off reaches beyond the end of the address space",
	     EINVAL),
	INFO(TAIL_SEALED, "tail-sealed",
	     "a mapping in the part to cut off is sealed with mseal(2)", EPERM),
	INFO(TAIL_UNSPLITTABLE, "tail-unsplittable",
	     "the part to cut off holds part of a mapping that cannot be split",
	     EINVAL),
	INFO(TAIL_MAP_COUNT, "tail-map-count",
	     "cutting off the tail would split a mapping beyond "
	     "vm.max_map_count",
	     ENOMEM),
	INFO(SOURCE_GONE, "source-gone",
	     "unmapping the destination removed the source itself", EFAULT),
	INFO(NO_SPACE, "no-space",
	     "no hole in the address space is large enough", ENOMEM),
	INFO(LOW_ADDRESS, "low-address",
	     "the new address is below vm.mmap_min_addr", EPERM),
	INFO(DRIVER_ADDRESS, "driver-address",
	     "the driver behind the mapping does not accept the new address",
	     EINVAL),
	INFO(UNSPLITTABLE, "unsplittable",
	     "only part of a mapping would move, and it cannot be split",
	     EINVAL),
	INFO(KSM, "ksm",
	     "a signal came while pages merged by KSM were being separated",
	     EINTR),
	INFO(DRIVER_MOVE, "driver-move",
	     "the driver behind the mapping refuses to have it moved", EINVAL),
	INFO(MULTI_GAP, "multi-gap",
	     "the first page of the old range is not mapped, though later ones "
	     "are",
	     EFAULT),
	INFO(MULTI_UNFIT, "multi-unfit",
	     "a mapping watched by userfaultfd, or with its own choice of "
	     "address, cannot take part in a move of more than itself",
	     EFAULT),
	INFO(HUGETLB_MISCOUNT, "hugetlb-miscount",
	     "no huge page is present, and the kernel takes the move for "
	     "incomplete",
	     ENOMEM),
};

const struct rg_check_info *rg_check_info(enum rg_check check)
{
	if (check <= RG_CHECK_NONE || check >= RG_NR_CHECKS)
		return NULL;
	return &infos[check];
}

enum rg_check rg_check_from_name(const char *name)
{
	if (!name)
		return RG_CHECK_NONE;
	for (int i = RG_CHECK_NONE + 1; i < RG_NR_CHECKS; i++) {
		if (rg_name_is(infos[i].id, name) ||
		    rg_name_is(infos[i].name, name))
			return (enum rg_check)i;
	}
	return RG_CHECK_NONE;
}
