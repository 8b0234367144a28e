/* SPDX-License-Identifier: MIT */

/*
 * Any request against any mappings and limits, planned for every generation.
 * There is no kernel to ask, so what must hold is what a plan claims of
 * itself: it is of a piece, lies in the address space, and knowing less may
 * make it doubtful but never contradict what knowing more says.
 */

static void explain(void);
#define EXPLAIN explain

#include "fuzz.h"

#include "remapguard/model.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define MAX_VMAS 8
#define ALL_FLAGS ((1u << 18) - 1)
#define SHOWN (RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED)
/* What can be doubtful although all is known that can be. */
#define INVISIBLE                                                              \
	(RG_UNKNOWN_SPECIAL | RG_UNKNOWN_KSM | RG_UNKNOWN_VMAS |               \
	 RG_UNKNOWN_COMMIT | RG_UNKNOWN_MIN_ADDR | RG_UNKNOWN_MAP_COUNT)

/* What is to be planned, and for whom. */
struct world {
	struct rg_request req;
	struct rg_limits limits;
	struct rg_vma vmas[MAX_VMAS];
	unsigned nr;
};

static struct world world;
static struct rg_kernel kernel;

/* --------------------------------------------------------------- the input */

static const uint8_t *at;
static const uint8_t *end;

/* A number of so many bytes; zeroes when the input is used up. */
static uint64_t take(unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | (at < end ? *at++ : 0);
	return value;
}

static uint64_t below(unsigned n)
{
	return take(1) % n;
}

#define one_of(list) ((list)[below(sizeof(list) / sizeof((list)[0]))])

/* --------------------------------------------------------------- the world */

static uint64_t page(void)
{
	return world.limits.page_size;
}

static uint64_t some_pages(void)
{
	static const uint64_t pages[] = {
		1,   1,	  2,   3,    4,	   8,	    16,
		511, 512, 513, 1024, 1536, 1 << 18, (1 << 18) + 512
	};

	return one_of(pages) * page();
}

static struct rg_vma huge_vma(uint64_t start)
{
	uint64_t size = page() * (page() / 8);

	start = (start + size - 1) & ~(size - 1);
	return (struct rg_vma){
		.start = start,
		.end = start + (1 + below(3)) * size,
		.page_size = size,
		.kind = RG_KIND_HUGETLB,
		.flags = RG_VMA_HUGETLB | RG_VMA_DONTEXPAND |
			 ((uint32_t)take(3) & (SHOWN | RG_VMA_LOCKED |
					       RG_VMA_SEALED | RG_VMA_UFFD)),
	};
}

/* Flags go together as they do in a kernel. */
static struct rg_vma some_vma(uint64_t start)
{
	static const uint32_t usual[] = {
		RG_VMA_READ | RG_VMA_WRITE | RG_VMA_ACCOUNT,
		RG_VMA_READ | RG_VMA_WRITE | RG_VMA_ACCOUNT,
		RG_VMA_READ | RG_VMA_WRITE | RG_VMA_SHARED,
		RG_VMA_READ,
		ALL_FLAGS,
	};
	struct rg_vma vma;

	if (!below(8))
		return huge_vma(start);
	vma = (struct rg_vma){
		.start = start,
		.end = start + some_pages(),
		.page_size = page(),
		.kind = (enum rg_vma_kind)(RG_KIND_ANON +
					   below(RG_KIND_DRIVER)),
		.flags = one_of(usual),
	};
	if (vma.kind == RG_KIND_HUGETLB)
		vma.kind = RG_KIND_ANON;
	if (vma.flags == ALL_FLAGS)
		vma.flags = (uint32_t)take(3) & ALL_FLAGS & ~RG_VMA_HUGETLB;
	if (vma.flags & RG_VMA_SHARED)
		vma.flags &= ~(uint32_t)RG_VMA_ACCOUNT;
	return vma;
}

static void build_vmas(void)
{
	static const uint64_t bases[] = { 0x1000,	  0x10000,
					  0x100000,	  0x7f0000000000,
					  0x7f0000200000, 0x7fffc0000000,
					  0x7fffffe00000 };
	uint64_t task_size = world.limits.task_size;
	uint64_t from = one_of(bases) & ~(page() - 1);
	unsigned nr = (unsigned)below(MAX_VMAS + 1);

	for (world.nr = 0; world.nr < nr; world.nr++) {
		struct rg_vma vma = some_vma(from);

		if (vma.end > task_size)
			return;
		vma.known = ALL_FLAGS;
		world.vmas[world.nr] = vma;
		from = vma.end + (below(2) ? some_pages() : 0);
	}
}

static uint64_t near(uint64_t value)
{
	uint64_t by = below(4);

	return below(2) ? value + by : value - (by < value ? by : value);
}

static void set(enum rg_limit limit, uint64_t value)
{
	rg_limits_set(&world.limits, limit, value);
}

static void build_sizes(void)
{
	static const uint64_t pages[] = { 4096, 4096, 4096, 16384, 65536 };
	static const uint64_t task_sizes[] = {
		0x7ffffffff000, 0x7ffffffff000,	  UINT64_C(1) << 48,
		0xffffe000,	0xfffffffffff000, UINT64_C(1) << 57
	};

	world.limits.known = 0;
	set(RG_LIMIT_PAGE_SIZE, one_of(pages));
	set(RG_LIMIT_TASK_SIZE, one_of(task_sizes) & ~(page() - 1));
	set(RG_LIMIT_UNTAG_MASK, UINT64_MAX);
}

static void build_totals(void)
{
	uint64_t pages = take(2);
	uint64_t maps = world.nr + below(8);

	for (unsigned i = 0; i < world.nr; i++)
		pages += (world.vmas[i].end - world.vmas[i].start) / page();
	if (pages < maps)
		pages = maps;
	set(RG_LIMIT_TOTAL_PAGES, pages);
	set(RG_LIMIT_DATA_PAGES, pages - take(2) % (pages + 1));
	set(RG_LIMIT_LOCKED_PAGES, take(2));
	set(RG_LIMIT_MAP_COUNT, maps);
}

static uint64_t rlimit(uint64_t pages)
{
	static const uint64_t rare[] = { 0, 1, UINT64_MAX, UINT64_MAX };

	if (below(2))
		return one_of(rare);
	return near(pages + take(1)) * page() + below(2);
}

static void build_limits(void)
{
	static const uint64_t min_addrs[] = { 0, 4096, 65536, 1 << 20 };
	struct rg_limits *limits = &world.limits;

	set(RG_LIMIT_MAX_MAP_COUNT,
	    below(2) ? 65530 : near(limits->map_count + below(8)));
	set(RG_LIMIT_MMAP_MIN_ADDR, one_of(min_addrs));
	set(RG_LIMIT_RLIMIT_AS, rlimit(limits->total_pages));
	set(RG_LIMIT_RLIMIT_DATA, rlimit(limits->data_pages));
	set(RG_LIMIT_RLIMIT_DATA_MAX, rlimit(limits->data_pages));
	set(RG_LIMIT_RLIMIT_MEMLOCK, rlimit(limits->locked_pages));
	set(RG_LIMIT_OVERCOMMIT, below(3));
	set(RG_LIMIT_MEMORY_PAGES, take(3));
	set(RG_LIMIT_COMMIT_LIMIT_PAGES, take(3));
	set(RG_LIMIT_COMMITTED_PAGES, take(3));
	set(RG_LIMIT_ADMIN_RESERVE_PAGES, take(1));
	set(RG_LIMIT_USER_RESERVE_PAGES, take(1));
	set(RG_LIMIT_CAP_IPC_LOCK, below(2));
	set(RG_LIMIT_CAP_SYS_RAWIO, below(2));
	set(RG_LIMIT_CAP_SYS_ADMIN, below(2));
}

/* Where something begins or ends, or nearly so. */
static uint64_t some_edge(void)
{
	uint64_t edges[] = { 0,
			     UINT64_MAX,
			     world.limits.task_size,
			     UINT64_C(0xffffffffff600000),
			     world.req.addr,
			     world.req.addr + world.req.old_len,
			     world.req.addr - world.req.new_len,
			     world.limits.task_size - world.req.new_len };
	uint64_t edge = one_of(edges);
	unsigned which = (unsigned)take(1);

	if (world.nr && which & 3) {
		const struct rg_vma *vma = &world.vmas[(which >> 3) % world.nr];

		edge = which & 4 ? vma->start : vma->end;
	}
	return edge;
}

static uint64_t some_addr(void)
{
	uint64_t offsets[] = {
		0,	    0,		 0, 0,	   page(),	 -page(),
		2 * page(), -2 * page(), 1, -1ull, 512 * page(), -512 * page()
	};

	return some_edge() + one_of(offsets);
}

static uint64_t some_len(void)
{
	static const uint64_t rare[] = { 0,
					 1,
					 4095,
					 UINT64_MAX,
					 -4095ull,
					 -4096ull,
					 -8192ull,
					 UINT64_C(1) << 40,
					 UINT64_C(1) << 46,
					 UINT64_C(1) << 57,
					 UINT64_C(0x7ffffffff000) };

	switch (below(6)) {
	case 0:
		return one_of(rare);
	case 1:
		return some_pages();
	case 2:
		return some_pages() - take(2);
	case 3:
		return world.req.old_len;
	default:
		return some_addr() - world.req.addr;
	}
}

static void build_request(void)
{
	static const uint64_t flags[] = { 0, 0, 1, 1, 1, 3, 3, 3, 3,
					  3, 5, 5, 7, 2, 4, 6, 8 };
	struct rg_request *req = &world.req;

	*req = (struct rg_request){ 0 };
	req->addr = some_addr();
	req->old_len = some_len();
	req->new_len = some_len();
	req->flags = one_of(flags);
	req->new_addr = some_addr();
}

/* No rules here: nothing may be made of it, but nothing may break either. */
static void build_wild(void)
{
	uint8_t *bytes = (uint8_t *)&world.limits;

	for (size_t i = 0; i < sizeof(world.limits); i++)
		bytes[i] = (uint8_t)take(1);
	for (world.nr = 0; world.nr < MAX_VMAS && at < end; world.nr++) {
		struct rg_vma *vma = &world.vmas[world.nr];

		vma->start = take(8);
		vma->end = take(8);
		vma->page_size = take(1) & 1 ? take(8) : 1ull << below(64);
		vma->flags = (uint32_t)take(4);
		vma->known = (uint32_t)take(4);
		vma->kind = (enum rg_vma_kind)below(RG_KIND_DRIVER + 1);
	}
}

/* ------------------------------------------------------------------ looking */

static int find_vma(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	const struct world *seen = ctx;

	for (unsigned i = 0; i < seen->nr; i++) {
		if (seen->vmas[i].end > addr) {
			*ret_vma = seen->vmas[i];
			return 1;
		}
	}
	return 0;
}

static int find_nothing(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
{
	(void)ctx;
	(void)addr;
	(void)ret_vma;
	return -1;
}

static struct rg_plan plan(struct world *seen)
{
	struct rg_mm mm = { find_vma, seen, seen->limits };

	return rg_plan_make(&seen->req, &mm, &kernel);
}

/* ----------------------------------------------------------------- showing */

static void explain(void)
{
	const struct rg_request *req = &world.req;

	fprintf(stderr,
		"%s, version %x: mremap(%" PRIx64 ", %" PRIx64 ", %" PRIx64
		", %" PRIx64 ", %" PRIx64 ")\n",
		rg_generation_name(kernel.generation), kernel.version,
		req->addr, req->old_len, req->new_len, req->flags,
		req->new_addr);
	for (unsigned i = 0; i < world.nr; i++)
		fprintf(stderr,
			"  vma %" PRIx64 "-%" PRIx64
			" kind %d flags %x pages of %" PRIx64 "\n",
			world.vmas[i].start, world.vmas[i].end,
			world.vmas[i].kind, world.vmas[i].flags,
			world.vmas[i].page_size);
	for (int i = 0; i < RG_NR_LIMITS; i++)
		fprintf(stderr, "  %s = %" PRIu64 "\n",
			rg_limit_name((enum rg_limit)i),
			(&world.limits.page_size)[i]);
}

static void show(const char *what, const struct rg_plan *p)
{
	const struct rg_check_info *info = rg_check_info(p->check);

	fprintf(stderr,
		"  %s: %s %s damage %x unknown %x may %" PRIx64
		" succeed %d move %d result %" PRIx64 " steps %u\n",
		what, rg_path_name(p->path), info ? info->name : "-", p->damage,
		p->unknown, p->may_refuse, p->may_succeed, p->may_move,
		p->result, p->nr_steps);
}

/* --------------------------------------------------------- a plan by itself */

static uint32_t listed(const struct rg_plan *p)
{
	return p->nr_steps < RG_PLAN_MAX_STEPS ? p->nr_steps
					       : RG_PLAN_MAX_STEPS;
}

static bool has_step(const struct rg_plan *p, enum rg_step_kind kind)
{
	for (uint32_t i = 0; i < listed(p); i++) {
		if (p->steps[i].kind == kind)
			return true;
	}
	return false;
}

static bool aligned(uint64_t value)
{
	return !(value & (page() - 1));
}

/* Where an address space ends, as far as the plan could know. */
static uint64_t highest;

static bool fits(uint64_t start, uint64_t len)
{
	return start <= highest && len <= highest - start;
}

static bool doubts_everything(const struct rg_plan *p)
{
	return p->may_refuse == (UINT64_C(1) << RG_NR_CHECKS) - 2;
}

static void check_step(const struct rg_plan *p, const struct rg_step *step)
{
	bool moves = step->kind == RG_STEP_MOVE || step->kind == RG_STEP_COPY;
	bool fixed = world.req.flags & RG_MREMAP_FIXED;

	must(step->kind > RG_STEP_NONE && step->kind < RG_NR_STEP_KINDS);
	must(step->len || doubts_everything(p));
	must(aligned(step->start) && aligned(step->len));
	/* a duplicate may be longer than what it is of */
	must(step->kind == RG_STEP_COPY || fits(step->start, step->len));
	must(aligned(step->to));
	must(fits(step->to, step->len));
	must(moves || !step->to);
	must(!moves || fixed || !step->to);
	must(step->kind != RG_STEP_UNMAP_DEST || fixed);
	must(step->kind != RG_STEP_PICK || (!fixed && !step->start));
	must(step->kind != RG_STEP_EXPAND ||
	     p->path == RG_PATH_EXPAND_IN_PLACE);
}

static void check_steps(const struct rg_plan *p)
{
	for (uint32_t i = 0; i < listed(p); i++)
		check_step(p, &p->steps[i]);
	must(!(p->damage & RG_DAMAGE_DEST_UNMAPPED) ||
	     has_step(p, RG_STEP_UNMAP_DEST));
	must(!(p->damage & RG_DAMAGE_TAIL_UNMAPPED) ||
	     has_step(p, RG_STEP_UNMAP_TAIL));
	must(!(p->damage & RG_DAMAGE_SOURCE_UNMAPPED) ||
	     has_step(p, RG_STEP_UNMAP_DEST));
	must(!(p->damage & RG_DAMAGE_VMAS_MOVED) || has_step(p, RG_STEP_MOVE));
}

static void check_refusal(const struct rg_plan *p)
{
	const struct rg_check_info *info = rg_check_info(p->check);

	must(info && p->error == info->error);
	must(rg_generation_has_check(kernel.generation, p->check));
	must(!p->result && !p->result_align && !p->nr_vmas);
	must(p->cost == RG_COST_NONE && !p->fixed);
	must(!p->may_move || doubts_everything(p));
}

static void check_success(const struct rg_plan *p)
{
	bool fixed = world.req.flags & RG_MREMAP_FIXED;
	bool picks = has_step(p, RG_STEP_PICK);

	must(p->check == RG_CHECK_NONE && !p->error && !p->damage);
	must(!(world.req.flags & ~(uint64_t)RG_MREMAP_KNOWN_FLAGS));
	must(p->fixed == fixed && (!p->may_succeed || doubts_everything(p)));
	must(!p->result == (picks || (fixed && !world.req.new_addr) ||
			    (!fixed && !world.req.addr)));
	must(picks == !!p->result_align);
	must(p->result_align >= page() || !picks);
	must(!(p->result_align & (p->result_align - 1)));
	must(aligned(p->result));
	/* a no-op or shrink before 5.16 looks at nothing */
	must(fits(p->result, page()) ||
	     (kernel.generation < RG_GEN_G2 && !p->source.end));
	must(!fixed || p->result == world.req.new_addr);
	must(fixed || picks || p->result == world.req.addr);
	must((p->path == RG_PATH_DONTUNMAP) ==
		     !!(world.req.flags & RG_MREMAP_DONTUNMAP) ||
	     p->path == RG_PATH_MULTI_MOVE);
	must(p->path != RG_PATH_MULTI_MOVE ||
	     (fixed && kernel.generation >= RG_GEN_G5 && p->nr_vmas > 1));
	must((p->cost != RG_COST_NONE) == has_step(p, RG_STEP_MOVE));
	must(!has_step(p, RG_STEP_MOVE) == !p->moved_len);
}

static void check_doubts(const struct rg_plan *p)
{
	must(!(p->unknown >> RG_NR_UNKNOWNS));
	must(p->unknown || (!p->may_refuse && !p->may_succeed && !p->may_move));
	must(!(p->may_refuse_late & ~p->may_refuse));
	for (int i = 0; i < 64 && !doubts_everything(p); i++)
		must(!(p->may_refuse & UINT64_C(1) << i) ||
		     rg_generation_has_check(kernel.generation,
					     (enum rg_check)i));
}

static void check_plan(const struct rg_plan *p, const struct rg_limits *limits)
{
	highest = limits->known & 1u << RG_LIMIT_TASK_SIZE ? limits->task_size
							   : UINT64_C(1) << 57;
	must(p->path > RG_PATH_INVALID && p->path < RG_NR_PATHS);
	must(!p->source.end || (p->source.start <= world.req.addr &&
				p->source.end > world.req.addr));
	check_doubts(p);
	check_steps(p);
	if (p->path == RG_PATH_REFUSE)
		check_refusal(p);
	else
		check_success(p);
}

/* -------------------------------------------------------- two plans together
 */

static bool same_steps(const struct rg_plan *a, const struct rg_plan *b)
{
	if (a->nr_steps != b->nr_steps)
		return false;
	for (uint32_t i = 0; i < listed(a); i++) {
		const struct rg_step *x = &a->steps[i];
		const struct rg_step *y = &b->steps[i];

		if (x->kind != y->kind || x->start != y->start ||
		    x->len != y->len || x->to != y->to)
			return false;
	}
	return true;
}

static bool same_outcome(const struct rg_plan *a, const struct rg_plan *b)
{
	return a->path == b->path && a->check == b->check &&
	       a->error == b->error && a->fixed == b->fixed &&
	       a->damage == b->damage && a->result == b->result &&
	       a->nr_vmas == b->nr_vmas && a->moved_len == b->moved_len &&
	       same_steps(a, b);
}

static bool same(const struct rg_plan *a, const struct rg_plan *b)
{
	return same_outcome(a, b) && a->cost == b->cost &&
	       a->unknown == b->unknown && a->may_refuse == b->may_refuse &&
	       a->may_refuse_late == b->may_refuse_late &&
	       a->may_succeed == b->may_succeed && a->may_move == b->may_move &&
	       a->result_align == b->result_align;
}

/* What a kernel that does as planned returns; an address it might pick. */
static int64_t outcome(const struct rg_plan *p)
{
	if (p->path == RG_PATH_REFUSE)
		return -p->error;
	if (has_step(p, RG_STEP_PICK))
		return (int64_t)(world.req.addr ^ UINT64_C(1) << 45);
	return (int64_t)p->result;
}

/* Whatever may happen by the one must be explained by the other. */
static void check_knows_less(const struct rg_plan *full,
			     const struct rg_plan *less)
{
	bool contradicts = rg_plan_compare(less, &world.req, outcome(full)) ==
			   RG_AGREE_MISMATCH;

	for (int i = 1; i < RG_NR_CHECKS && !contradicts; i++) {
		if (full->may_refuse & UINT64_C(1) << i)
			contradicts =
				rg_plan_compare(less, &world.req,
						-rg_check_info((enum rg_check)i)
							 ->error) ==
				RG_AGREE_MISMATCH;
	}
	if (!less->unknown)
		contradicts |= full->unknown || !same_outcome(full, less);
	if (contradicts) {
		show("knowing all ", full);
		show("knowing less", less);
	}
	must(!contradicts);
}

/* ---------------------------------------------------------- what is hidden */

/*
 * Some of what maps does not show. Not RG_VMA_MERGEABLE: the model takes it
 * for clear where it was not seen, and says so (docs/model.md, section 2).
 */
static void hide(struct world *seen, const uint32_t *masks)
{
	/* the page size alone is never hidden: nothing could be said then */
	seen->limits.known &= masks[0] | 1u << RG_LIMIT_PAGE_SIZE;
	for (unsigned i = 0; i < seen->nr; i++) {
		struct rg_vma *vma = &seen->vmas[i];

		vma->known &= masks[i + 1] | SHOWN | RG_VMA_MERGEABLE;
		vma->flags &= vma->known;
		if (!(masks[i + 1] & 1u << 31)) {
			vma->kind = RG_KIND_UNKNOWN;
			vma->known &= SHOWN | RG_VMA_MERGEABLE;
		}
		if (!(vma->known & RG_VMA_HUGETLB) && masks[i + 1] & 1u << 30)
			vma->page_size = 0;
	}
}

/* ------------------------------------------------------------------- running
 */

static const struct rg_kernel kernels[] = {
	{ RG_GEN_G0, RG_KERNEL_VERSION(5, 7) },
	{ RG_GEN_G0, RG_KERNEL_VERSION(5, 12) },
	{ RG_GEN_G1, RG_KERNEL_VERSION(5, 15) },
	{ RG_GEN_G2, RG_KERNEL_VERSION(5, 16) },
	{ RG_GEN_G2, RG_KERNEL_VERSION(6, 1) },
	{ RG_GEN_G2, RG_KERNEL_VERSION(6, 8) },
	{ RG_GEN_G3A, RG_KERNEL_VERSION(6, 10) },
	{ RG_GEN_G3B, RG_KERNEL_VERSION(6, 12) },
	{ RG_GEN_G4, RG_KERNEL_VERSION(6, 15) },
	{ RG_GEN_G5, RG_KERNEL_VERSION(6, 18) },
	{ RG_GEN_G6, RG_KERNEL_VERSION(7, 1) },
	{ RG_GEN_G6, RG_KERNEL_VERSION(7, 3) },
};

#define NR_KERNELS (sizeof(kernels) / sizeof(kernels[0]))

static void check_args(const struct rg_plan *full)
{
	enum rg_check check =
		rg_params_check(&world.req, &world.limits, &kernel);
	struct rg_mm blind = { find_nothing, NULL, world.limits };
	struct rg_plan none = rg_plan_make(&world.req, &blind, &kernel);

	must(!check || check == full->check);
	must(none.path == RG_PATH_INVALID || same(&none, full));
	must(none.path != RG_PATH_INVALID || none.unknown == RG_UNKNOWN_VMAS);
	must(!check || none.check == check);
}

static void run_all(const uint32_t *masks)
{
	for (size_t i = 0; i < NR_KERNELS; i++) {
		struct world seen;
		struct rg_plan full, again, less;

		kernel = kernels[i];
		if (kernel.generation < RG_GEN_G3A)
			for (unsigned j = 0; j < world.nr; j++)
				world.vmas[j].flags &= ~(uint32_t)RG_VMA_SEALED;
		seen = world;
		full = plan(&seen);
		again = plan(&seen);
		must(same(&full, &again));
		check_plan(&full, &seen.limits);
		must(!(full.unknown & ~(uint32_t)INVISIBLE));
		must((!full.may_move && !full.may_succeed) ||
		     doubts_everything(&full));
		must(rg_plan_compare(&full, &world.req, outcome(&full)) ==
		     RG_AGREE_YES);
		check_args(&full);
		hide(&seen, masks);
		less = plan(&seen);
		check_plan(&less, &seen.limits);
		check_knows_less(&full, &less);
	}
}

static void run_wild(void)
{
	for (size_t i = 0; i < NR_KERNELS; i++) {
		kernel = kernels[i];
		plan(&world);
		rg_params_check(&world.req, &world.limits, &kernel);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t masks[MAX_VMAS + 1];
	bool wild;

	at = data;
	end = data + size;
	wild = !below(16);
	build_sizes();
	build_vmas();
	build_totals();
	build_limits();
	build_request();
	for (int i = 0; i <= MAX_VMAS; i++)
		masks[i] = (uint32_t)take(4);
	if (wild) {
		build_wild();
		run_wild();
	} else {
		run_all(masks);
	}
	return 0;
}
