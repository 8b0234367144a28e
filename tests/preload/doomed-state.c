/* SPDX-License-Identifier: MIT */
#include "doomed.h"

#include "calls.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_RANGES 4
#define LETTERS 8 /* of a vma; its last one is read, too */

/* Two vmas that differ in their bounds alone count as one. */
struct piece {
	uint64_t start;
	uint64_t end;
	uint64_t origin; /* where its file would begin; 0: no file */
	char what[320];	 /* protection, device, inode, name */
};

/* One range, while maps are read. */
struct view {
	struct range range;
	struct piece piece; /* the last one, which may go on */
	struct state *state;
	int mem_fd; /* -1: no letters */
};

static void add_bytes(struct state *state, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	while (len--)
		state->digest = (state->digest ^ *at++) * 0x100000001b3ul;
}

static void add_letter(struct view *view, uint64_t addr)
{
	char letter = '!';

	if (pread(view->mem_fd, &letter, 1, (off_t)addr) != 1)
		letter = '!';
	add_bytes(view->state, &letter, 1);
}

static void add_letters(struct view *view, const struct piece *piece)
{
	uint64_t at = piece->start;

	/* the kernel goes on writing there */
	if (strstr(piece->what, "[vvar"))
		return;
	for (int i = 0; i < LETTERS && at < piece->end; i++, at += PAGE)
		add_letter(view, at);
	if (at < piece->end)
		add_letter(view, piece->end - PAGE);
}

static void add_piece(struct view *view)
{
	const struct piece *piece = &view->piece;

	if (!piece->end)
		return;
	view->state->mapped += piece->end - piece->start;
	add_bytes(view->state, &piece->start, 3 * sizeof(piece->start));
	add_bytes(view->state, piece->what, strlen(piece->what));
	if (view->mem_fd >= 0)
		add_letters(view, piece);
}

static bool goes_on(const struct piece *piece, const struct piece *next)
{
	return piece->end == next->start && piece->origin == next->origin &&
	       strcmp(piece->what, next->what) == 0;
}

/* The part of a vma that lies in the range. */
static void clip(const struct range *range, struct piece *piece)
{
	if (piece->start < range->start)
		piece->start = range->start;
	if (piece->end > range->end)
		piece->end = range->end;
}

static void see(struct view *view, const struct piece *vma)
{
	struct piece piece = *vma;

	if (vma->end <= view->range.start || vma->start >= view->range.end)
		return;
	view->state->nr_vmas++;
	clip(&view->range, &piece);
	if (goes_on(&view->piece, &piece)) {
		view->piece.end = piece.end;
		return;
	}
	add_piece(view);
	view->piece = piece;
}

static void see_all(struct view *views, unsigned int nr,
		    const struct piece *vma)
{
	for (unsigned int i = 0; i < nr; i++)
		see(&views[i], vma);
}

/* "START-END PROT OFFSET DEVICE INODE NAME" */
static bool parse(const char *line, struct piece *ret)
{
	char prot[5];
	uint64_t offset;
	uint64_t inode = 0;
	int rest = 0;

	if (sscanf(line,
		   "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %n%*s %" SCNu64,
		   &ret->start, &ret->end, prot, &offset, &rest, &inode) < 5)
		return false;
	ret->origin = inode ? ret->start - offset : 0;
	snprintf(ret->what, sizeof(ret->what), "%s %s", prot, line + rest);
	return true;
}

static void read_maps(struct view *views, unsigned int nr)
{
	static char buf[65536];
	static struct piece piece;
	size_t have = 0;
	ssize_t got;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	while ((got = read(fd, buf + have, sizeof(buf) - 1 - have)) > 0) {
		char *line = buf;
		char *stop;

		buf[have += (size_t)got] = '\0';
		while ((stop = strchr(line, '\n'))) {
			*stop = '\0';
			if (parse(line, &piece))
				see_all(views, nr, &piece);
			line = stop + 1;
		}
		have = strlen(line);
		memmove(buf, line, have);
	}
	close(fd);
}

void look_at(const struct range *ranges, unsigned int nr, struct state *ret)
{
	static struct view views[MAX_RANGES + 1];
	int mem_fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	for (unsigned int i = 0; i <= nr; i++) {
		ret[i] = (struct state){ 0 };
		views[i] = (struct view){
			.range = i < nr ? ranges[i]
					: (struct range){ 0, UINT64_MAX },
			.state = &ret[i],
			.mem_fd = i < nr ? mem_fd : -1,
		};
	}
	read_maps(views, nr + 1);
	for (unsigned int i = 0; i <= nr; i++)
		add_piece(&views[i]);
	close(mem_fd);
}

const char *fate(const struct state *before, const struct state *after)
{
	if (!before->mapped && !after->mapped)
		return "-";
	if (after->mapped < before->mapped)
		return "lost";
	return after->digest == before->digest ? "kept" : "changed";
}
