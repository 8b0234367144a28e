/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_SPECIAL_H
#define RG_ORACLE_SPECIAL_H

/* Mappings that only a driver, or a system call of its own, makes. */

#include <stdint.h>

struct special {
	const char *name;
	/*
	 * Make one of about len bytes, at addr where the kernel lets its
	 * caller choose. Returns 0 and the range, or -errno where this kernel
	 * does not offer it.
	 */
	int (*map)(uint64_t addr, uint64_t len, uint64_t *ret_addr,
		   uint64_t *ret_len);
};

extern const struct special specials[];
extern const unsigned int nr_specials;

#endif
