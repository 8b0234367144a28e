/* SPDX-License-Identifier: MIT */

#include "row.h"

#include "machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* As many as a row has room for: those next to what the request names. */
#define MAX_ROW_VMAS 5

static bool is_near(const struct rg_vma *vma, uint64_t start, uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	return vma->start <= end && vma->end >= start;
}

static bool concerns(const struct rg_vma *vma, const struct rg_request *req)
{
	return is_near(vma, req->addr, req->old_len) ||
	       is_near(vma, req->addr, req->new_len) ||
	       (req->flags & RG_MREMAP_FIXED &&
		is_near(vma, req->new_addr, req->new_len));
}

static const char *kind_name(enum rg_vma_kind kind)
{
	static const char *const names[] = {
		"RG_KIND_UNKNOWN", "RG_KIND_ANON",    "RG_KIND_FILE",
		"RG_KIND_SHMEM",   "RG_KIND_HUGETLB", "RG_KIND_SPECIAL",
		"RG_KIND_DRIVER",
	};

	return names[kind];
}

static void print_vma(const struct rg_vma *vma)
{
	printf("\t\t{ .start = 0x%" PRIx64 ", .end = 0x%" PRIx64
	       ", .page_size = 0x%" PRIx64 ",\n\t\t  .flags = 0x%x, .known = "
	       "ALL_FLAGS, .kind = %s },\n",
	       vma->start, vma->end, vma->page_size, vma->flags,
	       kind_name(vma->kind));
}

static void print_vmas(const struct rg_request *req,
		       const struct snapshot *before)
{
	int nr = 0;

	printf("\t  .vmas = {\n");
	for (unsigned int i = 0; i < before->nr && nr < MAX_ROW_VMAS; i++) {
		if (concerns(&before->vmas[i], req)) {
			print_vma(&before->vmas[i]);
			nr++;
		}
	}
	printf("\t  },\n");
}

static void print_limits(const struct rg_limits *limits)
{
	printf("\t  /*");
	for (int i = 0; i < RG_NR_LIMITS; i++)
		printf(" %s 0x%" PRIx64, rg_limit_name((enum rg_limit)i),
		       (&limits->page_size)[i]);
	printf(" */\n");
}

void row_print(const struct verdict *verdict, const struct snapshot *before,
	       const struct rg_limits *limits)
{
	const struct rg_request *req = &verdict->req;
	bool failed = verdict->result < 0 && verdict->result > -4096;

	printf("\t{ .req = { 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
	       ", 0x%" PRIx64 ", 0x%" PRIx64 " },\n",
	       req->addr, req->old_len, req->new_len, req->flags,
	       req->new_addr);
	print_vmas(req, before);
	print_limits(limits);
	printf("\t  /* %s on this kernel */ },\n",
	       failed ? strerrorname_np((int)-verdict->result) : "succeeds");
}
