/* SPDX-License-Identifier: MIT */

#include "contents.h"

#include <string.h>

#define COMPARED (RG_VMA_READ | RG_VMA_WRITE | RG_VMA_EXEC | RG_VMA_SHARED)

static struct piece piece_of(const struct rg_vma *vma, uint64_t attributes)
{
	return (struct piece){
		.start = vma->start,
		.end = vma->end,
		.offset = vma->inode ? vma->offset : 0,
		.inode = vma->inode,
		.flags = vma->flags & COMPARED,
		.attributes = attributes,
	};
}

static bool continues(const struct piece *a, const struct piece *b)
{
	uint64_t offset = a->inode ? a->offset + (a->end - a->start) : 0;

	return a->end == b->start && a->flags == b->flags &&
	       a->attributes == b->attributes && a->inode == b->inode &&
	       offset == b->offset;
}

static void add(struct contents *contents, const struct piece *piece)
{
	struct piece *last = &contents->pieces[contents->nr - 1];

	if (piece->start >= piece->end || contents->nr == MAX_VMAS)
		return;
	if (contents->nr && continues(last, piece))
		last->end = piece->end;
	else
		contents->pieces[contents->nr++] = *piece;
}

void contents_of(struct contents *contents, const struct snapshot *shot,
		 uint64_t attributes)
{
	contents->nr = 0;
	for (unsigned int i = 0; i < shot->nr; i++) {
		struct piece piece = piece_of(&shot->vmas[i],
					      shot->attributes[i] & attributes);

		add(contents, &piece);
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

static struct contents old;

static void keep_old(const struct contents *contents)
{
	old.nr = contents->nr;
	memcpy(old.pieces, contents->pieces,
	       contents->nr * sizeof(struct piece));
}

/* Put a piece, or with NULL nothing, in the place of [start, end). */
static void replace(struct contents *contents, uint64_t start, uint64_t end,
		    const struct piece *piece)
{
	bool placed = !piece;

	keep_old(contents);
	contents->nr = 0;
	for (unsigned int i = 0; i < old.nr; i++) {
		struct piece left = clip(old.pieces[i], 0, start);
		struct piece right = clip(old.pieces[i], end, UINT64_MAX);

		add(contents, &left);
		if (!placed && old.pieces[i].end > start) {
			add(contents, piece);
			placed = true;
		}
		add(contents, &right);
	}
	if (!placed)
		add(contents, piece);
}

static bool is_empty(const struct contents *contents, uint64_t start,
		     uint64_t end)
{
	for (unsigned int i = 0; i < contents->nr; i++) {
		const struct piece *piece = &contents->pieces[i];

		if (piece->start < end && piece->end > start)
			return false;
	}
	return true;
}

bool contents_remove(struct contents *contents, uint64_t start, uint64_t end)
{
	bool was_empty = is_empty(contents, start, end);

	replace(contents, start, end, NULL);
	return !was_empty;
}

void contents_copy(struct contents *contents, uint64_t start, uint64_t len,
		   uint64_t to, uint64_t new_len)
{
	static struct contents from;

	from.nr = contents->nr;
	memcpy(from.pieces, contents->pieces,
	       contents->nr * sizeof(struct piece));
	for (unsigned int i = 0; i < from.nr; i++) {
		struct piece part = clip(from.pieces[i], start, start + len);

		if (part.start >= part.end)
			continue;
		if (part.end == start + len)
			part.end += new_len - len;
		part.start += to - start;
		part.end += to - start;
		replace(contents, part.start, part.end, &part);
	}
}

bool contents_equal(const struct contents *a, const struct contents *b)
{
	return a->nr == b->nr &&
	       !memcmp(a->pieces, b->pieces, a->nr * sizeof(struct piece));
}
