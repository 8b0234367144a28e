/* SPDX-License-Identifier: MIT */

#include "trace/vma-kind.h"

/*
 * Drivers set flags and hooks as they please, and only some show in smaps. So
 * a name that is known stands for what its owner is known to do, and any
 * other device leaves everything open.
 *
 * Which vmas are charged to the commit limit: private writable ones, unless
 * mapped with MAP_NORESERVE; shared ones never are. Locked, sealed, armed and
 * mergeable are never known from a name.
 */

#define DRIVER_FLAGS                                                           \
	(RG_VMA_DONTEXPAND | RG_VMA_PFNMAP | RG_VMA_IO | RG_VMA_MIXEDMAP |     \
	 RG_VMA_HUGETLB | RG_VMA_UNSPLITTABLE | RG_VMA_PICKS_ADDRESS |         \
	 RG_VMA_VETOES_MOVE)

static const struct named_kind {
	const char *name;
	bool prefix; /* the name starts with it */
	enum rg_vma_kind kind;
	uint32_t flags;
	uint32_t known;
} named_kinds[] = {
	{ "", false, RG_KIND_ANON, 0, DRIVER_FLAGS },
	{ "[heap]", false, RG_KIND_ANON, RG_VMA_HEAP,
	  DRIVER_FLAGS | RG_VMA_GROWSDOWN },
	{ "[stack]", false, RG_KIND_ANON, RG_VMA_GROWSDOWN | RG_VMA_STACK,
	  DRIVER_FLAGS | RG_VMA_GROWSDOWN },
	{ "[anon:", true, RG_KIND_ANON, 0, DRIVER_FLAGS },
	{ "[anon_shmem:", true, RG_KIND_SHMEM, 0, DRIVER_FLAGS },
	{ "[vdso]", false, RG_KIND_SPECIAL,
	  RG_VMA_DONTEXPAND | RG_VMA_UNSPLITTABLE, DRIVER_FLAGS },
	{ "[vvar", true, RG_KIND_SPECIAL,
	  RG_VMA_DONTEXPAND | RG_VMA_PFNMAP | RG_VMA_IO | RG_VMA_UNSPLITTABLE,
	  DRIVER_FLAGS },
	{ "[uprobes]", false, RG_KIND_SPECIAL,
	  RG_VMA_DONTEXPAND | RG_VMA_UNSPLITTABLE | RG_VMA_VETOES_MOVE,
	  DRIVER_FLAGS },
	{ "[", true, RG_KIND_SPECIAL, RG_VMA_UNSPLITTABLE, 0 },
	{ "/[aio]", true, RG_KIND_DRIVER,
	  RG_VMA_DONTEXPAND | RG_VMA_VETOES_MOVE, DRIVER_FLAGS },
	{ "anon_inode:[io_uring]", false, RG_KIND_DRIVER,
	  RG_VMA_DONTEXPAND | RG_VMA_PICKS_ADDRESS,
	  RG_VMA_DONTEXPAND | RG_VMA_PICKS_ADDRESS | RG_VMA_HUGETLB },
	{ "anon_inode:[perf_event]", false, RG_KIND_DRIVER,
	  RG_VMA_DONTEXPAND | RG_VMA_UNSPLITTABLE,
	  RG_VMA_HUGETLB | RG_VMA_PICKS_ADDRESS | RG_VMA_VETOES_MOVE },
	{ "/memfd:", true, RG_KIND_SHMEM, 0, DRIVER_FLAGS },
	{ "/SYSV", true, RG_KIND_SHMEM, RG_VMA_PICKS_ADDRESS, DRIVER_FLAGS },
	{ "/dev/shm/", true, RG_KIND_SHMEM, 0, DRIVER_FLAGS },
	{ "/dev/zero (deleted)", false, RG_KIND_SHMEM, 0, DRIVER_FLAGS },
	{ "/dev/zero", false, RG_KIND_FILE, 0, DRIVER_FLAGS },
	{ "/dev/", true, RG_KIND_DRIVER, 0, 0 },
	{ "/proc/", true, RG_KIND_DRIVER, 0, 0 },
	{ "/sys/", true, RG_KIND_DRIVER, 0, 0 },
	{ "/", true, RG_KIND_FILE, 0, DRIVER_FLAGS },
};

static bool matches(const struct named_kind *row, const char *name)
{
	const char *want = row->name;

	while (*want && *want == *name) {
		want++;
		name++;
	}
	return !*want && (row->prefix || !*name);
}

/* A kind stands for what its owner usually does; what was seen counts more. */
static void apply(struct rg_vma *vma, const struct named_kind *row)
{
	vma->kind = row->kind;
	vma->flags |= row->flags & ~vma->known;
	vma->known |= row->known | row->flags | RG_VMA_HEAP | RG_VMA_STACK;
}

/*
 * Files of hugetlbfs have any name, and shared memory may be of huge pages:
 * then bounds and offset are multiples of one. None is smaller than this.
 */
static bool may_be_hugetlb(const struct rg_vma *vma,
			   const struct named_kind *row)
{
	return !vma->page_size &&
	       (row->kind == RG_KIND_FILE || row->kind == RG_KIND_SHMEM) &&
	       !((vma->start | vma->end | vma->offset) & 0xffff);
}

void rg_vma_set_kind(struct rg_vma *vma, const char *name,
		     uint64_t base_page_size)
{
	static const struct named_kind hugetlb = {
		.kind = RG_KIND_HUGETLB,
		.flags = RG_VMA_HUGETLB | RG_VMA_DONTEXPAND,
		.known = DRIVER_FLAGS,
	};
	static const struct named_kind unknown = { .kind = RG_KIND_DRIVER };
	const struct named_kind *found = &unknown;
	bool seen_huge = vma->page_size > base_page_size;
	uint32_t hidden = 0;

	for (size_t i = 0; i < sizeof(named_kinds) / sizeof(named_kinds[0]);
	     i++) {
		if (matches(&named_kinds[i], name)) {
			found = &named_kinds[i];
			break;
		}
	}
	if (may_be_hugetlb(vma, found))
		hidden = (RG_VMA_HUGETLB | RG_VMA_DONTEXPAND) & ~vma->known;
	/* the page size tells hugetlb files apart whatever their name is */
	apply(vma, seen_huge ? &hugetlb : found);
	vma->known &= ~hidden;
	if (vma->flags & vma->known & RG_VMA_SHARED)
		vma->known |= RG_VMA_ACCOUNT;
	if (vma->kind != RG_KIND_ANON)
		vma->known |= RG_VMA_GROWSDOWN;
}
