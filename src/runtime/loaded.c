/* SPDX-License-Identifier: MIT */

/*
 * _dl_find_object (glibc 2.35) takes no lock, and this runs where the program
 * may hold the loader's. Without it there is the list of what the program was
 * started with, made once: reading the loader's own later is a race with
 * dlclose.
 */

#include "runtime/loaded.h"

#include <dlfcn.h>
#include <stddef.h>

/* Headers may have what the libc at run time has not. */
#ifdef RG_HAVE_FIND_OBJECT
extern __typeof__(_dl_find_object) _dl_find_object __attribute__((weak));
#endif

#define MAX_STARTED 512

/* Ranges are known only where nobody else can be asked for them. */
static struct rg_loaded started[MAX_STARTED];
static size_t nr_started;

static bool ask(uint64_t addr, struct rg_loaded *ret_loaded)
{
#ifdef RG_HAVE_FIND_OBJECT
	struct dl_find_object found;

	if (_dl_find_object((void *)(uintptr_t)addr, &found))
		return false;
	*ret_loaded = (struct rg_loaded){
		.start = (uint64_t)(uintptr_t)found.dlfo_map_start,
		.end = (uint64_t)(uintptr_t)found.dlfo_map_end,
		.map = found.dlfo_link_map,
		.tables = found.dlfo_eh_frame,
	};
	return true;
#else
	(void)addr;
	(void)ret_loaded;
	return false;
#endif
}

static bool can_ask(void)
{
#ifdef RG_HAVE_FIND_OBJECT
	return _dl_find_object;
#else
	return false;
#endif
}

/* ------------------------------------------------------ at the beginning */

static struct rg_loaded *find_started(const struct link_map *map)
{
	for (size_t i = 0; i < nr_started; i++) {
		if (started[i].map == map)
			return &started[i];
	}
	return NULL;
}

static struct rg_loaded *started_with(const void *dynamic)
{
	for (size_t i = 0; i < nr_started; i++) {
		if (started[i].map->l_ld == dynamic)
			return &started[i];
	}
	return NULL;
}

static int take_range(struct dl_phdr_info *info, size_t size, void *ctx)
{
	uint64_t start = UINT64_MAX;
	uint64_t end = 0;
	struct rg_loaded *loaded = NULL;

	(void)size;
	(void)ctx;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *phdr = &info->dlpi_phdr[i];
		uint64_t at = info->dlpi_addr + phdr->p_vaddr;

		if (phdr->p_type == PT_DYNAMIC)
			loaded = started_with((const void *)(uintptr_t)at);
		if (phdr->p_type != PT_LOAD)
			continue;
		if (at < start)
			start = at;
		if (at + phdr->p_memsz > end)
			end = at + phdr->p_memsz;
	}
	if (loaded) {
		loaded->start = start;
		loaded->end = end;
	}
	return 0;
}

void rg_loaded_init(void)
{
	const struct link_map *map = dlopen(NULL, RTLD_LAZY);

	while (map && map->l_prev)
		map = map->l_prev;
	for (; map && nr_started < MAX_STARTED; map = map->l_next)
		started[nr_started++].map = map;
	if (!can_ask())
		dl_iterate_phdr(take_range, NULL);
}

bool rg_loaded_for_good(const struct link_map *map)
{
	return find_started(map);
}

void rg_loaded_for_each_started(void (*each)(void *ctx,
					     const struct link_map *map),
				void *ctx)
{
	for (size_t i = 0; i < nr_started; i++)
		each(ctx, started[i].map);
}

/* ---------------------------------------------------------------- asking */

int rg_loaded_at(uint64_t addr, struct rg_loaded *ret_loaded)
{
	if (can_ask())
		return ask(addr, ret_loaded);
	for (size_t i = 0; i < nr_started; i++) {
		if (addr >= started[i].start && addr < started[i].end) {
			*ret_loaded = started[i];
			return 1;
		}
	}
	return -1;
}

const struct link_map *rg_loaded_map(uint64_t addr)
{
	struct rg_loaded loaded;

	return rg_loaded_at(addr, &loaded) == 1 ? loaded.map : NULL;
}
