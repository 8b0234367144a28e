/* SPDX-License-Identifier: MIT */
#ifndef RG_TEST_MISUSE_H
#define RG_TEST_MISUSE_H

/*
 * Calls that have a finding, and calls that come close and have it not. Each
 * is a function of its own that lays out what it needs with the verbs of
 * calls-lay.c and makes its call by MREMAP(), which says where it stands: the
 * report must name the same function and line.
 */

#include "calls.h"

#include <sys/mman.h>

struct misuse {
	const char *finding;
	void (*commit)(void);
	void (*avoid)(void);
	/* errno by which a profile denies it; 0: it is not denied */
	int strict;
	int hardened;
	const char *options; /* it needs beside predict=always; of commit */
	bool cold; /* no call may come before, as it would have it too */
};

/* The kernel has this since so long, or the case ends here. */
void need_kernel(unsigned int major, unsigned int minor);
/* It is fixed since. */
void need_older_kernel(unsigned int major, unsigned int minor);

/* Carry out the verbs; where one cannot be, the case ends here. */
void lay(const char *verbs);

/* End the case: what it needs is not to be had. */
void skip(const char *what);

/* Say where the call stands, and look at what is mapped. */
void here(const char *function, int line);
/* The same afterwards; say what came of it. */
void there(const void *result);

#define MREMAP(addr, old_len, new_len, flags, to)                              \
	(here(__func__, __LINE__),                                             \
	 there(mremap((void *)(addr), old_len, new_len, (int)(flags),          \
		      (void *)(to))))

#endif
