/* SPDX-License-Identifier: MIT */

#include "runtime/modules.h"

#include "runtime/clock.h"
#include "runtime/config.h"
#include "runtime/loaded.h"
#include "runtime/stack.h"
#include "runtime/sys.h"
#include "runtime/trace-dir.h"
#include "runtime/vma-query.h"
#include "trace/ctf.h"
#include "trace/modules.h"

#include <elf.h>
#include <link.h>

/*
 * The table is only ever added to: an entry is claimed, filled in, and counts
 * from the moment its end is stored. What the program was started with stays;
 * what it opened later may be closed, and something else may take its
 * addresses, so of those the loader is asked who holds them now
 * (loaded.c; where it cannot say, the first answer stands).
 */

static bool covers(const struct rg_module_range *range, uint64_t addr)
{
	return addr < __atomic_load_n(&range->end, __ATOMIC_ACQUIRE) &&
	       addr >= range->start;
}

static bool still_holds(const struct rg_module_range *range, uint64_t addr)
{
	return range->for_good || range->owner == rg_loaded_map(addr);
}

static bool is_known(const struct rg_process *process, uint64_t addr,
		     uint32_t *ret_number)
{
	uint32_t nr = atomic_load(&process->nr_modules);

	/* the newest first: it is what an address means now */
	while (nr--) {
		const struct rg_module_range *range = &process->modules[nr];

		if (covers(range, addr)) {
			*ret_number = nr;
			return still_holds(range, addr);
		}
	}
	return false;
}

_Static_assert(RG_MAX_MODULES <= RG_MODULES_LAST, "two numbers in a word");

/*
 * What holds the addresses at hand. A stack goes from the program to libc and
 * back, so what held those before is kept as well.
 */
struct holder {
	uint64_t start;
	uint64_t len; /* 0: nobody */
	uint32_t number;
};

static struct holder holder(const struct rg_process *process, uint32_t number)
{
	const struct rg_module_range *range = &process->modules[number];
	uint64_t end = __atomic_load_n(&range->end, __ATOMIC_ACQUIRE);

	if (!range->for_good)
		return (struct holder){ .number = number };
	return (struct holder){ range->start, end - range->start, number };
}

static bool holds(const struct holder *holder, uint64_t addr)
{
	return addr - holder->start < holder->len;
}

/* ------------------------------------------------- an object's own headers */

/* What the ELF headers in memory say, and what maps says of the file. */
struct object {
	struct rg_module module;
	struct rg_vma_file file;
};

static bool is_elf(const ElfW(Ehdr) * header)
{
	return !memcmp(header->e_ident, ELFMAG, SELFMAG) &&
	       header->e_phentsize == sizeof(ElfW(Phdr));
}

static void read_note(const ElfW(Nhdr) * note, struct rg_module *module)
{
	const uint8_t *name = (const uint8_t *)(note + 1);
	size_t len = note->n_descsz;

	if (note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 ||
	    memcmp(name, "GNU", 4) || len > sizeof(module->build_id))
		return;
	memcpy(module->build_id, name + 4, len);
	module->build_id_len = (uint8_t)len;
}

static void read_notes(uint64_t start, uint64_t len, struct rg_module *module)
{
	uint64_t at = start;

	while (at + sizeof(ElfW(Nhdr)) <= start + len) {
		const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(uintptr_t)at;

		read_note(note, module);
		at += sizeof(*note) + ((note->n_namesz + 3u) & ~3u) +
		      ((note->n_descsz + 3u) & ~3u);
	}
}

/* The program headers are in memory: the loader mapped and used them. */
static void read_headers(const struct rg_loaded *loaded,
			 struct rg_module *module)
{
	const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)(uintptr_t)loaded->start;
	const ElfW(Phdr) * phdr;

	if (!is_elf(header))
		return;
	phdr = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);
	for (int i = 0; i < header->e_phnum; i++) {
		if (phdr[i].p_type == PT_NOTE)
			read_notes(module->base + phdr[i].p_vaddr,
				   phdr[i].p_memsz, module);
	}
}

/* By the loader's own word. */
static bool describe_loaded(uint64_t addr, struct rg_module *module)
{
	struct rg_loaded loaded;

	if (rg_loaded_at(addr, &loaded) != 1)
		return false;
	module->start = loaded.start;
	module->end = loaded.end;
	module->base = loaded.map->l_addr;
	module->path = loaded.map->l_name;
	read_headers(&loaded, module);
	return true;
}

/*
 * The name a loader knows may be relative, or empty for the program itself:
 * maps has the path. Code that no loader mapped (a JIT's, another libc's) is
 * described by its mapping alone, and what is in no mapping by its page.
 */
static void describe(struct rg_process *process, uint64_t addr,
		     struct object *object)
{
	struct rg_module *module = &object->module;
	bool loaded = describe_loaded(addr, module);
	bool mapped = !rg_vma_query_file(process, addr, &object->file);

	if (mapped && object->file.path[0])
		module->path = object->file.path;
	else if (loaded && !module->path[0])
		module->path = rg_config.exe;
	else if (!loaded)
		module->path = mapped ? "[anonymous]" : "[unmapped]";
	if (loaded)
		return;
	module->start = addr & ~(rg_config.limits.page_size - 1);
	module->end = module->start + rg_config.limits.page_size;
	if (mapped) {
		module->start = object->file.vma.start;
		module->end = object->file.vma.end;
		module->base = module->start - object->file.vma.offset;
	}
}

static void remember(struct rg_process *process, const struct rg_module *module,
		     uint64_t addr)
{
	uint32_t nr = atomic_load(&process->nr_modules);
	struct rg_module_range *range;

	do {
		if (nr == RG_MAX_MODULES)
			return;
	} while (!atomic_compare_exchange_weak(&process->nr_modules, &nr,
					       nr + 1));
	range = &process->modules[nr];
	range->start = module->start;
	range->owner = rg_loaded_map(addr);
	range->for_good = rg_loaded_for_good(range->owner);
	__atomic_store_n(&range->end, module->end, __ATOMIC_RELEASE);
}

__attribute__((noinline)) static void note(struct rg_process *process,
					   uint64_t addr)
{
	char name[RG_CTF_NAME_MAX];
	char line[RG_MODULE_LINE_MAX];
	struct object object = { .module.since = rg_clock_now() };
	size_t len;

	describe(process, addr, &object);
	len = rg_module_format(&object.module, line, sizeof(line));
	rg_ctf_modules_name(process->streams->slot_number, name);
	if (len)
		rg_trace_dir_append(name, line, len);
	remember(process, &object.module, addr);
}

bool rg_modules_note(struct rg_process *process, const uint64_t *addr,
		     size_t nr)
{
	uint32_t held = atomic_load_explicit(&process->last_module,
					     memory_order_relaxed);
	struct holder now = holder(process, held & RG_MODULES_LAST);
	struct holder before = holder(process, held >> RG_MODULES_BEFORE_SHIFT);
	bool all_known = true;

	for (size_t i = 0; i < nr; i++) {
		struct holder last = now;

		if (holds(&now, addr[i]))
			continue;
		if (holds(&before, addr[i])) {
			now = before;
			before = last;
		} else if (is_known(process, addr[i], &last.number)) {
			before = now;
			now = holder(process, last.number);
		} else {
			all_known = false;
			if (rg_stack_room() >= RG_STACK_FOR_MORE)
				note(process, addr[i]);
		}
	}
	if ((now.number | before.number << RG_MODULES_BEFORE_SHIFT) != held)
		atomic_store_explicit(
			&process->last_module,
			now.number | before.number << RG_MODULES_BEFORE_SHIFT,
			memory_order_relaxed);
	return all_known;
}

static void note_map(void *process, const struct link_map *map)
{
	uint64_t addr = (uint64_t)(uintptr_t)map->l_ld;

	rg_modules_note(process, &addr, 1);
}

void rg_modules_note_started(struct rg_process *process)
{
	rg_loaded_for_each_started(note_map, process);
}
