/* SPDX-License-Identifier: MIT */

#include "snapshot.h"

#include "machine.h"

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

static void parse_line(struct snapshot *shot, const char *line)
{
	struct rg_vma *last = &shot->vmas[shot->nr ? shot->nr - 1 : 0];

	if (is_head(line)) {
		if (strstr(line, "[vsyscall]") || shot->nr == MAX_VMAS)
			return;
		parse_head(&shot->vmas[shot->nr++], line);
	} else if (!strncmp(line, "VmFlags:", 8)) {
		parse_vm_flags(last, line + 8 + strspn(line + 8, " "));
	} else if (!strncmp(line, "KernelPageSize:", 15)) {
		line += 15 + strspn(line + 15, " ");
		last->page_size = number(&line, 10) << 10;
	}
}

static const char *const paths[] = {
	[SNAPSHOT_MAPS] = "/proc/self/maps",
	[SNAPSHOT_SMAPS] = "/proc/self/smaps",
};

static void read_lines(struct snapshot *shot, const char *path)
{
	static char buf[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
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

/* The text of maps, now and last time. */
static char texts[2][MAX_VMAS * 128];
static uint64_t lens[2];
static int latest;

static bool has_changed(void)
{
	int next = !latest;
	uint64_t len =
		text_read(paths[SNAPSHOT_MAPS], texts[next], sizeof(texts[0]));
	bool same =
		len == lens[latest] && !memcmp(texts[0], texts[1], (size_t)len);

	lens[next] = len;
	latest = next;
	return !same;
}

void snapshot_read(struct snapshot *shot, enum snapshot_source source)
{
	read_lines(shot, paths[source]);
	has_changed();
}

void snapshot_follow(struct snapshot *shot, const struct snapshot *before)
{
	if (has_changed())
		read_lines(shot, paths[SNAPSHOT_SMAPS]);
	else
		snapshot_copy(shot, before);
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
}
