/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_SPECIAL_H
#define RG_ORACLE_SPECIAL_H

/* Mappings that only a driver, or a system call of its own, makes. */

#include <stdint.h>

struct special {
	const char *name;
	/*
	 * Make one of about len bytes, at addr unless that is 0, or elsewhere
	 * where the kernel lets nobody choose. Returns 0, or -errno where this
	 * kernel does not offer it.
	 */
	int (*map)(uint64_t addr, uint64_t len);
};

extern const struct special specials[];
extern const unsigned int nr_specials;

/* Its number, or nr_specials for none. */
unsigned int special_named(const char *name);

#endif
