/* SPDX-License-Identifier: MIT */

#include "runtime/site.h"

#include "runtime/libc-entry.h"
#include "runtime/loaded.h"
#include "runtime/unwind.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

/* What no call comes from. */
static const struct link_map *own;
static const struct link_map *libc;
static const struct link_map *loader;

void rg_site_init(void)
{
	own = rg_loaded_map((uint64_t)(uintptr_t)rg_site_init);
	if (rg_libc_entry())
		libc = rg_loaded_map((uint64_t)(uintptr_t)rg_libc_entry());
	if (getauxval(AT_BASE))
		loader = rg_loaded_map(getauxval(AT_BASE));
}

int rg_site_is_loaded(uint64_t addr)
{
	struct rg_loaded loaded;

	return rg_loaded_at(addr, &loaded);
}

/* ------------------------------------------------------------- functions */

struct symbols {
	const ElfW(Sym) * table;
	const char *names;
	uint32_t nr;
};

/*
 * How many symbols there are is nowhere said but in the tables for looking
 * them up: the last chain of the newer kind ends with the last symbol.
 */
static uint32_t count_by_gnu_hash(const uint32_t *hash)
{
	uint32_t nr_buckets = hash[0];
	uint32_t first = hash[1];
	const uint32_t *buckets = hash + 4 + hash[2] * (sizeof(ElfW(Addr)) / 4);
	const uint32_t *chains = buckets + nr_buckets;
	uint32_t last = 0;

	for (uint32_t i = 0; i < nr_buckets; i++) {
		if (buckets[i] > last)
			last = buckets[i];
	}
	if (last < first)
		return first;
	while (!(chains[last - first] & 1))
		last++;
	return last + 1;
}

static struct symbols symbols_of(const struct link_map *map)
{
	struct symbols symbols = { 0 };

	for (const ElfW(Dyn) *dyn = map->l_ld; dyn && dyn->d_tag; dyn++) {
		const void *at = (const void *)dyn->d_un.d_ptr;

		if (dyn->d_tag == DT_SYMTAB)
			symbols.table = at;
		else if (dyn->d_tag == DT_STRTAB)
			symbols.names = at;
		else if (dyn->d_tag == DT_GNU_HASH)
			symbols.nr = count_by_gnu_hash(at);
		else if (dyn->d_tag == DT_HASH && !symbols.nr)
			symbols.nr = ((const uint32_t *)at)[1];
	}
	if (!symbols.table || !symbols.names)
		symbols.nr = 0;
	return symbols;
}

static bool covers(const ElfW(Sym) * symbol, ElfW(Addr) at)
{
	return (symbol->st_info & 0xf) == STT_FUNC &&
	       symbol->st_shndx != SHN_UNDEF &&
	       at - symbol->st_value < symbol->st_size;
}

static const char *function_at(const struct link_map *map, uint64_t addr)
{
	struct symbols symbols = symbols_of(map);

	/* a return address may be the first byte behind its function */
	for (uint32_t i = 0; i < symbols.nr; i++) {
		if (covers(&symbols.table[i], addr - 1 - map->l_addr))
			return symbols.names + symbols.table[i].st_name;
	}
	return NULL;
}

/* --------------------------------------------------------------- the site */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The program itself has no name in the loader's list. */
static const char *name_of(const struct link_map *map)
{
	extern const char *__progname;

	return last_part(*map->l_name ? map->l_name : __progname);
}

bool rg_site_find_place(struct rg_process *process, struct rg_event *event,
			uint64_t caller, uint8_t *frame,
			struct rg_call_site *ret_site)
{
	bool noted;

	if (!event->nr_stack)
		event->nr_stack = (uint8_t)rg_unwind(process, caller,
						     event->stack, &noted);
	while (*frame < event->nr_stack) {
		uint64_t addr = event->stack[(*frame)++];
		const struct link_map *map = rg_loaded_map(addr);

		if (!map || map == own || map == libc || map == loader)
			continue;
		*ret_site = (struct rg_call_site){
			.module = name_of(map),
			.addr = addr,
			.offset = addr - map->l_addr,
		};
		return true;
	}
	return false;
}

void rg_site_find_function(struct rg_call_site *site)
{
	const struct link_map *map = rg_loaded_map(site->addr);

	if (map)
		site->function = function_at(map, site->addr);
}

void rg_site_find(struct rg_process *process, struct rg_event *event,
		  uint64_t caller, struct rg_call_site *ret_site)
{
	uint8_t frame = 0;

	if (rg_site_find_place(process, event, caller, &frame, ret_site))
		rg_site_find_function(ret_site);
}
