/* SPDX-License-Identifier: MIT */

/*
 * Kernels as data. Each generation is a few lists of stages in that kernel's
 * own order; one stage a line, with what must hold for it to be reached. The
 * order is the behaviour: a check below RG_ACT_UNMAP_DEST is one that fires
 * when the destination is already gone.
 *
 *   args ─ entry ─ source ─┬─ stay          no-op, shrink
 *                          ├─ to ─── move   FIXED or DONTUNMAP
 *                          └─ grow ─ move   in place, or moved
 *
 * RG_CHECK_OFFSET_WRAP is in none of them: a page offset in 64 bits cannot
 * wrap. RG_CHECK_LIBC_FLAGS is not the kernel's.
 */

#include "model/remap.h"

#define END                                                                    \
	{                                                                      \
		RG_CHECK_NONE, 0                                               \
	}

#define FIXED RG_WHEN_FIXED
#define DONTUNMAP RG_WHEN_DONTUNMAP
#define TO RG_WHEN_TO
#define SHRINK RG_WHEN_SHRINK
#define GROW RG_WHEN_GROW
#define IN_PLACE RG_WHEN_IN_PLACE
#define MOVE RG_WHEN_MOVE
#define HUGETLB RG_WHEN_HUGETLB

/* ------------------------------------------ rows that several lists share */

#define HUGETLB_ROWS                                                           \
	{ RG_ACT_ROUND_HUGETLB, 0 }, { RG_CHECK_HUGETLB_ADDR_ALIGN, HUGETLB }, \
		{ RG_CHECK_HUGETLB_NEW_ADDR_ALIGN, HUGETLB },                  \
	{                                                                      \
		RG_CHECK_HUGETLB_GROW, HUGETLB                                 \
	}

#define GROW_ROWS                                                              \
	{ RG_CHECK_GROW_SPECIAL, GROW }, { RG_CHECK_MLOCK_LIMIT, GROW },       \
		{ RG_CHECK_ADDRESS_SPACE_LIMIT, GROW },                        \
	{                                                                      \
		RG_CHECK_DATA_LIMIT, GROW                                      \
	}

#define KEEP_SOURCE_ROWS                                                       \
	{ RG_CHECK_ADDRESS_SPACE_LIMIT, DONTUNMAP },                           \
	{                                                                      \
		RG_CHECK_DATA_LIMIT, DONTUNMAP                                 \
	}

#define PLACE_ROWS                                                             \
	{ RG_CHECK_NO_SPACE, 0 }, { RG_CHECK_LOW_ADDRESS, TO },                \
		{ RG_CHECK_DRIVER_ADDRESS, 0 },                                \
	{                                                                      \
		RG_ACT_PICK, 0                                                 \
	}

static const struct rg_stage nothing[] = { END };

/* -------------------------------------------------------------- arguments */

static const struct rg_stage args_g0[] = {
	{ RG_CHECK_FLAGS, 0 },
	{ RG_CHECK_FIXED_MAYMOVE, FIXED },
	{ RG_CHECK_DONTUNMAP_MAYMOVE, DONTUNMAP },
	{ RG_CHECK_DONTUNMAP_RESIZE, DONTUNMAP },
	{ RG_CHECK_ADDR_ALIGN, 0 },
	{ RG_CHECK_NEW_LEN_ZERO, 0 },
	{ RG_CHECK_NEW_ADDR_ALIGN, TO },
	{ RG_CHECK_NEW_ADDR_RANGE, TO },
	{ RG_CHECK_OVERLAP, TO },
	END,
};

/* What is new about the new address waits until the vma has been found. */
static const struct rg_stage args_g2[] = {
	{ RG_CHECK_FLAGS, 0 },
	{ RG_CHECK_FIXED_MAYMOVE, FIXED },
	{ RG_CHECK_DONTUNMAP_MAYMOVE, DONTUNMAP },
	{ RG_CHECK_DONTUNMAP_RESIZE, DONTUNMAP },
	{ RG_CHECK_ADDR_ALIGN, 0 },
	{ RG_CHECK_NEW_LEN_ZERO, 0 },
	END,
};

static const struct rg_stage args_g4[] = {
	{ RG_CHECK_FLAGS, 0 },
	{ RG_CHECK_ADDR_ALIGN, 0 },
	{ RG_CHECK_NEW_LEN_ZERO, 0 },
	{ RG_CHECK_NEW_ADDR_ALIGN, TO },
	{ RG_CHECK_FIXED_MAYMOVE, FIXED },
	{ RG_CHECK_DONTUNMAP_MAYMOVE, DONTUNMAP },
	{ RG_CHECK_DONTUNMAP_RESIZE, DONTUNMAP },
	END,
};

static const struct rg_stage args_g5[] = {
	{ RG_CHECK_FLAGS, 0 },
	{ RG_CHECK_ADDR_ALIGN, 0 },
	{ RG_CHECK_NEW_LEN_ZERO, 0 },
	{ RG_CHECK_NEW_LEN_RANGE, 0 },
	{ RG_CHECK_NEW_ADDR_RANGE, TO },
	{ RG_CHECK_NEW_ADDR_ALIGN, TO },
	{ RG_CHECK_FIXED_MAYMOVE, FIXED },
	{ RG_CHECK_DONTUNMAP_MAYMOVE, DONTUNMAP },
	{ RG_CHECK_DONTUNMAP_RESIZE, DONTUNMAP },
	{ RG_CHECK_OVERLAP, TO },
	END,
};

/* ------------------------------------------------------------- every call */

static const struct rg_stage entry_g4[] = {
	{ RG_CHECK_MAP_COUNT, TO },
	END,
};

static const struct rg_stage entry_g6[] = {
	{ RG_CHECK_MAP_COUNT, 0 },
	END,
};

static const struct rg_stage source_g2[] = {
	{ RG_CHECK_SOURCE_UNMAPPED, 0 },
	HUGETLB_ROWS,
	END,
};

static const struct rg_stage source_g3b[] = {
	{ RG_CHECK_SOURCE_UNMAPPED, 0 },
	{ RG_CHECK_SOURCE_SEALED, 0 },
	HUGETLB_ROWS,
	END,
};

/* --------------------------------------------------------- no-op, shrink */

static const struct rg_stage stay_g0[] = {
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	END,
};

static const struct rg_stage stay_g3a[] = {
	{ RG_CHECK_SOURCE_SEALED, 0 },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	END,
};

/* ------------------------------------------------- FIXED and DONTUNMAP */

static const struct rg_stage to_g0[] = {
	{ RG_CHECK_MAP_COUNT, 0 },
	{ RG_ACT_UNMAP_DEST, FIXED },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	{ RG_CHECK_SOURCE_UNMAPPED, 0 },
	{ RG_CHECK_SOURCE_GONE, 0 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_DONTUNMAP_SHARED, DONTUNMAP },
	{ RG_CHECK_HUGETLB_MOVE, 0 },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	{ RG_CHECK_COMMIT_LIMIT, GROW },
	KEEP_SOURCE_ROWS,
	END,
};

static const struct rg_stage to_g1[] = {
	{ RG_CHECK_MAP_COUNT, 0 },
	{ RG_ACT_UNMAP_DEST, FIXED },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	{ RG_CHECK_SOURCE_UNMAPPED, 0 },
	{ RG_CHECK_SOURCE_GONE, 0 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, DONTUNMAP },
	{ RG_CHECK_HUGETLB_MOVE, 0 },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	{ RG_CHECK_COMMIT_LIMIT, GROW },
	KEEP_SOURCE_ROWS,
	END,
};

static const struct rg_stage to_g2[] = {
	{ RG_CHECK_NEW_ADDR_ALIGN, 0 },
	{ RG_CHECK_NEW_ADDR_RANGE, 0 },
	{ RG_CHECK_OVERLAP, 0 },
	{ RG_CHECK_MAP_COUNT, 0 },
	{ RG_ACT_UNMAP_DEST, FIXED },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	{ RG_CHECK_SOURCE_GONE, 0 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, DONTUNMAP },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	KEEP_SOURCE_ROWS,
	END,
};

static const struct rg_stage to_g3a[] = {
	{ RG_CHECK_NEW_ADDR_ALIGN, 0 },
	{ RG_CHECK_NEW_ADDR_RANGE, 0 },
	{ RG_CHECK_OVERLAP, 0 },
	{ RG_CHECK_MAP_COUNT, 0 },
	{ RG_CHECK_SOURCE_SEALED, 0 },
	{ RG_ACT_UNMAP_DEST, FIXED },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	{ RG_CHECK_SOURCE_GONE, 0 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, DONTUNMAP },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	KEEP_SOURCE_ROWS,
	END,
};

static const struct rg_stage to_g4[] = {
	{ RG_CHECK_NEW_ADDR_RANGE, 0 },
	{ RG_CHECK_OVERLAP, 0 },
	{ RG_ACT_UNMAP_DEST, FIXED },
	{ RG_CHECK_SOURCE_GONE, 0 },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, DONTUNMAP },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	KEEP_SOURCE_ROWS,
	END,
};

static const struct rg_stage to_g5[] = {
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_DONTUNMAP_SPECIAL, DONTUNMAP },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	{ RG_ACT_UNMAP_DEST, FIXED },
	{ RG_CHECK_SOURCE_GONE, 0 },
	{ RG_ACT_UNMAP_TAIL, SHRINK },
	KEEP_SOURCE_ROWS,
	END,
};

/* ------------------------------------------------------------- growing */

static const struct rg_stage grow_g0[] = {
	{ RG_CHECK_SOURCE_UNMAPPED, 0 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_HUGETLB_MOVE, 0 },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	{ RG_CHECK_COMMIT_LIMIT, 0 },
	{ RG_ACT_TRY_IN_PLACE, 0 },
	{ RG_ACT_EXPAND, IN_PLACE },
	{ RG_CHECK_NO_ROOM, MOVE },
	END,
};

static const struct rg_stage grow_g2[] = {
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	{ RG_ACT_TRY_IN_PLACE, 0 },
	{ RG_CHECK_COMMIT_LIMIT, IN_PLACE },
	{ RG_CHECK_EXTEND_SPECIAL, IN_PLACE },
	{ RG_ACT_EXPAND, IN_PLACE },
	{ RG_CHECK_NO_ROOM, MOVE },
	END,
};

static const struct rg_stage grow_g3a[] = {
	{ RG_CHECK_SOURCE_SEALED, 0 },
	{ RG_CHECK_DUPLICATE_PRIVATE, 0 },
	{ RG_CHECK_CROSSES_VMA, 0 },
	GROW_ROWS,
	{ RG_ACT_TRY_IN_PLACE, 0 },
	{ RG_CHECK_COMMIT_LIMIT, IN_PLACE },
	{ RG_CHECK_EXTEND_SPECIAL, IN_PLACE },
	{ RG_ACT_EXPAND, IN_PLACE },
	{ RG_CHECK_NO_ROOM, MOVE },
	END,
};

/* -------------------------------------------------- to another place */

static const struct rg_stage move_g0[] = {
	PLACE_ROWS,
	{ RG_CHECK_MOVE_MAP_COUNT, 0 },
	{ RG_CHECK_UNSPLITTABLE, 0 },
	{ RG_CHECK_KSM, 0 },
	{ RG_CHECK_DRIVER_MOVE, 0 },
	{ RG_ACT_MOVE, 0 },
	END,
};

static const struct rg_stage move_g1[] = {
	PLACE_ROWS,
	{ RG_CHECK_MOVE_MAP_COUNT, 0 },
	{ RG_CHECK_UNSPLITTABLE, 0 },
	{ RG_ACT_CUT_SOURCE, DONTUNMAP },
	{ RG_CHECK_KSM, 0 },
	{ RG_CHECK_COMMIT_LIMIT, DONTUNMAP },
	{ RG_CHECK_DRIVER_MOVE, 0 },
	{ RG_ACT_MOVE, 0 },
	END,
};

static const struct rg_stage move_g2[] = {
	PLACE_ROWS,
	{ RG_CHECK_MOVE_MAP_COUNT, 0 },
	{ RG_CHECK_UNSPLITTABLE, 0 },
	{ RG_ACT_CUT_SOURCE, DONTUNMAP },
	{ RG_CHECK_KSM, 0 },
	{ RG_CHECK_COMMIT_LIMIT, 0 },
	{ RG_CHECK_HUGETLB_MISCOUNT, HUGETLB },
	{ RG_CHECK_DRIVER_MOVE, 0 },
	{ RG_ACT_MOVE, 0 },
	END,
};

/* ----------------------------------------------------- the generations */

static const struct rg_rules generations[RG_NR_GENERATIONS] = {
	[RG_GEN_G0] = {
		.name = "G0",
		.releases = "5.7 to 5.12",
		.summary = "MREMAP_DONTUNMAP exists, for private anonymous "
			   "memory; a no-op or shrink never looks at the "
			   "mapping",
		.since = RG_KERNEL_VERSION(5, 7),
		.args = args_g0,
		.entry = nothing,
		.source = nothing,
		.stay = stay_g0,
		.to = to_g0,
		.grow = grow_g0,
		.move = move_g0,
		.slots_entry = 6,
		.slots_move = 4,
		.raw_lengths = true,
	},
	[RG_GEN_G1] = {
		.name = "G1",
		.releases = "5.13 to 5.15",
		.summary = "MREMAP_DONTUNMAP also takes file and shared "
			   "mappings",
		.since = RG_KERNEL_VERSION(5, 13),
		.args = args_g0,
		.entry = nothing,
		.source = nothing,
		.stay = stay_g0,
		.to = to_g1,
		.grow = grow_g0,
		.move = move_g1,
		.slots_entry = 6,
		.slots_move = 4,
		.raw_lengths = true,
	},
	[RG_GEN_G2] = {
		.name = "G2",
		.releases = "5.16 to 6.9",
		.summary = "every call looks the source up first; hugetlb "
			   "mappings can move and shrink",
		.since = RG_KERNEL_VERSION(5, 16),
		.args = args_g2,
		.entry = nothing,
		.source = source_g2,
		.stay = stay_g0,
		.to = to_g2,
		.grow = grow_g2,
		.move = move_g2,
		.slots_entry = 6,
		.slots_move = 4,
		.raw_lengths = true,
	},
	[RG_GEN_G3A] = {
		.name = "G3a",
		.releases = "6.10, 6.11",
		.summary = "mseal(2) exists: a sealed mapping anywhere in a "
			   "range refuses before anything is done to it",
		.since = RG_KERNEL_VERSION(6, 10),
		.args = args_g2,
		.entry = nothing,
		.source = source_g2,
		.stay = stay_g3a,
		.to = to_g3a,
		.grow = grow_g3a,
		.move = move_g2,
		.seals = RG_SEALS_RANGE,
		.slots_entry = 6,
		.slots_move = 4,
		.raw_lengths = true,
	},
	[RG_GEN_G3B] = {
		.name = "G3b",
		.releases = "6.12 to 6.14",
		.summary = "a sealed mapping refuses when the kernel comes to "
			   "it, first of all the one at the old address",
		.since = RG_KERNEL_VERSION(6, 12),
		.args = args_g2,
		.entry = nothing,
		.source = source_g3b,
		.stay = stay_g0,
		.to = to_g2,
		.grow = grow_g2,
		.move = move_g2,
		.seals = RG_SEALS_MET,
		.slots_entry = 6,
		.slots_move = 4,
		.raw_lengths = true,
	},
	[RG_GEN_G4] = {
		.name = "G4",
		.releases = "6.15, 6.16",
		.summary = "alignment, flags and map count are checked before "
			   "the source is looked up",
		.since = RG_KERNEL_VERSION(6, 15),
		.args = args_g4,
		.entry = entry_g4,
		.source = source_g3b,
		.stay = stay_g0,
		.to = to_g4,
		.grow = grow_g2,
		.move = move_g2,
		.seals = RG_SEALS_MET,
		.slots_entry = 6,
		.slots_move = 4,
		.raw_lengths = true,
	},
	[RG_GEN_G5] = {
		.name = "G5",
		.releases = "6.17 to 7.0",
		.summary = "the source is checked before the destination is "
			   "unmapped; a move may span several mappings",
		.since = RG_KERNEL_VERSION(6, 17),
		.args = args_g5,
		.entry = entry_g4,
		.source = source_g3b,
		.stay = stay_g0,
		.to = to_g5,
		.grow = grow_g2,
		.move = move_g2,
		.seals = RG_SEALS_MET,
		.slots_entry = 6,
		.slots_move = 4,
		.moves_many = true,
	},
	[RG_GEN_G6] = {
		.name = "G6",
		.releases = "7.1 and later",
		.summary = "every call, even a no-op, needs room for four more "
			   "mappings below vm.max_map_count",
		.since = RG_KERNEL_VERSION(7, 1),
		.args = args_g5,
		.entry = entry_g6,
		.source = source_g3b,
		.stay = stay_g0,
		.to = to_g5,
		.grow = grow_g2,
		.move = move_g2,
		.seals = RG_SEALS_MET,
		.slots_entry = 4,
		.slots_move = 2,
		.moves_many = true,
	},
};

const struct rg_rules *rg_rules_of(enum rg_generation generation)
{
	if (generation <= RG_GEN_UNKNOWN || generation >= RG_NR_GENERATIONS)
		return NULL;
	return &generations[generation];
}
