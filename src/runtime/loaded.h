/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_LOADED_H
#define RG_RUNTIME_LOADED_H

/* Which ELF object the loader put where: no lock, no allocation. */

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

/* glibc 2.35; without it nothing is found */
extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));

static inline bool rg_loaded_at(uint64_t addr, struct dl_find_object *ret_found)
{
	return _dl_find_object &&
	       !_dl_find_object((void *)(uintptr_t)addr, ret_found);
}

/* NULL: none. */
static inline const struct link_map *rg_loaded_map(uint64_t addr)
{
	struct dl_find_object found;

	return rg_loaded_at(addr, &found) ? found.dlfo_link_map : NULL;
}

#endif
