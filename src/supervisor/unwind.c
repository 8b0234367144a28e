/* SPDX-License-Identifier: MIT */

#include "supervisor/unwind.h"

#include "supervisor/lines.h"

#include <elf.h>
#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* No code lies below; a first frame's caller is often some such number. */
#define LOWEST_CODE 4096

/* As much of the stack as is read at once. */
#define CHUNK 8192

/* What the tables call the two registers, by the object's machine. */
static const struct machine {
	uint16_t elf;
	int stack_pointer;
	int instruction; /* -1: a register of its own */
} machines[] = {
	{ EM_X86_64, 7, 16 },
	{ EM_386, 4, 8 },
	{ EM_AARCH64, 31, -1 },
};

struct rg_unwinder {
	Dwfl *dwfl;
	pid_t pid;
	bool is_attached;
	const struct machine *machine;
	uint64_t last_unknown; /* asked for in vain, the last time */

	/* of the stack that is being unwound */
	pid_t tid;
	uint64_t ip;
	uint64_t sp;
	uint64_t *stack;
	size_t nr;
	size_t max;
	uint64_t chunk_len;
	uint8_t chunk[CHUNK]; /* from sp on */
};

/* ---------------------------------------------------- what libdw asks for */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	struct rg_unwinder *self = arg;

	(void)dwfl;
	if (*thread_arg)
		return 0;
	*thread_arg = self;
	return self->tid;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread_arg)
{
	(void)dwfl;
	(void)tid;
	*thread_arg = arg;
	return true;
}

static size_t read_memory(pid_t pid, uint64_t addr, void *to, size_t len)
{
	struct iovec here = { to, len };
	struct iovec there = { (void *)(uintptr_t)addr, len };
	ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);

	return got < 0 ? 0 : (size_t)got;
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr addr, Dwarf_Word *result,
		      void *arg)
{
	struct rg_unwinder *self = arg;
	size_t size = self->machine->elf == EM_386 ? 4 : 8;
	uint64_t offset = addr - self->sp;

	(void)dwfl;
	*result = 0;
	if (addr >= self->sp && offset + size <= self->chunk_len) {
		memcpy(result, self->chunk + offset, size);
		return true;
	}
	return read_memory(self->tid, addr, result, size) == size;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct rg_unwinder *self = arg;
	const struct machine *machine = self->machine;
	Dwarf_Word sp = self->sp, ip = self->ip;

	if (!dwfl_thread_state_registers(thread, machine->stack_pointer, 1,
					 &sp))
		return false;
	if (machine->instruction >= 0)
		return dwfl_thread_state_registers(thread, machine->instruction,
						   1, &ip);
	dwfl_thread_state_register_pc(thread, ip);
	return true;
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_word,
	.set_initial_registers = set_registers,
};

/* Names are looked for by the report, later. */
static int find_no_debuginfo(Dwfl_Module *module, void **userdata,
			     const char *name, Dwarf_Addr base,
			     const char *file, const char *link,
			     GElf_Word checksum, char **ret_name)
{
	(void)module;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)checksum;
	(void)ret_name;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_linux_proc_find_elf,
	.find_debuginfo = find_no_debuginfo,
};

/* --------------------------------------------------------------- objects */

static const struct machine *machine_of(Dwfl *dwfl, uint64_t ip)
{
	Dwfl_Module *module = dwfl_addrmodule(dwfl, ip);
	GElf_Addr bias;
	Elf *elf = module ? dwfl_module_getelf(module, &bias) : NULL;
	GElf_Ehdr header;

	if (!elf || !gelf_getehdr(elf, &header))
		return NULL;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		if (machines[i].elf == header.e_machine)
			return &machines[i];
	}
	return NULL;
}

static bool list_objects(struct rg_unwinder *self)
{
	dwfl_report_begin(self->dwfl);
	return !dwfl_linux_proc_report(self->dwfl, self->pid) &&
	       !dwfl_report_end(self->dwfl, NULL, NULL);
}

/* Objects come and go: the list is made anew for an address not in it. */
static bool has_object(struct rg_unwinder *self, uint64_t ip)
{
	if (dwfl_addrmodule(self->dwfl, ip))
		return true;
	if (ip == self->last_unknown || !list_objects(self))
		return false;
	if (dwfl_addrmodule(self->dwfl, ip))
		return true;
	/* a compiler's output has no tables, and is asked for once */
	self->last_unknown = ip;
	return false;
}

static bool attach(struct rg_unwinder *self)
{
	if (!self->machine)
		self->machine = machine_of(self->dwfl, self->ip);
	if (!self->is_attached && self->machine)
		self->is_attached = dwfl_attach_state(
			self->dwfl, NULL, self->pid, &thread_callbacks, self);
	return self->is_attached;
}

struct rg_unwinder *rg_unwinder_new(pid_t pid)
{
	struct rg_unwinder *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->pid = pid;
	self->dwfl = dwfl_begin(&callbacks);
	if (self->dwfl)
		return self;
	free(self);
	return NULL;
}

void rg_unwinder_free(struct rg_unwinder *unwinder)
{
	if (!unwinder)
		return;
	dwfl_end(unwinder->dwfl);
	free(unwinder);
}

/* ------------------------------------------------------------- one stack */

/* "25 0x… six arguments … 0xSP 0xPC"; "running" where it is not waiting yet */
#define BEFORE_SP 7

static uint64_t read_stack_pointer(pid_t tid, int *file)
{
	char text[256];
	const char *at = text;
	ssize_t len = 0;

	if (*file < 0)
		*file = rg_proc_open(tid, "syscall");
	if (*file >= 0)
		len = pread(*file, text, sizeof(text) - 1, 0);
	text[len < 0 ? 0 : len] = '\0';
	for (int i = 0; at && i < BEFORE_SP; i++) {
		at = strchr(at, ' ');
		at += at != NULL;
	}
	return at ? strtoull(at, NULL, 16) : 0;
}

static int take_frame(Dwfl_Frame *frame, void *arg)
{
	struct rg_unwinder *self = arg;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, NULL) || pc < LOWEST_CODE)
		return DWARF_CB_ABORT;
	self->stack[self->nr++] = pc;
	return self->nr == self->max ? DWARF_CB_ABORT : DWARF_CB_OK;
}

static bool can_unwind(struct rg_unwinder *self, int *file)
{
	self->sp = read_stack_pointer(self->tid, file);
	return self->sp && has_object(self, self->ip) && attach(self);
}

size_t rg_unwind_thread(struct rg_unwinder *unwinder, pid_t tid, uint64_t ip,
			int *file, uint64_t *stack, size_t max)
{
	stack[0] = ip;
	if (!unwinder)
		return 1;
	unwinder->tid = tid;
	unwinder->ip = ip;
	unwinder->stack = stack;
	unwinder->nr = 0;
	unwinder->max = max;
	if (!can_unwind(unwinder, file))
		return 1;
	unwinder->chunk_len =
		read_memory(tid, unwinder->sp, unwinder->chunk, CHUNK);
	/* its result says how it ended, and any end will do */
	dwfl_getthread_frames(unwinder->dwfl, tid, take_frame, unwinder);
	stack[0] = ip;
	return unwinder->nr ? unwinder->nr : 1;
}
