/* SPDX-License-Identifier: MIT */

#include "report/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>

#define FNV_PRIME UINT64_C(0x100000001b3)

/* The zero at the end too, so that words do not run together. */
uint64_t rg_fingerprint_string(uint64_t hash, const char *str)
{
	do
		hash = (hash ^ (unsigned char)*str) * FNV_PRIME;
	while (*str++);
	return hash;
}

static uint64_t add_name(uint64_t hash, const struct rg_name *name)
{
	char offset[24];

	hash = rg_fingerprint_string(hash, rg_base_name(name->module));
	if (*name->function)
		return rg_fingerprint_string(hash, name->function);
	snprintf(offset, sizeof(offset), "%" PRIx64, name->offset);
	return rg_fingerprint_string(hash, offset);
}

uint64_t rg_fingerprint_stack(uint64_t hash, const struct rg_site *site,
			      struct rg_names *names)
{
	for (uint8_t i = 0; i < site->nr_frames; i++) {
		struct rg_name_list list =
			rg_names_find(names, &site->frames[i]);

		for (size_t j = 0; j < list.nr; j++)
			hash = add_name(hash, &list.list[j]);
	}
	return hash;
}
