/* SPDX-License-Identifier: MIT */

/* What the kernel says is mapped, read without allocating. */

#include "calls.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct vma {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	char prot[5];
	const char *name;
};

/* Called for every line of maps until it says stop. */
typedef bool (*vma_fn)(const struct vma *vma, void *ctx);

static bool parse_vma(const char *line, struct vma *ret_vma)
{
	int name = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n",
		   &ret_vma->start, &ret_vma->end, ret_vma->prot,
		   &ret_vma->offset, &name) < 4)
		return false;
	ret_vma->name = line + name;
	return true;
}

static void each_vma(vma_fn fn, void *ctx)
{
	static char buf[65536];
	size_t have = 0;
	ssize_t got;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	while ((got = read(fd, buf + have, sizeof(buf) - 1 - have)) > 0) {
		char *line = buf;
		char *stop;

		buf[have += (size_t)got] = '\0';
		while ((stop = strchr(line, '\n'))) {
			struct vma vma;

			*stop = '\0';
			if (parse_vma(line, &vma) && !fn(&vma, ctx))
				goto out;
			line = stop + 1;
		}
		have = strlen(line);
		memmove(buf, line, have);
	}
out:
	close(fd);
}

static bool count_one(const struct vma *vma, void *ctx)
{
	unsigned long *nr = ctx;

	*nr += strcmp(vma->name, "[vsyscall]") != 0;
	return true;
}

unsigned long count_vmas(void)
{
	unsigned long nr = 0;

	each_vma(count_one, &nr);
	return nr;
}

struct range {
	uint64_t start;
	uint64_t end;
	unsigned int nr;
	const char *name;
};

static bool count_meeting(const struct vma *vma, void *ctx)
{
	struct range *range = ctx;

	range->nr += vma->start < range->end && range->start < vma->end;
	return vma->start < range->end;
}

unsigned int count_in(uint64_t start, uint64_t end)
{
	struct range range = { .start = start, .end = end };

	each_vma(count_meeting, &range);
	return range.nr;
}

static bool match_name(const struct vma *vma, void *ctx)
{
	struct range *range = ctx;

	if (strcmp(vma->name, range->name) != 0)
		return true;
	range->start = vma->start;
	range->end = vma->end;
	range->nr = 1;
	return false;
}

bool find_named(const char *name, uint64_t *ret_start, uint64_t *ret_end)
{
	struct range range = { .name = name };

	each_vma(match_name, &range);
	if (range.nr == 0)
		return false;
	*ret_start = range.start;
	*ret_end = range.end;
	return true;
}

unsigned long field_kb(const char *path, const char *field)
{
	static char buf[8192];
	unsigned long kb = 0;
	const char *at;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, buf, sizeof(buf) - 1);

	close(fd);
	buf[got > 0 ? got : 0] = '\0';
	at = strstr(buf, field);
	if (at)
		sscanf(at + strlen(field), "%lu", &kb);
	return kb;
}

unsigned long status_kb(const char *field)
{
	return field_kb("/proc/self/status", field);
}

bool kernel_at_least(unsigned int major, unsigned int minor)
{
	struct utsname name;
	unsigned int have_major = 0, have_minor = 0;

	uname(&name);
	sscanf(name.release, "%u.%u", &have_major, &have_minor);
	return have_major > major ||
	       (have_major == major && have_minor >= minor);
}

struct show {
	char *buf;
	size_t size;
	size_t used;
	int mem_fd;
};

static void add(struct show *show, const char *text)
{
	show->used += (size_t)snprintf(show->buf + show->used,
				       show->size - show->used, "%s", text);
	if (show->used >= show->size)
		show->used = show->size - 1;
}

/* A page's letter; '.' for nothing, '?' other bytes, '!' not to be read. */
static char letter_at(int mem_fd, uint64_t addr)
{
	char c;

	if (pread(mem_fd, &c, 1, (off_t)addr) != 1)
		return '!';
	if (c == '\0')
		return '.';
	return c >= 'a' && c <= 'z' ? c : '?';
}

static void show_letters(struct show *show, uint64_t start, uint64_t end)
{
	char letters[16];
	size_t nr = 0;

	for (uint64_t at = start; at < end && nr < 8; at += PAGE)
		letters[nr++] = letter_at(show->mem_fd, at);
	letters[nr] = '\0';
	add(show, letters);
	if (end - start > P(8))
		add(show, "+");
}

static bool show_vma(const struct vma *vma, void *ctx)
{
	struct show *show = ctx;
	char text[80];

	if (vma->start < ARENA || vma->start >= ARENA_END)
		return vma->start < ARENA;
	snprintf(text, sizeof(text), "%s%" PRIu64 "-%" PRIu64 " %s ",
		 show->used ? ", " : "", (vma->start - ARENA) / PAGE,
		 (vma->end - ARENA) / PAGE, vma->prot);
	add(show, text);
	if (vma->offset && (vma->offset < ARENA || vma->offset > ARENA_END)) {
		snprintf(text, sizeof(text), "@%" PRIu64 " ",
			 vma->offset / PAGE);
		add(show, text);
	}
	show_letters(show, vma->start, vma->end);
	return true;
}

void show_arena(char *buf, size_t size)
{
	struct show show = { .buf = buf, .size = size };

	show.mem_fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	buf[0] = '\0';
	each_vma(show_vma, &show);
	close(show.mem_fd);
}
