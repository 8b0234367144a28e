/* SPDX-License-Identifier: MIT */
#ifndef RG_MODEL_REMAP_H
#define RG_MODEL_REMAP_H

/*
 * One call while it is judged, and what is asked about it.
 *
 * A generation (generations.c) is a handful of lists of stages. A stage is a
 * check, whose predicate says whether the kernel refuses there, or an act,
 * which changes the address space or decides how the call goes on. plan.c
 * runs the lists in order until a check refuses; the acts that came before
 * it are the damage.
 */

#include "remapguard/model.h"

#include "model/span.h"

/* ---------------------------------------------------------------- stages */

/* Acts continue the numbers of enum rg_check. */
enum rg_act {
	RG_ACT_ROUND_HUGETLB = RG_NR_CHECKS,
	RG_ACT_UNMAP_DEST,
	RG_ACT_UNMAP_TAIL,
	RG_ACT_TRY_IN_PLACE,
	RG_ACT_EXPAND,
	RG_ACT_PICK,
	RG_ACT_CUT_SOURCE,
	RG_ACT_MOVE,
	RG_ACT_END,
};

/* What must hold for a stage to be reached, and holds for a call. */
enum rg_when {
	RG_WHEN_FIXED = 1u << 0,
	RG_WHEN_DONTUNMAP = 1u << 1,
	RG_WHEN_TO = 1u << 2, /* either: new_addr means something */
	RG_WHEN_SHRINK = 1u << 3,
	RG_WHEN_GROW = 1u << 4,
	RG_WHEN_IN_PLACE = 1u << 5,
	RG_WHEN_MOVE = 1u << 6,
	RG_WHEN_HUGETLB = 1u << 7, /* the source is, or may be */
};

/* One line of a generation's lists. RG_CHECK_NONE ends a list. */
struct rg_stage {
	uint8_t what; /* enum rg_check or enum rg_act */
	uint8_t when; /* enum rg_when, all must hold; 0 for always */
};

/* How much of a range mseal guards against mremap and munmap. */
enum rg_seals {
	RG_SEALS_NONE,	/* there is no mseal */
	RG_SEALS_RANGE, /* all of the range is looked at first */
	RG_SEALS_MET,	/* vma by vma, as the kernel comes to them */
};

/* A generation as data. */
struct rg_rules {
	const char *name;
	const char *releases;
	const char *summary;
	uint32_t since; /* the first release, as rg_kernel.version */

	const struct rg_stage *args;   /* before any mapping is looked at */
	const struct rg_stage *entry;  /* then, for every call */
	const struct rg_stage *source; /* the vma at addr, for every call */
	const struct rg_stage *stay;   /* no-op and shrink */
	const struct rg_stage *to;     /* FIXED or DONTUNMAP */
	const struct rg_stage *grow;   /* the rest */
	const struct rg_stage *move;   /* after either, unless in place */

	enum rg_seals seals;
	uint8_t slots_entry; /* map_count + this must stay within max */
	uint8_t slots_move;  /* the same when a move starts */
	bool raw_lengths;    /* DONTUNMAP compares lengths unrounded */
	bool moves_many;     /* a move may span several vmas */
};

/* NULL where there are none. */
const struct rg_rules *rg_rules_of(enum rg_generation generation);

/* ------------------------------------------------------------- the call */

/* Which remembered answer a lookup replaces. */
enum rg_slot { RG_SLOT_SOURCE, RG_SLOT_NEXT, RG_SLOT_DEST, RG_NR_SLOTS };

/* A remembered find_vma: the answer for all of [from, until). */
struct rg_seen {
	uint64_t from;
	uint64_t until;
	struct rg_vma vma; /* end == 0: nothing above from */
};

/* What the kernel has unmapped, or moved, by the time of a later check. */
struct rg_freed {
	struct rg_span total_pages;
	struct rg_span data_pages;
	struct rg_span locked_pages;
	struct rg_span maps;	  /* vmas that are gone */
	struct rg_span new_maps;  /* vmas that were added by splits */
	struct rg_span new_pages; /* added by slices that keep their source */
	struct rg_span new_data_pages; /* those of them that are data */
	uint32_t missing;	       /* enum rg_unknown that widened these */
};

struct rg_remap {
	/* as the caller gave it */
	const struct rg_request *req;
	const struct rg_limits *limits;
	const struct rg_rules *rules;
	uint32_t version;

	/* normalised; a multi-move sets them for each of its vmas */
	uint64_t page_size;
	uint8_t page_shift; /* its logarithm: dividing takes long */
	uint64_t addr;	    /* without a tag */
	uint64_t old_len;
	uint64_t new_len;
	uint64_t new_addr;
	uint32_t when;	  /* enum rg_when: what holds */
	uint32_t missing; /* enum rg_unknown the predicate at hand has met */

	/* set by rg_plan_make() alone: rg_params_check() looks at nothing */
	const struct rg_mm *mm;
	struct rg_plan *plan;
	struct rg_vma vma; /* the vma at addr once looked up; end == 0 before */
	struct rg_seen seen[RG_NR_SLOTS];
	struct rg_freed freed;
	uint64_t dest_done; /* destination slices up to here are ours already */
	bool blind;	    /* find_vma failed: nothing more can be said */
	bool undone;	    /* a refusal from here on leaves damage */
	uint32_t undone_if; /* enum rg_unknown on which that depends */
	uint32_t lost;	    /* enum rg_unknown without which all is doubtful */
};

/* Everything but the part for rg_plan_make(). */
void rg_remap_init(struct rg_remap *r, const struct rg_request *req,
		   const struct rg_limits *limits,
		   const struct rg_kernel *kernel);

/* Recompute what depends on the lengths, after they were rounded. */
void rg_remap_resized(struct rg_remap *r);

static inline bool rg_when(const struct rg_remap *r, uint32_t when)
{
	return (r->when & when) == when;
}

static inline uint64_t rg_shorter_len(const struct rg_remap *r)
{
	return r->old_len < r->new_len ? r->old_len : r->new_len;
}

static inline uint64_t rg_round_up(uint64_t len, uint64_t unit)
{
	return (len + unit - 1) & ~(unit - 1);
}

/*
 * From 6.15 until 7.3 the difference of the lengths is taken without its
 * sign, so a move that also shrinks is charged for what it gives up.
 */
static inline bool rg_miscounts_shrink(uint32_t version)
{
	return version >= RG_KERNEL_VERSION(6, 15) &&
	       version < RG_KERNEL_VERSION(7, 3);
}

static inline uint64_t rg_pages(const struct rg_remap *r, uint64_t len)
{
	return len >> r->page_shift;
}

static inline struct rg_span rg_span_pages(const struct rg_remap *r,
					   struct rg_span bytes)
{
	return (struct rg_span){ rg_pages(r, bytes.lo), rg_pages(r, bytes.hi) };
}

/* --------------------------------------------------------------- looking */

/*
 * The lowest vma with end > addr. Return: valid until the slot is used again;
 * NULL when there is none, or when it cannot be told (then r->blind is set).
 */
const struct rg_vma *rg_lookup(struct rg_remap *r, enum rg_slot slot,
			       uint64_t addr);

/* Does a vma have a flag that was not seen? */
enum rg_answer rg_vma_may_be(struct rg_remap *r, const struct rg_vma *vma,
			     uint32_t flag);
/* Does a vma have this flag? */
static inline enum rg_answer rg_vma_is(struct rg_remap *r,
				       const struct rg_vma *vma, uint32_t flag)
{
	if (vma->known & flag)
		return rg_answer_of(vma->flags & flag);
	return rg_vma_may_be(r, vma, flag);
}

/* Is its memory counted as data (RLIMIT_DATA)? */
enum rg_answer rg_vma_is_data(struct rg_remap *r, const struct rg_vma *vma);
/* Pages that have a property surely, maybe or not at all. */
struct rg_span rg_pages_if(enum rg_answer answer, uint64_t pages);
/* Can it not be cut in two at addr? */
enum rg_answer rg_vma_unsplittable_at(struct rg_remap *r,
				      const struct rg_vma *vma, uint64_t addr);

/* All that a limit can be; notes in r->missing that it is not known. */
struct rg_span rg_limit_unknown(struct rg_remap *r, enum rg_limit limit);
/* A limit. */
static inline struct rg_span rg_limit(struct rg_remap *r, enum rg_limit limit)
{
	if (r->limits->known & 1u << limit)
		return rg_span_of((&r->limits->page_size)[limit]);
	return rg_limit_unknown(r, limit);
}

/* A capability as an answer. */
enum rg_answer rg_capable(struct rg_remap *r, enum rg_limit cap);
/* The counters as they are after what the call has unmapped so far. */
struct rg_span rg_map_count(struct rg_remap *r);
struct rg_span rg_total_pages(struct rg_remap *r);
struct rg_span rg_data_pages(struct rg_remap *r);
struct rg_span rg_locked_pages(struct rg_remap *r);

/* ------------------------------------- predicates: does the check refuse? */

/* params.c: arguments */
enum rg_answer rg_flags_unknown(struct rg_remap *r);
enum rg_answer rg_addr_unaligned(struct rg_remap *r);
enum rg_answer rg_new_len_zero(struct rg_remap *r);
enum rg_answer rg_new_len_beyond_task(struct rg_remap *r);
enum rg_answer rg_new_addr_beyond_task(struct rg_remap *r);
enum rg_answer rg_new_addr_unaligned(struct rg_remap *r);
enum rg_answer rg_lacks_maymove(struct rg_remap *r);
enum rg_answer rg_dontunmap_resizes(struct rg_remap *r);
enum rg_answer rg_ranges_overlap(struct rg_remap *r);

/* source.c: the vma at addr */
enum rg_answer rg_source_unmapped(struct rg_remap *r);
enum rg_answer rg_source_sealed(struct rg_remap *r);
enum rg_answer rg_source_gone(struct rg_remap *r);
enum rg_answer rg_source_hugetlb(struct rg_remap *r);
enum rg_answer rg_hugetlb_addr_unaligned(struct rg_remap *r);
enum rg_answer rg_hugetlb_new_addr_unaligned(struct rg_remap *r);
enum rg_answer rg_hugetlb_grows(struct rg_remap *r);
enum rg_answer rg_duplicates_private(struct rg_remap *r);
enum rg_answer rg_dontunmap_not_private_anon(struct rg_remap *r);
enum rg_answer rg_source_special(struct rg_remap *r);
enum rg_answer rg_crosses_vma(struct rg_remap *r);
enum rg_answer rg_extends_special(struct rg_remap *r);
enum rg_answer rg_source_unsplittable(struct rg_remap *r);
enum rg_answer rg_ksm_may_interrupt(struct rg_remap *r);
enum rg_answer rg_driver_may_veto(struct rg_remap *r);
enum rg_answer rg_hugetlb_may_be_miscounted(struct rg_remap *r);

/* counts.c: limits and totals */
enum rg_answer rg_too_many_maps(struct rg_remap *r);
enum rg_answer rg_too_many_maps_to_move(struct rg_remap *r);
enum rg_answer rg_over_mlock_limit(struct rg_remap *r);
enum rg_answer rg_over_address_space_limit(struct rg_remap *r);
enum rg_answer rg_over_data_limit(struct rg_remap *r);
enum rg_answer rg_over_commit_limit(struct rg_remap *r);

/* Pages more by growing, or by keeping the source. */
struct rg_span rg_pages_wanted(const struct rg_remap *r);
/* Pages charged for the call. */
uint64_t rg_pages_charged(const struct rg_remap *r);

/* place.c: where it goes */
enum rg_answer rg_no_space(struct rg_remap *r);
enum rg_answer rg_address_too_low(struct rg_remap *r);
enum rg_answer rg_driver_may_refuse_address(struct rg_remap *r);

/* ------------------------------------------------------------------ acts */

/* Each returns the check that refuses, or RG_CHECK_NONE. */
enum rg_check rg_act_unmap_dest(struct rg_remap *r); /* unmap.c */
enum rg_check rg_act_unmap_tail(struct rg_remap *r);
enum rg_check rg_act_round_hugetlb(struct rg_remap *r); /* source.c */
enum rg_check rg_act_cut_source(struct rg_remap *r);
enum rg_check rg_act_try_in_place(struct rg_remap *r); /* place.c */
enum rg_check rg_act_expand(struct rg_remap *r);
enum rg_check rg_act_pick(struct rg_remap *r);
enum rg_check rg_act_move(struct rg_remap *r);

/* ------------------------------------------------------------- the plan */

/* stages.c: run a list from a stage that is reached. Return: as below. */
bool rg_stages_run(struct rg_remap *r, const struct rg_stage *stages);

/* Run a list. Return: whether it ends here, refused or blind. */
static inline bool rg_stages_end(struct rg_remap *r,
				 const struct rg_stage *stages)
{
	while (stages->what && !rg_when(r, stages->when))
		stages++;
	return stages->what && rg_stages_run(r, stages);
}

/* Note what a list's checks might refuse. */
void rg_stages_doubt(struct rg_remap *r, const struct rg_stage *stages);
/* Would this check alone refuse, with what is unknown noted in the plan? */
bool rg_stage_refuses(struct rg_remap *r, enum rg_check check,
		      enum rg_answer answer);
/* The definite answer of the first check that refuses by arguments alone. */
enum rg_check rg_stages_check_args(struct rg_remap *r);

void rg_plan_refuse(struct rg_plan *plan, enum rg_check check);
void rg_plan_add_step(struct rg_plan *plan, struct rg_step step);

/* multi.c: move all vmas of a range, each by the lists for one. */
void rg_plan_multi(struct rg_remap *r);

/* compared.c: what the stop's check compares, and whether it matters. */
void rg_compared(struct rg_remap *r, bool unmapped, struct rg_stop *stop);

/* place.c */
enum rg_cost rg_move_cost(const struct rg_remap *r, uint64_t to_align);

#endif
