/* SPDX-License-Identifier: MIT */

/* The checks that look at the vma at the old address. */

#include "model/remap.h"

/* Which unknown to name for a flag, by the flag's bit. */
static const uint32_t flag_unknown[] = {
	RG_UNKNOWN_SPECIAL, RG_UNKNOWN_SPECIAL,	  RG_UNKNOWN_SPECIAL,
	RG_UNKNOWN_SPECIAL, RG_UNKNOWN_GROWSDOWN, RG_UNKNOWN_LOCKED,
	RG_UNKNOWN_ACCOUNT, RG_UNKNOWN_SPECIAL,	  RG_UNKNOWN_SPECIAL,
	RG_UNKNOWN_SPECIAL, RG_UNKNOWN_SPECIAL,	  RG_UNKNOWN_SPECIAL,
	RG_UNKNOWN_SEALED,  RG_UNKNOWN_UFFD,	  RG_UNKNOWN_KSM,
	RG_UNKNOWN_SPECIAL, RG_UNKNOWN_SPECIAL,	  RG_UNKNOWN_SPECIAL,
};

static enum rg_answer seen_flag(const struct rg_vma *vma, uint32_t flag)
{
	if (!(vma->known & flag))
		return RG_MAYBE;
	return rg_answer_of(vma->flags & flag);
}

static enum rg_answer hugetlb_by_page_size(const struct rg_remap *r,
					   const struct rg_vma *vma)
{
	if (!vma->page_size)
		return RG_MAYBE;
	return rg_answer_of(vma->page_size > r->page_size);
}

/*
 * A flag that was not seen may follow from what was. Only a private mapping
 * that is or was writable is charged, and never hugetlb's.
 */
static enum rg_answer implied_flag(const struct rg_remap *r,
				   const struct rg_vma *vma, uint32_t flag)
{
	enum rg_answer huge = hugetlb_by_page_size(r, vma);

	if (flag == RG_VMA_HUGETLB)
		return huge;
	if (flag == RG_VMA_SEALED && r->rules->seals == RG_SEALS_NONE)
		return RG_NO;
	if (flag == RG_VMA_DONTEXPAND && huge == RG_YES)
		return RG_YES;
	if (flag == RG_VMA_ACCOUNT &&
	    (huge == RG_YES || seen_flag(vma, RG_VMA_SHARED) == RG_YES))
		return RG_NO;
	return RG_MAYBE;
}

enum rg_answer rg_vma_may_be(struct rg_remap *r, const struct rg_vma *vma,
			     uint32_t flag)
{
	enum rg_answer answer = implied_flag(r, vma, flag);

	if (answer == RG_MAYBE)
		r->missing |= flag_unknown[__builtin_ctz(flag)];
	return answer;
}

enum rg_answer rg_vma_is_data(struct rg_remap *r, const struct rg_vma *vma)
{
	enum rg_answer data = rg_vma_is(r, vma, RG_VMA_WRITE);

	if (data != RG_NO)
		data = rg_and(data, rg_not(rg_vma_is(r, vma, RG_VMA_SHARED)));
	if (data != RG_NO)
		data = rg_and(data,
			      rg_not(rg_vma_is(r, vma, RG_VMA_GROWSDOWN)));
	return data;
}

/*
 * Is an address within a huge page of a mapping that has such? A page size
 * that was not seen divides both bounds, and that is all there is to know.
 */
static enum rg_answer within_huge_page(struct rg_remap *r,
				       const struct rg_vma *vma, uint64_t addr)
{
	uint64_t bounds = vma->start | vma->end;

	if (vma->page_size)
		return rg_answer_of(addr & (vma->page_size - 1));
	if (!(addr & ((bounds & -bounds) - 1)))
		return RG_NO;
	r->missing |= RG_UNKNOWN_SPECIAL;
	return RG_MAYBE;
}

/*
 * A driver's that is known to refuse does so since 6.17 (perf's buffers);
 * whether an older kernel has been taught to, its version does not say.
 */
static enum rg_answer driver_refuses_cut(struct rg_remap *r,
					 const struct rg_vma *vma)
{
	enum rg_answer refuses = rg_vma_is(r, vma, RG_VMA_UNSPLITTABLE);

	if (refuses != RG_YES || r->version >= RG_KERNEL_VERSION(6, 17))
		return refuses;
	r->missing |= RG_UNKNOWN_SPECIAL;
	return RG_MAYBE;
}

/*
 * Special mappings refuse to be cut since 5.11, which gave them a hook for
 * it.
 */
enum rg_answer rg_vma_unsplittable_at(struct rg_remap *r,
				      const struct rg_vma *vma, uint64_t addr)
{
	enum rg_answer huge = rg_vma_is(r, vma, RG_VMA_HUGETLB);

	if (huge == RG_YES)
		return within_huge_page(r, vma, addr);
	if (vma->kind == RG_KIND_SPECIAL &&
	    r->version < RG_KERNEL_VERSION(5, 11))
		return RG_NO;
	/* which of the two it is was not seen */
	if (vma->kind == RG_KIND_DRIVER ||
	    (vma->kind == RG_KIND_UNKNOWN &&
	     r->version < RG_KERNEL_VERSION(5, 11)))
		return rg_or(huge, driver_refuses_cut(r, vma));
	return rg_or(huge, rg_vma_is(r, vma, RG_VMA_UNSPLITTABLE));
}

/* ------------------------------------------------------------ is it there */

enum rg_answer rg_source_unmapped(struct rg_remap *r)
{
	const struct rg_vma *vma;

	if (r->vma.end)
		return RG_NO;
	vma = rg_lookup(r, RG_SLOT_SOURCE, r->addr);
	if (r->blind)
		return RG_NO;
	if (!vma || vma->start > r->addr)
		return RG_YES;
	r->vma = *vma;
	r->plan->source = *vma;
	return RG_NO;
}

static enum rg_answer range_sealed(struct rg_remap *r, uint64_t start,
				   uint64_t end)
{
	enum rg_answer sealed = RG_NO;
	const struct rg_vma *vma;

	while (start < end && sealed != RG_YES) {
		vma = rg_lookup(r, RG_SLOT_NEXT, start);
		if (!vma || vma->start >= end)
			break;
		sealed = rg_or(sealed, rg_vma_is(r, vma, RG_VMA_SEALED));
		start = vma->end;
	}
	return sealed;
}

enum rg_answer rg_source_sealed(struct rg_remap *r)
{
	if (r->rules->seals == RG_SEALS_RANGE)
		return range_sealed(r, r->addr, r->addr + r->old_len);
	return rg_vma_is(r, &r->vma, RG_VMA_SEALED);
}

/* Unmapping the destination has removed the source. */
enum rg_answer rg_source_gone(struct rg_remap *r)
{
	return rg_answer_of(rg_when(r, RG_WHEN_FIXED) &&
			    r->addr - r->new_addr < r->new_len);
}

/* --------------------------------------------------------------- hugetlb */

enum rg_answer rg_source_hugetlb(struct rg_remap *r)
{
	return rg_vma_is(r, &r->vma, RG_VMA_HUGETLB);
}

/* Where rounding to a size that was not seen may change anything. */
static bool rounding_matters(struct rg_remap *r)
{
	struct rg_vma unseen = r->vma;

	unseen.page_size = 0;
	return within_huge_page(r, &unseen,
				r->addr | r->new_addr | r->old_len |
					r->new_len) != RG_NO;
}

/* Then everything may be otherwise. */
enum rg_check rg_act_round_hugetlb(struct rg_remap *r)
{
	enum rg_answer huge = rg_source_hugetlb(r);
	uint64_t size = r->vma.page_size;

	r->when &= ~(uint32_t)RG_WHEN_HUGETLB;
	if (huge == RG_NO)
		return RG_CHECK_NONE;
	r->when |= RG_WHEN_HUGETLB;
	if ((huge == RG_MAYBE || !size) && rounding_matters(r))
		r->lost |= r->missing;
	if (huge != RG_YES || !size)
		return RG_CHECK_NONE;
	r->old_len = rg_round_up(r->old_len, size);
	r->new_len = rg_round_up(r->new_len, size);
	rg_remap_resized(r);
	return RG_CHECK_NONE;
}

static enum rg_answer hugetlb_unaligned(struct rg_remap *r, uint64_t addr)
{
	enum rg_answer within = within_huge_page(r, &r->vma, addr);

	return within == RG_NO ? RG_NO : rg_and(within, rg_source_hugetlb(r));
}

enum rg_answer rg_hugetlb_addr_unaligned(struct rg_remap *r)
{
	return hugetlb_unaligned(r, r->addr);
}

enum rg_answer rg_hugetlb_new_addr_unaligned(struct rg_remap *r)
{
	return hugetlb_unaligned(r, r->new_addr);
}

enum rg_answer rg_hugetlb_grows(struct rg_remap *r)
{
	if (r->new_len <= r->old_len)
		return RG_NO;
	return rg_source_hugetlb(r);
}

/* ---------------------------------------------------- may it be resized */

enum rg_answer rg_duplicates_private(struct rg_remap *r)
{
	if (r->old_len)
		return RG_NO;
	return rg_not(rg_vma_is(r, &r->vma, RG_VMA_SHARED));
}

enum rg_answer rg_dontunmap_not_private_anon(struct rg_remap *r)
{
	if (r->vma.kind == RG_KIND_UNKNOWN) {
		r->missing |= RG_UNKNOWN_SPECIAL;
		return RG_MAYBE;
	}
	if (r->vma.kind != RG_KIND_ANON)
		return RG_YES;
	return rg_vma_is(r, &r->vma, RG_VMA_SHARED);
}

enum rg_answer rg_source_special(struct rg_remap *r)
{
	enum rg_answer fixed = rg_vma_is(r, &r->vma, RG_VMA_DONTEXPAND);

	if (fixed == RG_YES)
		return RG_YES;
	return rg_or(fixed, rg_vma_is(r, &r->vma, RG_VMA_PFNMAP));
}

/*
 *      vma.start     addr            vma.end
 *          |-----------|----------------|
 *                      |--- old_len ---------->
 *
 * A tail is cut off before this is asked, or without regard to the vma's
 * end, so of a shrinking range only what remains counts.
 */
enum rg_answer rg_crosses_vma(struct rg_remap *r)
{
	return rg_answer_of(rg_shorter_len(r) > r->vma.end - r->addr);
}

/*
 * Since 6.0 extending tries a merge, which device memory never takes part
 * in. Until 6.7 a vma whose driver wants to hear of its closing was spared.
 */
enum rg_answer rg_extends_special(struct rg_remap *r)
{
	enum rg_answer special;

	if (r->version < RG_KERNEL_VERSION(6, 0))
		return RG_NO;
	special = rg_vma_is(r, &r->vma, RG_VMA_IO);
	if (special != RG_YES)
		special =
			rg_or(special, rg_vma_is(r, &r->vma, RG_VMA_MIXEDMAP));
	if (special == RG_YES && r->version < RG_KERNEL_VERSION(6, 8)) {
		r->missing |= RG_UNKNOWN_SPECIAL;
		return RG_MAYBE;
	}
	return special;
}

/* ---------------------------------------------------------- may it move */

/*
 * A special mapping that has been cut before, which is possible until 5.10, is
 * not of its own size and cannot move any more. Cut at its start its offset
 * tells; cut at its end nothing does.
 */
static enum rg_answer cut_before(struct rg_remap *r)
{
	if (r->version >= RG_KERNEL_VERSION(5, 11))
		return RG_NO;
	if (r->vma.kind != RG_KIND_SPECIAL && r->vma.kind != RG_KIND_UNKNOWN)
		return RG_NO;
	if (r->vma.kind == RG_KIND_SPECIAL && r->vma.offset)
		return RG_YES;
	r->missing |= RG_UNKNOWN_SPECIAL;
	return RG_MAYBE;
}

/*
 *   vma.start   addr       end       vma.end
 *       |---------|~~~~~~~~~|-----------|
 *                 ^ cut     ^ cut
 *
 * Before 5.11 a special mapping is cut, and then refuses to be moved with
 * another size than its own: the same to the caller. A driver's is asked when
 * the source is to be unmapped, and if it refuses then, the call succeeds and
 * the source stays: no refusal, but nothing to be certain of.
 */
enum rg_answer rg_source_unsplittable(struct rg_remap *r)
{
	uint64_t end = r->addr + rg_shorter_len(r);
	enum rg_answer refuses = RG_NO;

	if (r->vma.start == r->addr && r->vma.end == end)
		return cut_before(r);
	if (r->vma.kind == RG_KIND_SPECIAL)
		return rg_vma_is(r, &r->vma, RG_VMA_UNSPLITTABLE);
	if (r->vma.start != r->addr)
		refuses = rg_vma_unsplittable_at(r, &r->vma, r->addr);
	if (refuses != RG_YES && r->vma.end != end)
		refuses =
			rg_or(refuses, rg_vma_unsplittable_at(r, &r->vma, end));
	return refuses;
}

/*
 * Since 7.2 a locked source that stays is cut at the ends of the range, before
 * it is charged for; it is no longer locked then, so the parts stay apart.
 * Stable kernels have been taught that in the middle of a series.
 */
enum rg_check rg_act_cut_source(struct rg_remap *r)
{
	uint64_t end = r->addr + r->old_len;
	uint64_t cuts = (r->vma.start != r->addr) + (r->vma.end != end);
	enum rg_answer cut = rg_vma_is(r, &r->vma, RG_VMA_LOCKED);

	if (!cuts || cut == RG_NO)
		return RG_CHECK_NONE;
	if (cut == RG_YES && r->version < RG_KERNEL_VERSION(7, 2)) {
		r->missing |= RG_UNKNOWN_SPECIAL;
		cut = RG_MAYBE;
	}
	r->freed.new_maps.hi += cuts;
	r->undone = true;
	if (cut == RG_YES)
		r->plan->damage |= RG_DAMAGE_VMA_SPLIT;
	else
		r->undone_if = r->missing;
	return RG_CHECK_NONE;
}

/*
 * Only a vma known to be mergeable counts: hardly any is, and nothing but a
 * signal at the wrong moment makes it matter.
 */
enum rg_answer rg_ksm_may_interrupt(struct rg_remap *r)
{
	if (seen_flag(&r->vma, RG_VMA_MERGEABLE) != RG_YES)
		return RG_NO;
	r->missing |= RG_UNKNOWN_KSM;
	return RG_MAYBE;
}

/* A hook may refuse, and nothing tells when. */
enum rg_answer rg_driver_may_veto(struct rg_remap *r)
{
	if (rg_vma_is(r, &r->vma, RG_VMA_VETOES_MOVE) == RG_NO)
		return RG_NO;
	r->missing |= RG_UNKNOWN_SPECIAL;
	return RG_MAYBE;
}

/*
 *      addr                                next entry of the upper table
 *       |=== len ===|                              |
 *       |-------------- skipped at once -----------|
 *
 * Since 6.0 the move skips to there where no page is present, and since ever
 * it returns in an int how far it came. With pages of more than 4 KB an entry
 * is so large that this may be less than the length.
 */
enum rg_answer rg_hugetlb_may_be_miscounted(struct rg_remap *r)
{
	uint64_t per_table = r->page_size / 8;
	uint64_t entry = r->page_size * per_table * per_table;
	uint32_t skipped = (uint32_t)(entry - (r->addr & (entry - 1)));

	if (r->version < RG_KERNEL_VERSION(6, 0) || skipped > INT32_MAX ||
	    skipped >= rg_shorter_len(r) || rg_source_hugetlb(r) == RG_NO)
		return RG_NO;
	r->missing |= RG_UNKNOWN_SPECIAL;
	return RG_MAYBE;
}
