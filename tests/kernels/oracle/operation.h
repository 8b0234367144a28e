/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_OPERATION_H
#define RG_ORACLE_OPERATION_H

/*
 * What is done to an address space, as data: a case is a list of these, so
 * that one that fails can be done again with some left out.
 */

#include <remapguard/model.h>

enum operation_kind {
	OP_NONE,
	OP_MAP,	    /* addr, len, prot, flags, enum backing, offset */
	OP_PROTECT, /* addr, len, prot */
	OP_LOCK,    /* addr, len */
	OP_SEAL,    /* addr, len */
	OP_ADVISE,  /* addr, len, advice */
	OP_TOUCH,   /* addr: write there */
	OP_SPECIAL, /* which of specials[], addr, len */
	OP_LIMIT,   /* resource, bytes */
	OP_CAPS,    /* whether to have any */
	OP_SETTING, /* enum setting, value */
	OP_CALL,    /* the five arguments of mremap, and with a signal? */
	NR_OPERATION_KINDS
};

enum backing { BACKING_NONE, BACKING_MEMORY, BACKING_FILE };

struct operation {
	enum operation_kind kind;
	uint64_t args[6];
};

#define MAX_OPERATIONS 512

struct operation_log {
	unsigned int nr;
	struct operation operations[MAX_OPERATIONS];
};

/* Where operations are noted when they are done; shared with the parent. */
extern struct operation_log *operation_log;

/* Do it and note it. Returns the system call's result, -errno for a failure. */
int64_t operation_do(struct operation operation);

/* The same, as a line for people. */
void operation_print(const struct operation *operation);

#endif
