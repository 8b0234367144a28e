/* SPDX-License-Identifier: MIT */

#include "runtime/imports.h"

#include "runtime/config.h"
#include "runtime/sys.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#if __WORDSIZE == 64
#define RELOC_SYMBOL ELF64_R_SYM
#else
#define RELOC_SYMBOL ELF32_R_SYM
#endif

struct relocs {
	const ElfW(Rela) * first;
	size_t nr;
};

/*
 * What the dynamic section says of a library's imported functions: those that
 * are called have slots among the calls, those whose address is taken, as that
 * of a weak one is, among the others.
 */
struct imports {
	const struct link_map *map;
	struct relocs calls;
	struct relocs others;
	const ElfW(Sym) * symbols;
	const char *names;
	ElfW(Addr) protected_start; /* of what is read-only by now */
	ElfW(Addr) protected_end;
};

/* Some loaders add the base to the section's pointers, some do not. */
static const void *absolute(const struct link_map *map, ElfW(Addr) value)
{
	return (const void *)(value < map->l_addr ? value + map->l_addr
						  : value);
}

static void read_dynamic(struct imports *imports)
{
	const struct link_map *map = imports->map;
	const ElfW(Dyn) * entry;

	for (entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		ElfW(Addr) value = entry->d_un.d_ptr;

		switch (entry->d_tag) {
		case DT_JMPREL:
			imports->calls.first = absolute(map, value);
			break;
		case DT_PLTRELSZ:
			imports->calls.nr = value / sizeof(ElfW(Rela));
			break;
		case DT_RELA:
			imports->others.first = absolute(map, value);
			break;
		case DT_RELASZ:
			imports->others.nr = value / sizeof(ElfW(Rela));
			break;
		case DT_SYMTAB:
			imports->symbols = absolute(map, value);
			break;
		case DT_STRTAB:
			imports->names = absolute(map, value);
			break;
		}
	}
}

static void read_protection(struct imports *imports)
{
	ElfW(Addr) base = imports->map->l_addr;
	const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)base;
	const ElfW(Phdr) *phdr = (const ElfW(Phdr) *)(base + header->e_phoff);

	for (int i = 0; i < header->e_phnum; i++) {
		if (phdr[i].p_type != PT_GNU_RELRO)
			continue;
		imports->protected_start = base + phdr[i].p_vaddr;
		imports->protected_end =
			imports->protected_start + phdr[i].p_memsz;
	}
}

static void **find_among(const struct imports *imports,
			 const struct relocs *relocs, const char *name)
{
	for (size_t i = 0; i < relocs->nr; i++) {
		const ElfW(Rela) *reloc = &relocs->first[i];
		const ElfW(Sym) *symbol =
			&imports->symbols[RELOC_SYMBOL(reloc->r_info)];

		if (!strcmp(imports->names + symbol->st_name, name))
			return (void **)(imports->map->l_addr +
					 reloc->r_offset);
	}
	return NULL;
}

static void **find_slot(const struct imports *imports, const char *name)
{
	void **slot = find_among(imports, &imports->calls, name);

	return slot ? slot : find_among(imports, &imports->others, name);
}

static bool is_protected(const struct imports *imports, void *const *slot)
{
	return (ElfW(Addr))slot >= imports->protected_start &&
	       (ElfW(Addr))slot < imports->protected_end;
}

/* There is one thread yet, so nobody sees the page writable. */
static bool store_protected(void **slot, void *to)
{
	size_t page_size = rg_config.limits.page_size;
	char *page = (char *)slot - (uintptr_t)slot % page_size;

	if (rg_sys_mprotect(page, page_size, PROT_READ | PROT_WRITE))
		return false;
	*slot = to;
	rg_sys_mprotect(page, page_size, PROT_READ);
	return true;
}

bool rg_imports_redirect(void *handle, const char *name, void *to)
{
	struct imports imports = { .map = handle };
	void **slot;

	read_dynamic(&imports);
	if (!imports.calls.first || !imports.symbols || !imports.names)
		return false;
	read_protection(&imports);
	slot = find_slot(&imports, name);
	if (!slot)
		return false;
	if (is_protected(&imports, slot))
		return store_protected(slot, to);
	*slot = to;
	return true;
}
