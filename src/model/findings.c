/* SPDX-License-Identifier: MIT */

/*
 * The catalogue. What users read about each finding is in docs/findings.md;
 * numbers are stable and never used again.
 */

#include "model/findings.h"

#include "model/names.h"

#include <errno.h>

static const char *const severities[RG_NR_SEVERITIES] = {
	[RG_SEVERITY_ERROR] = "error",
	[RG_SEVERITY_HAZARD] = "hazard",
	[RG_SEVERITY_COST] = "cost",
	[RG_SEVERITY_INFO] = "info",
};

static const char *const actions[RG_NR_ACTIONS] = {
	[RG_ACTION_IGNORE] = "ignore",
	[RG_ACTION_NOTE] = "note",
	[RG_ACTION_DENY] = "deny",
	[RG_ACTION_ABORT] = "abort",
};

static const char *const profiles[RG_NR_PROFILES] = {
	[RG_PROFILE_AUDIT] = "audit",	    [RG_PROFILE_STRICT] = "strict",
	[RG_PROFILE_HARDENED] = "hardened", [RG_PROFILE_DEBUG] = "debug",
	[RG_PROFILE_FAST] = "fast",
};

const char *rg_severity_name(enum rg_severity severity)
{
	return (unsigned int)severity < RG_NR_SEVERITIES ? severities[severity]
							 : NULL;
}

const char *rg_action_name(enum rg_action action)
{
	return (unsigned int)action < RG_NR_ACTIONS ? actions[action] : NULL;
}

const char *rg_profile_name(enum rg_profile profile)
{
	return (unsigned int)profile < RG_NR_PROFILES ? profiles[profile]
						      : NULL;
}

/* ------------------------------------------------- what each must know */

#define BIT(which) RG_FINDING_BIT(RG_FINDING_##which)
/* All with a lower number. */
#define BEFORE(which) (BIT(which) - 1)

/* By a check that refuses, on the arguments alone or on the mappings too. */
#define REFUSALS BEFORE(CLOBBER)
#define REFUSALS_BY_VMAS (REFUSALS & ~BEFORE(UNMAPPED_SOURCE))

/* The arguments are enough. */
#define OF_ARGUMENTS                                                           \
	(BIT(UNALIGNED_LENGTH) | BIT(WRAPPED_OLD_LEN) |                        \
	 BIT(DUPLICATE_ONTO_SELF) | BIT(OVERLAPPING_CALL) |                    \
	 BIT(PAGE_SIZE_ASSUMPTION))
#define OF_PLANS                                                               \
	(BIT(TORN_MAPPING) | BIT(EXECUTABLE_MOVE) | BIT(BEYOND_OBJECT) |       \
	 BIT(SPECIAL_MAPPING) | BIT(UFFD_LOST) | BIT(COMMIT_LEAK))
/* A plan, and the mappings it was made on. */
#define OF_VMAS                                                                \
	(BIT(CLOBBER) | BIT(SHRINK_PAST_VMA) | BIT(UNCHECKED_EXTENT) |         \
	 BIT(LOADER_MAPPING) | BIT(HEAP_OR_STACK))
/* A plan, and then again the result. */
#define OF_EITHER BIT(DESTRUCTIVE_REFUSAL)
/* What the call did. */
#define OF_RESULTS                                                             \
	(BIT(STALE_RANGE) | BIT(PARTIAL_MULTI_MOVE) | BIT(SLOW_MOVE) |         \
	 BIT(CREEPING_GROWTH) | BIT(MAP_COUNT_HIGH) | BIT(BENIGN_PROBE) |      \
	 BIT(MISMATCH))

#define NEEDS_VMAS (REFUSALS_BY_VMAS | OF_PLANS | OF_VMAS | OF_EITHER)

/*
 * Which can be of a plan, by its path: of the others the answer is no, and
 * they need not be asked. Those of moves can be of what may move, too.
 */
#define OF_MOVES                                                               \
	(BIT(TORN_MAPPING) | BIT(EXECUTABLE_MOVE) | BIT(SPECIAL_MAPPING) |     \
	 BIT(UFFD_LOST))
#define OF_CHANGES                                                             \
	(BIT(CLOBBER) | BIT(SHRINK_PAST_VMA) | BIT(LOADER_MAPPING) |           \
	 BIT(HEAP_OR_STACK) | BIT(BEYOND_OBJECT))
#define OF_ALL (OF_ARGUMENTS & ~BIT(DUPLICATE_ONTO_SELF))
/* An old length of zero, as one that wraps is, has no other end to stay at. */
#define OF_STAYS (OF_ALL & ~BIT(WRAPPED_OLD_LEN))

static const uint64_t by_path[RG_NR_PATHS] = {
	[RG_PATH_REFUSE] = OF_ARGUMENTS | OF_EITHER,
	[RG_PATH_NO_RESIZE] = OF_STAYS | BIT(UNCHECKED_EXTENT),
	[RG_PATH_SHRINK] = OF_STAYS | OF_CHANGES,
	[RG_PATH_EXPAND_IN_PLACE] = OF_ALL | OF_CHANGES,
	[RG_PATH_MOVE] = OF_ALL | OF_CHANGES | OF_MOVES | BIT(COMMIT_LEAK),
	[RG_PATH_DUPLICATE] = OF_ALL | OF_CHANGES | BIT(SPECIAL_MAPPING),
	[RG_PATH_DONTUNMAP] = OF_ALL | OF_CHANGES | OF_MOVES,
	[RG_PATH_MULTI_MOVE] = OF_ALL | OF_CHANGES | OF_MOVES,
};

/* ------------------------------------------------------------ the table */

struct row {
	struct rg_finding_info info;
	/* NULL: the check that refused tells it, or the quarantine does */
	enum rg_answer (*found)(const struct rg_look *look);
};

/* Columns: audit, strict, hardened, debug, fast. */
#define IN_DEBUG                                                               \
	{                                                                      \
		RG_ACTION_IGNORE, RG_ACTION_IGNORE, RG_ACTION_IGNORE,          \
			RG_ACTION_NOTE, RG_ACTION_IGNORE                       \
	}
#define NOT_IN_AUDIT                                                           \
	{                                                                      \
		RG_ACTION_IGNORE, RG_ACTION_NOTE, RG_ACTION_NOTE,              \
			RG_ACTION_NOTE, RG_ACTION_IGNORE                       \
	}
#define NOTED                                                                  \
	{                                                                      \
		RG_ACTION_NOTE, RG_ACTION_NOTE, RG_ACTION_NOTE,                \
			RG_ACTION_NOTE, RG_ACTION_IGNORE                       \
	}
#define DENIED                                                                 \
	{                                                                      \
		RG_ACTION_NOTE, RG_ACTION_DENY, RG_ACTION_DENY,                \
			RG_ACTION_DENY, RG_ACTION_IGNORE                       \
	}
#define HARDENED                                                               \
	{                                                                      \
		RG_ACTION_NOTE, RG_ACTION_NOTE, RG_ACTION_DENY,                \
			RG_ACTION_NOTE, RG_ACTION_IGNORE                       \
	}

#define ROW(which, nr, a_name, what, a_severity, some_actions, an_error,       \
	    predicate)                                                         \
	[RG_FINDING_##which] = { { .id = "RG" #nr,                             \
				   .name = a_name,                             \
				   .sentence = what,                           \
				   .number = (uint8_t)(1##nr - 1000),          \
				   .severity = RG_SEVERITY_##a_severity,       \
				   .needs_vmas = NEEDS_VMAS & BIT(which),      \
				   .actions = some_actions,                    \
				   .error = an_error },                        \
				 predicate }
/* By a check. */
#define REFUSED(which, nr, a_name, what)                                       \
	ROW(which, nr, a_name, what, ERROR, NOTED, 0, NULL)

static const struct row rows[RG_NR_FINDINGS] = {
	REFUSED(UNKNOWN_FLAGS, 001, "unknown-flags",
		"a flag is set that mremap does not know"),
	REFUSED(UNALIGNED_ADDR, 002, "unaligned-addr",
		"the old address is not a multiple of the page size"),
	REFUSED(ZERO_NEW_LEN, 003, "zero-new-len",
		"the new length is zero, or becomes zero when rounded up"),
	REFUSED(HUGE_NEW_LEN, 004, "huge-new-len",
		"the new range reaches beyond the end of the address space"),
	REFUSED(UNALIGNED_NEW_ADDR, 005, "unaligned-new-addr",
		"the new address is not a multiple of the page size"),
	REFUSED(FIXED_WITHOUT_MAYMOVE, 006, "fixed-without-maymove",
		"MREMAP_FIXED or MREMAP_DONTUNMAP needs MREMAP_MAYMOVE"),
	REFUSED(DONTUNMAP_RESIZE, 007, "dontunmap-resize",
		"MREMAP_DONTUNMAP cannot resize, and the two lengths differ"),
	REFUSED(OVERLAP, 008, "overlap", "the destination overlaps the source"),
	REFUSED(MAP_COUNT, 009, "map-count",
		"the process is too close to vm.max_map_count"),
	REFUSED(UNMAPPED_SOURCE, 020, "unmapped-source",
		"nothing is mapped at the old address"),
	REFUSED(SEALED, 021, "sealed",
		"a mapping the call would change is sealed with mseal"),
	REFUSED(HUGETLB_RULES, 022, "hugetlb-rules",
		"a hugetlb mapping cannot grow, and its addresses must be "
		"multiples of its page size"),
	REFUSED(DUPLICATE_PRIVATE, 023, "duplicate-private",
		"an old length of zero asks for a duplicate, and the mapping "
		"is private"),
	REFUSED(SPECIAL_DONTUNMAP, 024, "special-dontunmap",
		"MREMAP_DONTUNMAP does not take this kind of mapping"),
	REFUSED(CROSSES_VMA, 025, "crosses-vma",
		"the old range crosses the end of its mapping"),
	REFUSED(SPECIAL_GROW, 026, "special-grow",
		"a driver's or another special mapping cannot grow"),
	REFUSED(MLOCK_LIMIT, 027, "mlock-limit",
		"the mapping is locked, and RLIMIT_MEMLOCK is reached"),
	REFUSED(MEMORY_LIMIT, 028, "memory-limit",
		"RLIMIT_AS or RLIMIT_DATA is reached"),
	REFUSED(COMMIT_LIMIT, 029, "commit-limit",
		"the system's overcommit policy refuses the memory"),
	REFUSED(NO_ROOM, 030, "no-room",
		"there is no room to grow in place, and MREMAP_MAYMOVE was "
		"not given"),
	REFUSED(LOW_ADDRESS, 031, "low-address",
		"the destination is below vm.mmap_min_addr"),
	REFUSED(UNSPLITTABLE, 032, "unsplittable",
		"part of a mapping that cannot be split is asked for"),
	REFUSED(GAP_IN_SOURCE, 033, "gap-in-source",
		"a move of several mappings begins with a hole, or with one "
		"that may not take part"),
	REFUSED(TAIL_RANGE, 034, "tail-range",
		"the old range reaches beyond the end of the address space"),
	REFUSED(NO_SPACE, 035, "no-space",
		"no hole in the address space is large enough"),

	ROW(CLOBBER, 101, "clobber",
	    "the destination holds mappings, which are silently destroyed",
	    HAZARD, DENIED, EEXIST, rg_clobbers),
	ROW(DESTRUCTIVE_REFUSAL, 102, "destructive-refusal",
	    "the call fails when something has already been destroyed", HAZARD,
	    DENIED, 0, rg_refused_too_late),
	ROW(UNALIGNED_LENGTH, 103, "unaligned-length",
	    "a length is not a multiple of the page size and is rounded up",
	    INFO, NOT_IN_AUDIT, EINVAL, rg_lengths_unaligned),
	ROW(SHRINK_PAST_VMA, 104, "shrink-past-vma",
	    "the part that is cut off lies in a hole or in another object",
	    HAZARD, DENIED, EFAULT, rg_shrinks_past_vma),
	ROW(UNCHECKED_EXTENT, 105, "unchecked-extent",
	    "equal lengths succeed although part of the range is not mapped",
	    HAZARD, DENIED, EFAULT, rg_extent_unmapped),
	ROW(TORN_MAPPING, 106, "torn-mapping",
	    "the move takes the front or the middle out of a mapping", HAZARD,
	    NOTED, EINVAL, rg_tears),
	ROW(WRAPPED_OLD_LEN, 107, "wrapped-old-len",
	    "the old length becomes zero when rounded up, which asks for a "
	    "duplicate",
	    HAZARD, DENIED, EINVAL, rg_old_len_wraps),
	ROW(DUPLICATE_ONTO_SELF, 108, "duplicate-onto-self",
	    "a duplicate onto its own place deletes the mapping", HAZARD,
	    DENIED, EINVAL, rg_duplicates_onto_self),
	ROW(EXECUTABLE_MOVE, 109, "executable-move",
	    "executable memory changes its place", HAZARD, HARDENED, EPERM,
	    rg_moves_executable),
	ROW(LOADER_MAPPING, 110, "loader-mapping",
	    "a mapping of a loaded object, or of the kernel's own, is changed",
	    HAZARD, HARDENED, EPERM, rg_touches_loaded),
	ROW(HEAP_OR_STACK, 111, "heap-or-stack",
	    "the heap or a stack is changed", HAZARD, HARDENED, EPERM,
	    rg_touches_heap_or_stack),
	ROW(BEYOND_OBJECT, 112, "beyond-object",
	    "the mapping grows past the end of its file: access there is "
	    "SIGBUS",
	    HAZARD, NOTED, EINVAL, rg_grows_beyond_object),
	ROW(OVERLAPPING_CALL, 113, "overlapping-call",
	    "another thread's call is in flight on an overlapping range",
	    HAZARD, NOTED, EBUSY, rg_overlaps_a_call),
	ROW(STALE_RANGE, 114, "stale-range",
	    "an earlier call moved this range away", HAZARD, NOTED, EFAULT,
	    rg_range_is_stale),
	ROW(STALE_ACCESS, 115, "stale-access",
	    "memory was used where it was before it moved", HAZARD, NOTED, 0,
	    NULL),
	ROW(SPECIAL_MAPPING, 116, "special-mapping",
	    "a driver's mapping moves, which its driver may refuse when it is "
	    "too late",
	    HAZARD, HARDENED, EPERM, rg_moves_special),
	ROW(UFFD_LOST, 117, "uffd-lost",
	    "a mapping watched by userfaultfd moves and may be watched no "
	    "longer",
	    HAZARD, IN_DEBUG, EINVAL, rg_loses_uffd),
	ROW(PAGE_SIZE_ASSUMPTION, 118, "page-size-assumption",
	    "arguments are multiples of this page size, but not of 64 KiB",
	    HAZARD, IN_DEBUG, EINVAL, rg_assumes_page_size),
	ROW(COMMIT_LEAK, 119, "commit-leak",
	    "a move that shrinks loses committed memory for good on this "
	    "kernel",
	    HAZARD, NOTED, EINVAL, rg_leaks_commit),
	ROW(PARTIAL_MULTI_MOVE, 120, "partial-multi-move",
	    "a move of several mappings stopped, and the first stay moved",
	    HAZARD, NOTED, 0, rg_stopped_part_way),

	ROW(SLOW_MOVE, 201, "slow-move",
	    "at least 2 MB moved page by page, as source and destination do "
	    "not lie alike",
	    COST, NOTED, 0, rg_moved_slowly),
	ROW(CREEPING_GROWTH, 202, "creeping-growth",
	    "one caller grows by small steps, and most of them move", COST,
	    NOTED, 0, rg_creeps),
	ROW(MAP_COUNT_HIGH, 203, "map-count-high",
	    "nine tenths of vm.max_map_count are in use", INFO, NOTED, 0,
	    rg_maps_nearly_used_up),
	ROW(BENIGN_PROBE, 204, "benign-probe",
	    "the refusal is what the caller wanted to know", INFO, NOTED, 0,
	    rg_probes),
	ROW(MISMATCH, 205, "mismatch",
	    "the kernel did something else than was certain: a defect of the "
	    "model, or another thread was faster",
	    INFO, NOTED, 0, rg_mismatched),
};

_Static_assert(RG_NR_FINDINGS <= 64, "a set of findings is 64 bits");

static const uint8_t by_check[RG_NR_CHECKS] = {
	[RG_CHECK_NONE] = RG_NR_FINDINGS,
	[RG_CHECK_LIBC_FLAGS] = RG_FINDING_UNKNOWN_FLAGS,
	[RG_CHECK_FLAGS] = RG_FINDING_UNKNOWN_FLAGS,
	[RG_CHECK_ADDR_ALIGN] = RG_FINDING_UNALIGNED_ADDR,
	[RG_CHECK_NEW_LEN_ZERO] = RG_FINDING_ZERO_NEW_LEN,
	[RG_CHECK_NEW_LEN_RANGE] = RG_FINDING_HUGE_NEW_LEN,
	[RG_CHECK_NEW_ADDR_RANGE] = RG_FINDING_HUGE_NEW_LEN,
	[RG_CHECK_NEW_ADDR_ALIGN] = RG_FINDING_UNALIGNED_NEW_ADDR,
	[RG_CHECK_FIXED_MAYMOVE] = RG_FINDING_FIXED_WITHOUT_MAYMOVE,
	[RG_CHECK_DONTUNMAP_MAYMOVE] = RG_FINDING_FIXED_WITHOUT_MAYMOVE,
	[RG_CHECK_DONTUNMAP_RESIZE] = RG_FINDING_DONTUNMAP_RESIZE,
	[RG_CHECK_OVERLAP] = RG_FINDING_OVERLAP,
	[RG_CHECK_MAP_COUNT] = RG_FINDING_MAP_COUNT,
	[RG_CHECK_MOVE_MAP_COUNT] = RG_FINDING_MAP_COUNT,
	[RG_CHECK_SOURCE_UNMAPPED] = RG_FINDING_UNMAPPED_SOURCE,
	[RG_CHECK_SOURCE_SEALED] = RG_FINDING_SEALED,
	[RG_CHECK_HUGETLB_MOVE] = RG_FINDING_HUGETLB_RULES,
	[RG_CHECK_HUGETLB_ADDR_ALIGN] = RG_FINDING_HUGETLB_RULES,
	[RG_CHECK_HUGETLB_NEW_ADDR_ALIGN] = RG_FINDING_HUGETLB_RULES,
	[RG_CHECK_HUGETLB_GROW] = RG_FINDING_HUGETLB_RULES,
	[RG_CHECK_DUPLICATE_PRIVATE] = RG_FINDING_DUPLICATE_PRIVATE,
	[RG_CHECK_DONTUNMAP_SHARED] = RG_FINDING_SPECIAL_DONTUNMAP,
	[RG_CHECK_DONTUNMAP_SPECIAL] = RG_FINDING_SPECIAL_DONTUNMAP,
	[RG_CHECK_CROSSES_VMA] = RG_FINDING_CROSSES_VMA,
	[RG_CHECK_OFFSET_WRAP] = RG_FINDING_HUGE_NEW_LEN,
	[RG_CHECK_GROW_SPECIAL] = RG_FINDING_SPECIAL_GROW,
	[RG_CHECK_MLOCK_LIMIT] = RG_FINDING_MLOCK_LIMIT,
	[RG_CHECK_ADDRESS_SPACE_LIMIT] = RG_FINDING_MEMORY_LIMIT,
	[RG_CHECK_DATA_LIMIT] = RG_FINDING_MEMORY_LIMIT,
	[RG_CHECK_COMMIT_LIMIT] = RG_FINDING_COMMIT_LIMIT,
	[RG_CHECK_NO_ROOM] = RG_FINDING_NO_ROOM,
	[RG_CHECK_EXTEND_SPECIAL] = RG_FINDING_SPECIAL_GROW,
	[RG_CHECK_DEST_SEALED] = RG_FINDING_SEALED,
	[RG_CHECK_DEST_UNSPLITTABLE] = RG_FINDING_UNSPLITTABLE,
	[RG_CHECK_DEST_MAP_COUNT] = RG_FINDING_MAP_COUNT,
	[RG_CHECK_TAIL_RANGE] = RG_FINDING_TAIL_RANGE,
	[RG_CHECK_TAIL_SEALED] = RG_FINDING_SEALED,
	[RG_CHECK_TAIL_UNSPLITTABLE] = RG_FINDING_UNSPLITTABLE,
	[RG_CHECK_TAIL_MAP_COUNT] = RG_FINDING_MAP_COUNT,
	[RG_CHECK_SOURCE_GONE] = RG_FINDING_DESTRUCTIVE_REFUSAL,
	[RG_CHECK_NO_SPACE] = RG_FINDING_NO_SPACE,
	[RG_CHECK_LOW_ADDRESS] = RG_FINDING_LOW_ADDRESS,
	[RG_CHECK_DRIVER_ADDRESS] = RG_FINDING_SPECIAL_MAPPING,
	[RG_CHECK_UNSPLITTABLE] = RG_FINDING_UNSPLITTABLE,
	[RG_CHECK_KSM] = RG_NR_FINDINGS,
	[RG_CHECK_DRIVER_MOVE] = RG_FINDING_SPECIAL_MAPPING,
	[RG_CHECK_MULTI_GAP] = RG_FINDING_GAP_IN_SOURCE,
	[RG_CHECK_MULTI_UNFIT] = RG_FINDING_GAP_IN_SOURCE,
	[RG_CHECK_HUGETLB_MISCOUNT] = RG_FINDING_HUGETLB_RULES,
};

const struct rg_finding_info *rg_finding_info(enum rg_finding finding)
{
	return (unsigned int)finding < RG_NR_FINDINGS ? &rows[finding].info
						      : NULL;
}

enum rg_finding rg_finding_from_number(unsigned int number)
{
	int i = 0;

	while (i < RG_NR_FINDINGS && rows[i].info.number != number)
		i++;
	return (enum rg_finding)i;
}

enum rg_finding rg_finding_from_name(const char *name)
{
	int i = 0;

	while (name && i < RG_NR_FINDINGS &&
	       !rg_name_is(rows[i].info.id, name) &&
	       !rg_name_is(rows[i].info.name, name))
		i++;
	return name ? (enum rg_finding)i : RG_NR_FINDINGS;
}

enum rg_finding rg_finding_of_check(enum rg_check check)
{
	if ((unsigned int)check >= RG_NR_CHECKS)
		return RG_NR_FINDINGS;
	return (enum rg_finding)by_check[check];
}

uint64_t rg_findings_of_severity(enum rg_severity severity)
{
	uint64_t all = 0;

	for (int i = 0; i < RG_NR_FINDINGS; i++) {
		if (rows[i].info.severity == severity)
			all |= RG_FINDING_BIT(i);
	}
	return all;
}

/* ------------------------------------------------------------- the look */

/* A plan that says nothing, or that what was not seen could turn. */
static bool plan_tells(const struct rg_plan *plan)
{
	return plan && plan->path != RG_PATH_INVALID &&
	       (plan->path != RG_PATH_REFUSE || !plan->may_succeed);
}

/*
 * What may be asked for now. What has happened cannot be undone: only then
 * are results looked at, and nothing else.
 */
static uint64_t needs_met(const struct rg_scene *scene)
{
	if (scene->done)
		return OF_RESULTS | OF_EITHER;
	if (!plan_tells(scene->plan))
		return OF_ARGUMENTS;
	return OF_ARGUMENTS | OF_PLANS | OF_EITHER | (scene->mm ? OF_VMAS : 0);
}

/* And is worth it. */
static uint64_t can_be(const struct rg_scene *scene, uint64_t met)
{
	if (scene->done || !plan_tells(scene->plan))
		return met;
	return met & (by_path[scene->plan->path] |
		      (scene->plan->may_move ? OF_MOVES : 0));
}

static struct rg_look look_at(const struct rg_scene *scene)
{
	const struct rg_limits *limits = scene->limits;
	uint64_t mask = UINT64_MAX;
	uint64_t unit = limits->page_size;

	if (limits->known & 1u << RG_LIMIT_UNTAG_MASK)
		mask = limits->untag_mask;
	if (scene->plan && scene->plan->source.page_size > unit)
		unit = scene->plan->source.page_size;
	return (struct rg_look){
		.scene = scene,
		.req = scene->req,
		.plan = scene->plan,
		.page_size = limits->page_size,
		.addr = scene->req->addr & mask,
		.old_len = rg_round_up(scene->req->old_len, unit),
		.new_len = rg_round_up(scene->req->new_len, unit),
	};
}

/* ------------------------------------------------------------- refusals */

static uint64_t bit_of_check(enum rg_check check)
{
	enum rg_finding finding = rg_finding_of_check(check);

	return finding < RG_NR_FINDINGS ? RG_FINDING_BIT(finding) : 0;
}

/* By the checks that what was not seen may bring in. */
static uint64_t possible_refusals(const struct rg_plan *plan)
{
	uint64_t possible = 0;

	for (uint64_t left = plan->may_refuse; left; left &= left - 1)
		possible |= bit_of_check((enum rg_check)__builtin_ctzll(left));
	return possible;
}

static uint64_t refusals_before(const struct rg_plan *plan,
				uint64_t *ret_judged)
{
	uint64_t doubtful;
	uint64_t found;

	*ret_judged = 0;
	if (!plan_tells(plan))
		return 0;
	found = bit_of_check(plan->check);
	doubtful = possible_refusals(plan) & ~found;
	if (doubtful)
		doubtful |= found;
	*ret_judged = REFUSALS & ~doubtful;
	return found & ~doubtful;
}

static uint64_t refusals_after(const struct rg_scene *scene,
			       uint64_t *ret_judged)
{
	bool told = scene->path != RG_PATH_REFUSE || scene->check;

	*ret_judged = told ? REFUSALS : 0;
	return bit_of_check(scene->check);
}

uint64_t rg_findings(const struct rg_scene *scene, uint64_t *ret_judged)
{
	struct rg_look look = look_at(scene);
	uint64_t met = needs_met(scene);
	uint64_t left = can_be(scene, met) & ~scene->ignored;
	uint64_t judged;
	uint64_t found;

	if (scene->done)
		found = refusals_after(scene, &judged);
	else
		found = refusals_before(scene->plan, &judged);
	judged |= met & ~left;
	for (; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		enum rg_answer answer = rows[i].found(&look);

		if (answer == RG_YES)
			found |= RG_FINDING_BIT(i);
		if (answer != RG_MAYBE)
			judged |= RG_FINDING_BIT(i);
	}
	found &= ~scene->ignored;
	if (ret_judged)
		*ret_judged = (judged & ~scene->ignored) | found;
	return found;
}
