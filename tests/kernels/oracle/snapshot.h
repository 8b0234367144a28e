/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_SNAPSHOT_H
#define RG_ORACLE_SNAPSHOT_H

/*
 * What is mapped, as /proc says. No malloc: the process under test must not
 * change its own mappings.
 */

#include <remapguard/model.h>

#define MAX_VMAS 1024
#define ALL_FLAGS ((1u << 18) - 1)

struct snapshot {
	unsigned int nr;
	struct rg_vma vmas[MAX_VMAS];
	/* where calls go through the object (placed.h) */
	uint64_t attributes[MAX_VMAS]; /* a bit for each of VmFlags */
	/* what the object has mapped is left out above */
	uint64_t ours_pages;
	unsigned int nr_ours;
	struct {
		uint64_t start;
		uint64_t end;
	} ours[MAX_VMAS];
};

enum snapshot_source {
	SNAPSHOT_MAPS,	/* extents, protection and file; the rest by kind */
	SNAPSHOT_SMAPS, /* everything, and ten times slower */
};

/* First of all, in each process. */
void snapshot_enter(void);

void snapshot_read(struct snapshot *shot, enum snapshot_source source);

/*
 * What is mapped after a call, where `before` was mapped before it. Flags that
 * maps does not show are taken over from what the mapping was, or came from;
 * a mistake in that shows when smaps is read the next time. Return: whether
 * anything may have changed at all.
 */
bool snapshot_follow(struct snapshot *shot, const struct snapshot *before,
		     const struct rg_request *req, int64_t result);

/* The bit of struct snapshot's attributes for a name in VmFlags. */
uint64_t snapshot_attribute(const char *name);

/* Has the object mapped some of this? */
bool snapshot_meets_ours(const struct snapshot *shot, uint64_t start,
			 uint64_t end);

bool snapshot_equal(const struct snapshot *a, const struct snapshot *b);

/*
 * As rg_mm.find_vma, with a snapshot for ctx. [vsyscall] is in none: the
 * kernel does not count it.
 */
int snapshot_find(void *ctx, uint64_t addr, struct rg_vma *ret_vma);

/* The vma that holds addr, or NULL. */
const struct rg_vma *snapshot_at(const struct snapshot *shot, uint64_t addr);

void snapshot_copy(struct snapshot *to, const struct snapshot *from);

#endif
