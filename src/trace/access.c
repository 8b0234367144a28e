/* SPDX-License-Identifier: MIT */

#include "trace/access.h"

#include <string.h>

/* The part every access has. */
struct fixed {
	uint64_t timestamp;
	uint64_t addr;
	uint64_t now;
	uint64_t move_timestamp;
	uint64_t from;
	uint64_t len;
	uint64_t to;
	uint64_t to_len;
	uint32_t tid;
	uint32_t system_call;
	uint32_t move_pid;
	uint32_t move_tid;
	uint8_t kind;
	uint8_t nr_registers;
	uint8_t nr_stack;
	uint8_t nr_move_stack;
	uint8_t zeroes[4];
};

_Static_assert(sizeof(struct fixed) == RG_ACCESS_MIN_SIZE, "layout");
_Static_assert(RG_ACCESS_MIN_SIZE + 8 * RG_ACCESS_MAX_REGISTERS +
			       16 * RG_EVENT_MAX_STACK <=
		       RG_ACCESS_MAX_SIZE,
	       "room for any");

static const char *const kind_names[RG_NR_ACCESS_KINDS] = {
	[RG_ACCESS_UNKNOWN] = "unknown",
	[RG_ACCESS_READ] = "read",
	[RG_ACCESS_WRITE] = "write",
	[RG_ACCESS_EXECUTE] = "execute",
	[RG_ACCESS_SYSTEM_CALL] = "system-call",
};

static const char *const x86_64_registers[] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8",
	"r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip", "eflags",
};

static const char *const aarch64_registers[] = {
	"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",	    "x7",  "x8",
	"x9",  "x10", "x11", "x12", "x13", "x14", "x15",    "x16", "x17",
	"x18", "x19", "x20", "x21", "x22", "x23", "x24",    "x25", "x26",
	"x27", "x28", "x29", "x30", "sp",  "pc",  "pstate",
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct machine {
	const char *name;
	const char *const *registers;
	unsigned nr;
} machines[] = {
	{ "x86_64", x86_64_registers, NR(x86_64_registers) },
	{ "aarch64", aarch64_registers, NR(aarch64_registers) },
};

_Static_assert(NR(x86_64_registers) <= RG_ACCESS_MAX_REGISTERS, "room");
_Static_assert(NR(aarch64_registers) <= RG_ACCESS_MAX_REGISTERS, "room");

const char *rg_access_kind_name(enum rg_access_kind kind)
{
	return (unsigned)kind < RG_NR_ACCESS_KINDS ? kind_names[kind] : NULL;
}

const char *rg_access_register_name(const char *machine, unsigned place)
{
	for (size_t i = 0; i < NR(machines); i++) {
		if (!strcmp(machines[i].name, machine))
			return place < machines[i].nr
				       ? machines[i].registers[place]
				       : NULL;
	}
	return NULL;
}

static uint8_t *put_words(uint8_t *buf, const uint64_t *words, size_t nr)
{
	memcpy(buf, words, 8 * nr);
	return buf + 8 * nr;
}

size_t rg_access_encode(const struct rg_access *access, uint8_t *buf)
{
	const struct rg_access_move *move = &access->move;
	struct fixed *fixed = (struct fixed *)buf;
	uint8_t *at = buf + sizeof(*fixed);

	fixed->addr = access->addr;
	fixed->now = access->now;
	fixed->move_timestamp = move->timestamp;
	fixed->from = move->from;
	fixed->len = move->len;
	fixed->to = move->to;
	fixed->to_len = move->to_len;
	fixed->tid = access->tid;
	fixed->system_call = access->system_call;
	fixed->move_pid = move->pid;
	fixed->move_tid = move->tid;
	fixed->kind = (uint8_t)access->kind;
	fixed->nr_registers = access->nr_registers;
	fixed->nr_stack = access->nr_stack;
	fixed->nr_move_stack = move->nr_stack;
	memset(fixed->zeroes, 0, sizeof(fixed->zeroes));
	at = put_words(at, access->registers, access->nr_registers);
	at = put_words(at, access->stack, access->nr_stack);
	at = put_words(at, move->stack, move->nr_stack);
	return (size_t)(at - buf);
}

size_t rg_access_encoded_size(const uint8_t *buf)
{
	struct fixed fixed;

	memcpy(&fixed, buf, sizeof(fixed));
	return sizeof(fixed) + 8 * ((size_t)fixed.nr_registers +
				    fixed.nr_stack + fixed.nr_move_stack);
}

const char *rg_access_bad_count(const uint8_t *buf)
{
	struct fixed fixed;

	memcpy(&fixed, buf, sizeof(fixed));
	if (fixed.nr_registers > RG_ACCESS_MAX_REGISTERS)
		return "too many registers";
	if (fixed.nr_stack > RG_EVENT_MAX_STACK ||
	    fixed.nr_move_stack > RG_EVENT_MAX_STACK)
		return "too deep a stack";
	return NULL;
}
