/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_ARCH_H
#define RG_RUNTIME_ARCH_H

/* What differs by machine: the system call, its numbers, a jump. */

#include <cpuid.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define RG_ARCH_SYS_MMAP SYS_mmap
#define RG_ARCH_SYS_FSTAT SYS_fstat
#define RG_ARCH_SYS_FSTATAT SYS_newfstatat

/* How a file's offset is passed. */
#define RG_ARCH_OFFSET(offset) (long)(offset)

/* For products of two numbers. */
#define RG_ARCH_WIDE unsigned __int128

static inline long rg_arch_syscall(long nr, const long args[6])
{
	register long r10 __asm__("r10") = args[3];
	register long r8 __asm__("r8") = args[4];
	register long r9 __asm__("r9") = args[5];
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(args[0]), "S"(args[1]), "d"(args[2]),
			   "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define RG_ARCH_HAS_COOKIE true

/*
 * mremap, with a cookie where it takes no argument. The register is cleared:
 * a system call of the program's own must not carry it by chance.
 */
static inline long rg_arch_mremap(long nr, const long args[5], uint64_t cookie)
{
	register long r10 __asm__("r10") = args[3];
	register long r8 __asm__("r8") = args[4];
	register uint64_t r9 __asm__("r9") = cookie;
	long result;

	__asm__ volatile("syscall\n\t"
			 "xorl %%r9d, %%r9d"
			 : "=a"(result), "+r"(r9)
			 : "a"(nr), "D"(args[0]), "S"(args[1]), "d"(args[2]),
			   "r"(r10), "r"(r8)
			 : "rcx", "r11", "cc", "memory");
	return result;
}

/* What unwind tables call the registers that a stack is unwound with. */
enum { RG_ARCH_DWARF_FP = 6, RG_ARCH_DWARF_SP = 7, RG_ARCH_DWARF_PC = 16 };

/*
 * A frame that was set up by its frame pointer: the caller's stack pointer
 * when it called. 0 where that cannot be told.
 */
static inline uint64_t rg_arch_callers_sp(const uint64_t *frame)
{
	return (uint64_t)(uintptr_t)(frame + 2);
}

/* Where addresses end; 0: as the model has it. */
#define RG_ARCH_TASK_SIZE UINT64_C(0)

/* Is a quarantine to be had? */
#define RG_ARCH_HAS_QUARANTINE true

/* The largest page a kernel for this machine may have. */
#define RG_ARCH_MAX_PAGE 4096

#define RG_ARCH_VDSO "linux-vdso.so.1"
#define RG_ARCH_VDSO_CLOCK "__vdso_clock_gettime"

/* Does the time-stamp counter run at one rate, whatever the core does? */
static inline bool rg_arch_has_counter(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & 1u << 8;
}

static inline uint64_t rg_arch_counter(void)
{
	return __builtin_ia32_rdtsc();
}

/* Read when everything before it has been done, not while. */
static inline uint64_t rg_arch_counter_in_order(void)
{
	__builtin_ia32_lfence();
	return __builtin_ia32_rdtsc();
}

/*
 * Swap as one instruction, which nothing else on this processor comes between;
 * without the lock that would keep others out. Return: whether it was as
 * expected, and has been swapped.
 */
static inline bool rg_arch_swap_here(uint64_t *at, uint64_t expected,
				     uint64_t wanted)
{
	bool swapped;

	__asm__ volatile("cmpxchgq %3, %1"
			 : "=@cce"(swapped), "+m"(*at), "+a"(expected)
			 : "r"(wanted)
			 : "memory");
	return swapped;
}

/* endbr64; jmp *2(%rip), past two bytes of int3; the address */
#define RG_ARCH_JUMP_SIZE 20

static inline void rg_arch_write_jump(uint8_t *at, const void *to)
{
	static const uint8_t code[] = {
		0xf3, 0x0f, 0x1e, 0xfa,		    /* endbr64 */
		0xff, 0x25, 0x02, 0x00, 0x00, 0x00, /* jmp *2(%rip) */
		0xcc, 0xcc,
	};

	memcpy(at, code, sizeof(code));
	memcpy(at + sizeof(code), &to, sizeof(to));
}

/* Fills what is left of a replaced function. */
static inline void rg_arch_write_trap(uint8_t *at, size_t len)
{
	memset(at, 0xcc, len);
}

/*
 * Does this body of libc's mremap refuse flags above MREMAP_DONTUNMAP by
 * itself? Seen as a comparison of the flags with 7, or a test of the rest.
 */
static inline int rg_arch_tests_flags(const uint8_t *body, size_t len)
{
	static const uint8_t compare[] = { 0x83, 0xf9, 0x07 };
	static const uint8_t test[] = { 0xf7, 0xc1, 0xf8, 0xff, 0xff, 0xff };

	for (size_t i = 0; i + sizeof(test) <= len; i++) {
		if (!memcmp(body + i, compare, sizeof(compare)) ||
		    !memcmp(body + i, test, sizeof(test)))
			return 1;
	}
	return 0;
}

/* What a signal handler set by us returns to: entry-x86_64.S. */
void rg_signal_return(void);
#define RG_ARCH_SA_RESTORER 0x04000000
#define RG_ARCH_SIGNAL_RETURN ((uint64_t)(uintptr_t)rg_signal_return)

/* ------------------------------------------------ where a fault came from */

/* How memory was accessed that faulted; bits of the page fault's error code. */
enum { RG_ARCH_WRITE = 1 << 1, RG_ARCH_EXECUTE = 1 << 4 };

/* Return: RG_ARCH_WRITE, RG_ARCH_EXECUTE, 0 for a read; -1: not known. */
static inline int rg_arch_access(const ucontext_t *context)
{
	return (int)context->uc_mcontext.gregs[REG_ERR] &
	       (RG_ARCH_WRITE | RG_ARCH_EXECUTE);
}

static inline uint64_t rg_arch_pc(const ucontext_t *context)
{
	return (uint64_t)context->uc_mcontext.gregs[REG_RIP];
}

/* Where a function returns to whose first instruction was never reached. */
static inline const uint64_t *rg_arch_caller(const ucontext_t *context)
{
	return (const uint64_t *)context->uc_mcontext.gregs[REG_RSP];
}

#define RG_ARCH_REGISTERS 18

/* In the order of trace/access.h. */
static inline void rg_arch_registers(const ucontext_t *context,
				     uint64_t registers[RG_ARCH_REGISTERS])
{
	static const uint8_t order[RG_ARCH_REGISTERS] = {
		REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI,
		REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
		REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP, REG_EFL,
	};

	for (int i = 0; i < RG_ARCH_REGISTERS; i++)
		registers[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
}

#endif
