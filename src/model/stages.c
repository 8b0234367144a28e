/* SPDX-License-Identifier: MIT */

/* Running a generation's lists: which predicate is which check, and so on. */

#include "model/remap.h"

static enum rg_answer (*const predicates[RG_NR_CHECKS])(struct rg_remap *) = {
	[RG_CHECK_FLAGS] = rg_flags_unknown,
	[RG_CHECK_ADDR_ALIGN] = rg_addr_unaligned,
	[RG_CHECK_NEW_LEN_ZERO] = rg_new_len_zero,
	[RG_CHECK_NEW_LEN_RANGE] = rg_new_len_beyond_task,
	[RG_CHECK_NEW_ADDR_RANGE] = rg_new_addr_beyond_task,
	[RG_CHECK_NEW_ADDR_ALIGN] = rg_new_addr_unaligned,
	[RG_CHECK_FIXED_MAYMOVE] = rg_lacks_maymove,
	[RG_CHECK_DONTUNMAP_MAYMOVE] = rg_lacks_maymove,
	[RG_CHECK_DONTUNMAP_RESIZE] = rg_dontunmap_resizes,
	[RG_CHECK_OVERLAP] = rg_ranges_overlap,
	[RG_CHECK_MAP_COUNT] = rg_too_many_maps,
	[RG_CHECK_MOVE_MAP_COUNT] = rg_too_many_maps_to_move,
	[RG_CHECK_SOURCE_UNMAPPED] = rg_source_unmapped,
	[RG_CHECK_SOURCE_SEALED] = rg_source_sealed,
	[RG_CHECK_SOURCE_GONE] = rg_source_gone,
	[RG_CHECK_HUGETLB_MOVE] = rg_source_hugetlb,
	[RG_CHECK_HUGETLB_ADDR_ALIGN] = rg_hugetlb_addr_unaligned,
	[RG_CHECK_HUGETLB_NEW_ADDR_ALIGN] = rg_hugetlb_new_addr_unaligned,
	[RG_CHECK_HUGETLB_GROW] = rg_hugetlb_grows,
	[RG_CHECK_DUPLICATE_PRIVATE] = rg_duplicates_private,
	[RG_CHECK_DONTUNMAP_SHARED] = rg_dontunmap_not_private_anon,
	[RG_CHECK_DONTUNMAP_SPECIAL] = rg_source_special,
	[RG_CHECK_CROSSES_VMA] = rg_crosses_vma,
	[RG_CHECK_GROW_SPECIAL] = rg_source_special,
	[RG_CHECK_MLOCK_LIMIT] = rg_over_mlock_limit,
	[RG_CHECK_ADDRESS_SPACE_LIMIT] = rg_over_address_space_limit,
	[RG_CHECK_DATA_LIMIT] = rg_over_data_limit,
	[RG_CHECK_COMMIT_LIMIT] = rg_over_commit_limit,
	[RG_CHECK_NO_ROOM] = rg_lacks_maymove,
	[RG_CHECK_EXTEND_SPECIAL] = rg_extends_special,
	[RG_CHECK_NO_SPACE] = rg_no_space,
	[RG_CHECK_LOW_ADDRESS] = rg_address_too_low,
	[RG_CHECK_DRIVER_ADDRESS] = rg_driver_may_refuse_address,
	[RG_CHECK_UNSPLITTABLE] = rg_source_unsplittable,
	[RG_CHECK_KSM] = rg_ksm_may_interrupt,
	[RG_CHECK_DRIVER_MOVE] = rg_driver_may_veto,
	[RG_CHECK_HUGETLB_MISCOUNT] = rg_hugetlb_may_be_miscounted,
};

static enum rg_check (*const acts[])(struct rg_remap *) = {
	[RG_ACT_ROUND_HUGETLB - RG_NR_CHECKS] = rg_act_round_hugetlb,
	[RG_ACT_UNMAP_DEST - RG_NR_CHECKS] = rg_act_unmap_dest,
	[RG_ACT_UNMAP_TAIL - RG_NR_CHECKS] = rg_act_unmap_tail,
	[RG_ACT_TRY_IN_PLACE - RG_NR_CHECKS] = rg_act_try_in_place,
	[RG_ACT_EXPAND - RG_NR_CHECKS] = rg_act_expand,
	[RG_ACT_PICK - RG_NR_CHECKS] = rg_act_pick,
	[RG_ACT_CUT_SOURCE - RG_NR_CHECKS] = rg_act_cut_source,
	[RG_ACT_MOVE - RG_NR_CHECKS] = rg_act_move,
};

enum rg_check rg_stages_check_args(struct rg_remap *r)
{
	const struct rg_stage *stage;

	for (stage = r->rules->args; stage->what; stage++) {
		if (rg_when(r, stage->when) &&
		    predicates[stage->what](r) == RG_YES)
			return (enum rg_check)stage->what;
	}
	return RG_CHECK_NONE;
}

/* A maybe is noted, and the call goes on as if the check had passed. */
bool rg_stage_refuses(struct rg_remap *r, enum rg_check check,
		      enum rg_answer answer)
{
	if (answer == RG_MAYBE && !r->blind) {
		r->plan->unknown |= r->missing;
		r->plan->may_refuse |= UINT64_C(1) << check;
		if (r->undone)
			r->plan->may_refuse_late |= UINT64_C(1) << check;
	}
	r->missing = 0;
	return answer == RG_YES;
}

void rg_stages_doubt(struct rg_remap *r, const struct rg_stage *stages)
{
	const struct rg_stage *stage;

	for (stage = stages; stage->what; stage++) {
		enum rg_answer answer = RG_NO;

		r->missing = 0;
		if (stage->what < RG_NR_CHECKS && rg_when(r, stage->when))
			answer = predicates[stage->what](r);
		if (answer != RG_NO)
			rg_stage_refuses(r, (enum rg_check)stage->what,
					 RG_MAYBE);
	}
}

static enum rg_check stage_outcome(struct rg_remap *r, uint8_t what)
{
	enum rg_check check = (enum rg_check)what;
	enum rg_answer answer;

	r->missing = 0;
	if (what >= RG_NR_CHECKS)
		return acts[what - RG_NR_CHECKS](r);
	answer = predicates[what](r);
	if (answer == RG_NO)
		return RG_CHECK_NONE;
	return rg_stage_refuses(r, check, answer) ? check : RG_CHECK_NONE;
}

bool rg_stages_run(struct rg_remap *r, const struct rg_stage *stages)
{
	enum rg_check refused = RG_CHECK_NONE;
	const struct rg_stage *stage;

	for (stage = stages; stage->what; stage++) {
		if (!rg_when(r, stage->when))
			continue;
		refused = stage_outcome(r, stage->what);
		if (refused || r->blind)
			break;
	}
	if (refused && !r->blind)
		rg_plan_refuse(r->plan, refused);
	return refused || r->blind;
}
