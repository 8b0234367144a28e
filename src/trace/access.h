/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_ACCESS_H
#define RG_TRACE_ACCESS_H

/*
 * One use of memory where it was before it moved (RG115), and its bytes in the
 * trace: packets of a stream class of their own, accesses-SLOT, so that calls
 * pay nothing for it.
 *
 *   0         8    16  24             32   40  48 56     64  68
 *   timestamp addr now move_timestamp from len to to_len tid system_call
 *
 *   72 move_pid  76 move_tid
 *   80 kind 81 nr_registers 82 nr_stack 83 nr_move_stack 84 zeroes
 *   88 registers… stack… move_stack…, 8 bytes each
 *
 * Little endian, and a multiple of eight long, as events are.
 */

#include "trace/event.h"

#include <stddef.h>
#include <stdint.h>

/* Stored in traces: never renumber. */
enum rg_access_kind {
	RG_ACCESS_UNKNOWN,
	RG_ACCESS_READ,
	RG_ACCESS_WRITE,
	RG_ACCESS_EXECUTE,
	/* by the kernel, which refused a system call with EFAULT */
	RG_ACCESS_SYSTEM_CALL,
	RG_NR_ACCESS_KINDS
};

/* "unknown", "read", …; NULL outside the enum. */
const char *rg_access_kind_name(enum rg_access_kind kind);

#define RG_ACCESS_MAX_REGISTERS 34

/*
 * A register's name by its place in `registers': on x86_64 rax, rbx, rcx, rdx,
 * rsi, rdi, rbp, rsp, r8 to r15, rip, eflags; on aarch64 x0 to x30, sp, pc,
 * pstate. NULL where there is none. machine: of the trace, uname -m.
 */
const char *rg_access_register_name(const char *machine, unsigned place);

/* The move that made the memory stale. */
struct rg_access_move {
	uint64_t timestamp; /* as of the call's event, ns */
	uint32_t pid;
	uint32_t tid;
	uint64_t from; /* the old range */
	uint64_t len;
	uint64_t to; /* where it went then, and how long it was there */
	uint64_t to_len;
	uint8_t nr_stack;
	uint64_t stack[RG_EVENT_MAX_STACK];
};

struct rg_access {
	uint64_t timestamp; /* CLOCK_MONOTONIC ns */
	uint32_t tid;
	enum rg_access_kind kind;
	uint32_t system_call; /* its number, for RG_ACCESS_SYSTEM_CALL */
	uint64_t addr;
	uint64_t now; /* where that byte is now; 0: gone, or not known */
	uint8_t nr_registers;
	uint8_t nr_stack;
	uint64_t registers[RG_ACCESS_MAX_REGISTERS];
	/*
	 * Of a fault the instruction first, then return addresses; of a system
	 * call return addresses alone.
	 */
	uint64_t stack[RG_EVENT_MAX_STACK];
	struct rg_access_move move;
};

#define RG_ACCESS_MIN_SIZE 88
/* Enough for any. */
#define RG_ACCESS_MAX_SIZE                                                     \
	(160 + 8 * RG_ACCESS_MAX_REGISTERS + 16 * RG_EVENT_MAX_STACK)

/*
 * Write it to buf, which is aligned to eight: all but the timestamp, as of
 * events, which may not fall within a file. Return: the length, a multiple of
 * eight.
 */
size_t rg_access_encode(const struct rg_access *access, uint8_t *buf);

/* The length of the access encoded at buf, which is finished. */
size_t rg_access_encoded_size(const uint8_t *buf);

/*
 * Which count of the access encoded at buf cannot be; NULL where its length
 * may be asked for.
 */
const char *rg_access_bad_count(const uint8_t *buf);

#endif
