/* SPDX-License-Identifier: MIT */

#include "snapshot.h"

#include "bytes.h"
#include "machine.h"
#include "placed.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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

/* By the name in maps; the first that fits. */
static const struct {
	const char *prefix;
	enum rg_vma_kind kind;
	uint32_t flags;
} kinds[] = {
	{ "[uprobes", RG_KIND_SPECIAL,
	  RG_VMA_UNSPLITTABLE | RG_VMA_VETOES_MOVE },
	{ "[v", RG_KIND_SPECIAL, RG_VMA_UNSPLITTABLE },
	{ "[sigpage", RG_KIND_SPECIAL, RG_VMA_UNSPLITTABLE },
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

static uint64_t number(const char **at, unsigned int base)
{
	uint64_t value = 0;

	for (;; (*at)++) {
		unsigned int c = (unsigned char)**at;
		unsigned int digit = c - '0' < 10	  ? c - '0'
				     : (c | 32) - 'a' < 6 ? (c | 32) - 'a' + 10
							  : 99;

		if (digit >= base)
			return value;
		value = value * base + digit;
	}
}

static void set_kind(struct rg_vma *vma, const char *path)
{
	vma->kind = RG_KIND_ANON;
	if (*path != '[' && *path != '/' && *path != 'a' && *path != 's')
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strncmp(path, kinds[i].prefix, strlen(kinds[i].prefix))) {
			vma->kind = kinds[i].kind;
			vma->flags |= kinds[i].flags;
			return;
		}
	}
}

/* "7f00-7f10 rw-p 00000000 00:00 0    [heap]" */
static void parse_head(struct rg_vma *vma, const char *at)
{
	uint32_t major;

	*vma = (struct rg_vma){ .known = ALL_FLAGS, .page_size = machine.page };
	vma->start = number(&at, 16);
	at++;
	vma->end = number(&at, 16);
	vma->flags = (at[1] == 'r' ? RG_VMA_READ : 0) |
		     (at[2] == 'w' ? RG_VMA_WRITE : 0) |
		     (at[3] == 'x' ? RG_VMA_EXEC : 0) |
		     (at[4] == 's' ? RG_VMA_SHARED : 0);
	at += 6;
	vma->offset = number(&at, 16);
	at++;
	major = (uint32_t)number(&at, 16);
	at++;
	vma->dev = major << 20 | (uint32_t)number(&at, 16);
	at++;
	vma->inode = number(&at, 10);
	while (*at == ' ')
		at++;
	set_kind(vma, at);
}

/*
 * All of them that belong to a mapping wherever it is. Not: soft-dirty, which
 * each move sets, and userfaultfd's, which it may clear.
 */
static const char attributes[64][3] = {
	"rd", "wr", "ex", "sh", "mr", "mw", "me", "ms", "gd", "pf", "dw",
	"lo", "io", "sr", "rr", "dc", "de", "ac", "nr", "ht", "sf", "nl",
	"ar", "wf", "dd", "mm", "hg", "nh", "mg", "bt", "mt", "ss", "sl",
};

uint64_t snapshot_attribute(const char *name)
{
	for (unsigned int i = 0; attributes[i][0]; i++) {
		if (!strncmp(name, attributes[i], 2))
			return UINT64_C(1) << i;
	}
	return 0;
}

static uint64_t attributes_of(const char *line)
{
	uint64_t found = 0;

	for (; *line; line += strspn(line, " ")) {
		found |= snapshot_attribute(line);
		line += strcspn(line, " ");
	}
	return found;
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
		vma->kind = RG_KIND_HUGETLB;
}

static bool is_head(const char *line)
{
	return !(line[0] >= 'A' && line[0] <= 'Z');
}

/* Return: whether more is to come that the kernel counts. */
static bool parse_line(struct snapshot *shot, const char *line)
{
	unsigned int i = shot->nr ? shot->nr - 1 : 0;
	struct rg_vma *last = &shot->vmas[i];

	if (is_head(line)) {
		if (strstr(line, "[vsyscall]") || shot->nr == MAX_VMAS)
			return false;
		parse_head(&shot->vmas[shot->nr++], line);
	} else if (*line == 'V' && !strncmp(line, "VmFlags:", 8)) {
		line += 8 + strspn(line + 8, " ");
		parse_vm_flags(last, line);
		shot->attributes[i] = placed ? attributes_of(line) : 0;
	} else if (*line == 'K' && !strncmp(line, "KernelPageSize:", 15)) {
		line += 15 + strspn(line + 15, " ");
		last->page_size = number(&line, 10) << 10;
	}
	return true;
}

static const char *const paths[] = {
	[SNAPSHOT_MAPS] = "/proc/self/maps",
	[SNAPSHOT_SMAPS] = "/proc/self/smaps",
};

/* Opened by each process for itself. */
static int fds[2] = { -1, -1 };

void snapshot_enter(void)
{
	for (int i = SNAPSHOT_MAPS; i <= SNAPSHOT_SMAPS; i++) {
		close(fds[i]);
		fds[i] = open(paths[i], O_RDONLY | O_CLOEXEC);
	}
	if (placed)
		bytes_enter();
}

/* A text that was read: whole lines, then a NUL. */
struct text {
	uint64_t len;
	char bytes[MAX_VMAS * 1024];
};

static void read_text(struct text *text, enum snapshot_source source)
{
	ssize_t got;

	text->len = 0;
	while ((got = pread(fds[source], text->bytes + text->len,
			    sizeof(text->bytes) - 1 - text->len,
			    (off_t)text->len)) > 0)
		text->len += (uint64_t)got;
	text->bytes[text->len] = '\0';
}

/* Nobody but the object knows of it: not counted among what is mapped. */
static bool is_left_out(struct snapshot *shot, const char *line, bool before)
{
	struct rg_vma vma;

	if (!is_head(line))
		return before;
	if (!placed_is_ours(line))
		return false;
	parse_head(&vma, line);
	shot->ours_pages += (vma.end - vma.start) / machine.page;
	if (shot->nr_ours < MAX_VMAS) {
		shot->ours[shot->nr_ours].start = vma.start;
		shot->ours[shot->nr_ours++].end = vma.end;
	}
	return true;
}

static void parse_text(struct snapshot *shot, struct text *text)
{
	char *line = text->bytes;
	bool left_out = false;
	bool more = true;
	char *end;

	shot->nr = 0;
	shot->ours_pages = 0;
	shot->nr_ours = 0;
	for (; more && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		left_out = is_left_out(shot, line, left_out);
		if (!left_out)
			more = parse_line(shot, line);
		*end = '\n';
	}
}

/* The text of maps, now and last time. */
static struct text maps[2];
static int latest;

static bool has_changed(void)
{
	struct text *old = &maps[latest];
	struct text *new = &maps[!latest];

	read_text(new, SNAPSHOT_MAPS);
	latest = !latest;
	return old->len != new->len || memcmp(old->bytes, new->bytes, new->len);
}

void snapshot_read(struct snapshot *shot, enum snapshot_source source)
{
	static struct text smaps;

	has_changed();
	if (source == SNAPSHOT_MAPS) {
		parse_text(shot, &maps[latest]);
		return;
	}
	read_text(&smaps, SNAPSHOT_SMAPS);
	parse_text(shot, &smaps);
}

/* ------------------------------------------------- without reading smaps */

#define SHOWN_BY_MAPS (RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED)

static uint64_t page_up(uint64_t len)
{
	return (len + machine.page - 1) & -machine.page;
}

static bool is_like(const struct rg_vma *a, const struct rg_vma *b)
{
	return b && (a->flags & SHOWN_BY_MAPS) == (b->flags & SHOWN_BY_MAPS) &&
	       a->inode == b->inode;
}

/* What the call has brought to where the vma is now. */
static const struct rg_vma *moved_here(const struct rg_vma *vma,
				       const struct snapshot *before,
				       const struct rg_request *req,
				       int64_t result)
{
	uint64_t offset = vma->start - (uint64_t)result;
	const struct rg_vma *found;

	if (result < 0 || (uint64_t)result == req->addr ||
	    offset >= page_up(req->new_len))
		return NULL;
	found = snapshot_at(before, req->addr + offset);
	return is_like(vma, found) ? found : NULL;
}

static const struct rg_vma *there_before(const struct rg_vma *vma,
					 const struct snapshot *before)
{
	const struct rg_vma *found = snapshot_at(before, vma->start);

	if (!is_like(vma, found))
		found = snapshot_at(before, vma->end - 1);
	return is_like(vma, found) ? found : NULL;
}

/* What a vma that maps shows now was before, or what it is a copy of. */
static bool take_over(struct snapshot *shot, const struct snapshot *before,
		      const struct rg_request *req, int64_t result)
{
	for (unsigned int i = 0; i < shot->nr; i++) {
		struct rg_vma *vma = &shot->vmas[i];
		const struct rg_vma *from =
			moved_here(vma, before, req, result);

		if (!from)
			from = there_before(vma, before);
		if (!from)
			return false;
		vma->flags = from->flags;
		vma->page_size = from->page_size;
		vma->kind = from->kind;
	}
	return true;
}

/*
 * What is no longer armed, or never was at its new place, only smaps tells: a
 * moved vma is not unless UFFD_FEATURE_EVENT_REMAP was asked for, which nobody
 * does here, and with it what it becomes one vma with, be that what is left
 * of its source.
 */
static bool may_disarm(const struct snapshot *before,
		       const struct rg_request *req)
{
	const struct rg_vma *source = snapshot_at(before, req->addr);

	return source && source->flags & RG_VMA_UFFD;
}

/*
 * Of several mappings that are moved and kept the first may have got there
 * when the call is refused; where all was moved so before, maps shows the same,
 * and smaps alone that what was locked is no longer.
 */
static bool may_unlock(const struct snapshot *before,
		       const struct rg_request *req, int64_t result)
{
	const struct rg_vma *source = snapshot_at(before, req->addr);

	return result < 0 && req->flags & RG_MREMAP_DONTUNMAP && source &&
	       req->addr + req->old_len > source->end;
}

/* Also where the text differs, by what is left out. */
static bool is_same(const struct snapshot *a, const struct snapshot *b)
{
	return a->nr == b->nr &&
	       !memcmp(a->vmas, b->vmas, a->nr * sizeof(a->vmas[0]));
}

bool snapshot_follow(struct snapshot *shot, const struct snapshot *before,
		     const struct rg_request *req, int64_t result)
{
	bool changed = has_changed();
	bool moved = result >= 0 && (uint64_t)result != req->addr;

	if (placed) {
		snapshot_read(shot, SNAPSHOT_SMAPS);
		return moved || !is_same(shot, before);
	}
	if (!changed && !moved && may_unlock(before, req, result)) {
		snapshot_read(shot, SNAPSHOT_SMAPS);
		return !snapshot_equal(shot, before);
	}
	if (!changed && !moved) {
		snapshot_copy(shot, before);
		return false;
	}
	parse_text(shot, &maps[latest]);
	/* after a failure some may be where a move had brought them */
	if (result < 0 ||
	    (moved &&
	     (req->flags & RG_MREMAP_DONTUNMAP || may_disarm(before, req))) ||
	    !take_over(shot, before, req, result))
		snapshot_read(shot, SNAPSHOT_SMAPS);
	return changed || moved;
}

bool snapshot_meets_ours(const struct snapshot *shot, uint64_t start,
			 uint64_t end)
{
	for (unsigned int i = 0; i < shot->nr_ours; i++) {
		if (shot->ours[i].start < end && shot->ours[i].end > start)
			return true;
	}
	return false;
}

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b)
{
	for (unsigned int i = 0; i < a->nr && i < b->nr; i++) {
		if (a->vmas[i].start != b->vmas[i].start ||
		    a->vmas[i].flags != b->vmas[i].flags ||
		    a->vmas[i].page_size != b->vmas[i].page_size)
			return false;
	}
	return a->nr == b->nr;
}

int snapshot_find(void *ctx, uint64_t addr, struct rg_vma *ret_vma)
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

const struct rg_vma *snapshot_at(const struct snapshot *shot, uint64_t addr)
{
	for (unsigned int i = 0; i < shot->nr; i++) {
		if (shot->vmas[i].end > addr)
			return shot->vmas[i].start <= addr ? &shot->vmas[i]
							   : NULL;
	}
	return NULL;
}

void snapshot_copy(struct snapshot *to, const struct snapshot *from)
{
	to->nr = from->nr;
	memcpy(to->vmas, from->vmas, from->nr * sizeof(from->vmas[0]));
	memcpy(to->attributes, from->attributes,
	       from->nr * sizeof(from->attributes[0]));
	to->ours_pages = from->ours_pages;
	to->nr_ours = from->nr_ours;
	memcpy(to->ours, from->ours, from->nr_ours * sizeof(from->ours[0]));
}
