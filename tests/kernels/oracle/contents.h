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
	uint64_t attributes; /* all VmFlags, in the mode of placed.h */
};

struct contents {
	unsigned int nr;
	struct piece pieces[MAX_VMAS];
};

/* Of the attributes those that count. */
void contents_of(struct contents *contents, const struct snapshot *shot,
		 uint64_t attributes);

/* Nothing is in [start, end) any more. Returns whether anything was. */
bool contents_remove(struct contents *contents, uint64_t start, uint64_t end);

/* What is in [start, start + len) is also at `to`, grown to new_len. */
void contents_copy(struct contents *contents, uint64_t start, uint64_t len,
		   uint64_t to, uint64_t new_len);

bool contents_equal(const struct contents *a, const struct contents *b);

#endif
