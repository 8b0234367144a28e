/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_MODEL_SPACE_H
#define RG_TESTS_MODEL_SPACE_H

/*
 * An address space as the live test sees it: what smaps says, as vmas for the
 * model, and as contents that survive splitting and merging, for comparing.
 * No malloc: the process under test must not change its own mappings.
 */

#include "remapguard/model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALL_FLAGS ((1u << 18) - 1)
#define MAX_VMAS 70000

/* What is mapped from start on: the same for two vmas that could be one. */
struct piece {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint64_t inode;
	uint64_t flags; /* R, W, X, SHARED alone */
};

struct space {
	unsigned int nr;
	struct piece pieces[MAX_VMAS];
};

struct snapshot {
	unsigned int nr;
	struct rg_vma vmas[MAX_VMAS];
};

/* ------------------------------------------------------------ reading smaps */

static const struct {
	char name[3];
	uint32_t flag;
} vm_flags[] = {
	{ "gd", RG_VMA_GROWSDOWN }, { "lo", RG_VMA_LOCKED },
	{ "ac", RG_VMA_ACCOUNT },   { "de", RG_VMA_DONTEXPAND },
	{ "pf", RG_VMA_PFNMAP },    { "io", RG_VMA_IO },
	{ "mm", RG_VMA_MIXEDMAP },  { "ht", RG_VMA_HUGETLB },
	{ "sl", RG_VMA_SEALED },    { "um", RG_VMA_UFFD },
	{ "uw", RG_VMA_UFFD },	    { "ui", RG_VMA_UFFD },
	{ "mg", RG_VMA_MERGEABLE },
};

static const struct {
	const char *prefix;
	enum rg_vma_kind kind;
	uint32_t flags;
} kinds[] = {
	{ "[v", RG_KIND_SPECIAL, RG_VMA_UNSPLITTABLE },
	{ "[uprobes", RG_KIND_SPECIAL,
	  RG_VMA_UNSPLITTABLE | RG_VMA_VETOES_MOVE },
	{ "[", RG_KIND_ANON, 0 },
	{ "/memfd:", RG_KIND_SHMEM, 0 },
	{ "/SYSV", RG_KIND_SHMEM, RG_VMA_PICKS_ADDRESS },
	{ "/dev/zero", RG_KIND_SHMEM, 0 },
	{ "/anon_hugepage", RG_KIND_HUGETLB, 0 },
	{ "/[aio]", RG_KIND_DRIVER, RG_VMA_VETOES_MOVE },
	{ "anon_inode:[io_uring]", RG_KIND_DRIVER, RG_VMA_PICKS_ADDRESS },
	{ "anon_inode:[perf_event]", RG_KIND_DRIVER, RG_VMA_UNSPLITTABLE },
	{ "anon_inode:", RG_KIND_DRIVER, 0 },
	{ "socket:", RG_KIND_DRIVER, 0 },
	{ "/", RG_KIND_FILE, 0 },
};

static void set_kind(struct rg_vma *vma, const char *path)
{
	vma->kind = RG_KIND_ANON;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strncmp(path, kinds[i].prefix, strlen(kinds[i].prefix))) {
			vma->kind = kinds[i].kind;
			vma->flags |= kinds[i].flags;
			return;
		}
	}
}

/* "7f00-7f10 rw-p 00000000 00:00 0    [heap]" */
static void parse_head(struct rg_vma *vma, const char *line)
{
	char *at;
	uint64_t major;

	*vma = (struct rg_vma){ .known = ALL_FLAGS, .page_size = 4096 };
	vma->start = strtoull(line, &at, 16);
	vma->end = strtoull(at + 1, &at, 16);
	vma->flags = (at[1] == 'r' ? RG_VMA_READ : 0) |
		     (at[2] == 'w' ? RG_VMA_WRITE : 0) |
		     (at[3] == 'x' ? RG_VMA_EXEC : 0) |
		     (at[4] == 's' ? RG_VMA_SHARED : 0);
	vma->offset = strtoull(at + 5, &at, 16);
	major = strtoull(at, &at, 16);
	vma->dev = (uint32_t)(major << 20 | strtoull(at + 1, &at, 16));
	vma->inode = strtoull(at, &at, 10);
	set_kind(vma, at + strspn(at, " "));
}

static void parse_vm_flags(struct rg_vma *vma, const char *line)
{
	for (; *line; line += strspn(line, " ")) {
		for (size_t i = 0; i < sizeof(vm_flags) / sizeof(vm_flags[0]);
		     i++) {
			if (!strncmp(line, vm_flags[i].name, 2))
				vma->flags |= vm_flags[i].flag;
		}
		line += strcspn(line, " ");
	}
	if (vma->flags & RG_VMA_HUGETLB)
		vma->page_size = 2 << 20;
}

static void parse_line(struct snapshot *shot, const char *line)
{
	struct rg_vma *last = &shot->vmas[shot->nr ? shot->nr - 1 : 0];

	if (!strncmp(line, "VmFlags:", 8)) {
		parse_vm_flags(last, line + 8 + strspn(line + 8, " "));
	} else if (line[0] < 'A' || line[0] > 'Z') {
		if (strstr(line, "[vsyscall]"))
			return;
		parse_head(&shot->vmas[shot->nr], line);
		shot->nr++;
	}
}

/* Read /proc/self/smaps, or maps where nothing but extents matter. */
static inline void take_snapshot(struct snapshot *shot, const char *file)
{
	static char buf[1 << 16];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;
	char *line;
	char *end;

	shot->nr = 0;
	while ((got = read(fd, buf + used, sizeof(buf) - 1 - used)) > 0) {
		used += (size_t)got;
		buf[used] = '\0';
		for (line = buf; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			parse_line(shot, line);
		}
		used = strlen(line);
		memmove(buf, line, used);
	}
	close(fd);
}

/* The first vma with end > addr, as rg_mm.find_vma. */
static inline int snapshot_find(void *ctx, uint64_t addr,
				struct rg_vma *ret_vma)
{
	const struct snapshot *shot = ctx;
	unsigned int lo = 0;
	unsigned int hi = shot->nr;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (shot->vmas[mid].end > addr)
			hi = mid;
		else
			lo = mid + 1;
	}
	if (lo == shot->nr)
		return 0;
	*ret_vma = shot->vmas[lo];
	return 1;
}

/* ---------------------------------------------------------------- contents */

static struct piece piece_of(const struct rg_vma *vma)
{
	return (struct piece){
		.start = vma->start,
		.end = vma->end,
		.offset = vma->inode ? vma->offset : 0,
		.inode = vma->inode,
		.flags = vma->flags & 0xf,
	};
}

static bool continues(const struct piece *a, const struct piece *b)
{
	uint64_t offset = a->inode ? a->offset + (a->end - a->start) : 0;

	return a->end == b->start && a->flags == b->flags &&
	       a->inode == b->inode && offset == b->offset;
}

static void space_add(struct space *space, const struct piece *piece)
{
	struct piece *last = &space->pieces[space->nr ? space->nr - 1 : 0];

	if (piece->start >= piece->end)
		return;
	if (space->nr && continues(last, piece))
		last->end = piece->end;
	else
		space->pieces[space->nr++] = *piece;
}

static inline void space_of(struct space *space, const struct snapshot *shot)
{
	space->nr = 0;
	for (unsigned int i = 0; i < shot->nr; i++) {
		struct piece piece = piece_of(&shot->vmas[i]);

		space_add(space, &piece);
	}
}

/* The part of a piece in [start, end); empty where there is none. */
static struct piece clip(struct piece piece, uint64_t start, uint64_t end)
{
	if (start > piece.start) {
		if (piece.inode)
			piece.offset += start - piece.start;
		piece.start = start;
	}
	if (end < piece.end)
		piece.end = end;
	return piece;
}

/* Put a piece, or with NULL nothing, in the place of [start, end). */
static inline void space_replace(struct space *space, uint64_t start,
				 uint64_t end, const struct piece *piece)
{
	static struct space old;
	bool placed = !piece;

	old.nr = space->nr;
	memcpy(old.pieces, space->pieces, space->nr * sizeof(struct piece));
	space->nr = 0;
	for (unsigned int i = 0; i < old.nr; i++) {
		struct piece left = clip(old.pieces[i], 0, start);
		struct piece right = clip(old.pieces[i], end, UINT64_MAX);

		space_add(space, &left);
		if (!placed && old.pieces[i].end > start) {
			space_add(space, piece);
			placed = true;
		}
		space_add(space, &right);
	}
	if (!placed)
		space_add(space, piece);
}

/* The contents of [start, start + len) also at `to`, grown to new_len. */
static inline void space_copy(struct space *space, uint64_t start, uint64_t len,
			      uint64_t to, uint64_t new_len)
{
	static struct space old;

	old.nr = space->nr;
	memcpy(old.pieces, space->pieces, space->nr * sizeof(struct piece));
	for (unsigned int i = 0; i < old.nr; i++) {
		struct piece part = clip(old.pieces[i], start, start + len);

		if (part.start >= part.end)
			continue;
		if (part.end == start + len)
			part.end += new_len - len;
		part.start += to - start;
		part.end += to - start;
		space_replace(space, part.start, part.end, &part);
	}
}

static inline bool spaces_equal(const struct space *a, const struct space *b)
{
	return a->nr == b->nr &&
	       !memcmp(a->pieces, b->pieces, a->nr * sizeof(struct piece));
}

#endif
