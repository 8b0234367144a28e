/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_CONTENTS_H
#define RG_ORACLE_CONTENTS_H

/*
 * What is mapped where, whatever vmas it is cut into: the kernel merges and
 * splits as it likes, so this is what two address spaces are compared by.
 */

#include "snapshot.h"

/* Mapped from start on: the same for two vmas that could be one. */
struct piece {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint64_t inode;
	uint64_t flags; /* R, W, X, SHARED alone */
};

struct contents {
	unsigned int nr;
	struct piece pieces[MAX_VMAS];
};

void contents_of(struct contents *contents, const struct snapshot *shot);

/* Nothing is in [start, end) any more. Returns whether anything was. */
bool contents_remove(struct contents *contents, uint64_t start, uint64_t end);

/* What is in [start, start + len) is also at `to`, grown to new_len. */
void contents_copy(struct contents *contents, uint64_t start, uint64_t len,
		   uint64_t to, uint64_t new_len);

bool contents_equal(const struct contents *a, const struct contents *b);

#endif
