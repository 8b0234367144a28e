/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_ARCH_H
#define RG_RUNTIME_ARCH_H

/* What differs by machine: the system call, its numbers, a jump. */

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
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = args[0];
	register long x1 __asm__("x1") = args[1];
	register long x2 __asm__("x2") = args[2];
	register long x3 __asm__("x3") = args[3];
	register long x4 __asm__("x4") = args[4];
	register long x5 __asm__("x5") = args[5];

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

#define RG_ARCH_HAS_COOKIE true

/*
 * mremap, with a cookie where it takes no argument. The register is cleared:
 * a system call of the program's own must not carry it by chance.
 */
static inline long rg_arch_mremap(long nr, const long args[5], uint64_t cookie)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = args[0];
	register long x1 __asm__("x1") = args[1];
	register long x2 __asm__("x2") = args[2];
	register long x3 __asm__("x3") = args[3];
	register long x4 __asm__("x4") = args[4];
	register uint64_t x5 __asm__("x5") = cookie;

	__asm__ volatile("svc #0\n\t"
			 "mov x5, xzr"
			 : "+r"(x0), "+r"(x5)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}

/* What unwind tables call the registers that a stack is unwound with. */
enum { RG_ARCH_DWARF_FP = 29, RG_ARCH_DWARF_SP = 31, RG_ARCH_DWARF_PC = 30 };

/* The two words that a frame pointer points to lie at no known offset. */
static inline uint64_t rg_arch_callers_sp(const uint64_t *frame)
{
	(void)frame;
	return 0;
}

/* Where addresses end; 0: as the model has it. */
#define RG_ARCH_TASK_SIZE UINT64_C(0)

/* Is a quarantine to be had? */
#define RG_ARCH_HAS_QUARANTINE true

/* The largest page a kernel for this machine may have. */
#define RG_ARCH_MAX_PAGE 65536

#define RG_ARCH_VDSO "linux-vdso.so.1"
#define RG_ARCH_VDSO_CLOCK "__kernel_clock_gettime"

/* The virtual counter always does. */
static inline bool rg_arch_has_counter(void)
{
	return true;
}

static inline uint64_t rg_arch_counter(void)
{
	uint64_t count;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
	return count;
}

/* Read when everything before it has been done, not while. */
static inline uint64_t rg_arch_counter_in_order(void)
{
	__asm__ volatile("isb" : : : "memory");
	return rg_arch_counter();
}

/* bti c; ldr x16, 8 bytes on; br x16; the address */
#define RG_ARCH_JUMP_SIZE 24

/* Swap. Return: whether it was as expected, and has been swapped. */
static inline bool rg_arch_swap_here(uint64_t *at, uint64_t expected,
				     uint64_t wanted)
{
	return __atomic_compare_exchange_n(at, &expected, wanted, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline void rg_arch_write_jump(uint8_t *at, const void *to)
{
	static const uint32_t code[] = {
		0xd503245f, /* bti c */
		0x58000070, /* ldr x16, +12 */
		0xd61f0200, /* br x16 */
		0xd4200000, /* brk #0 */
	};

	memcpy(at, code, sizeof(code));
	memcpy(at + sizeof(code), &to, sizeof(to));
}

/* Fills what is left of a replaced function. */
static inline void rg_arch_write_trap(uint8_t *at, size_t len)
{
	static const uint32_t trap = 0xd4200000; /* brk #0 */

	for (size_t i = 0; i + sizeof(trap) <= len; i += sizeof(trap))
		memcpy(at + i, &trap, sizeof(trap));
}

/*
 * Does this body of libc's mremap refuse flags above MREMAP_DONTUNMAP by
 * itself? Seen as cmp w3, #7 or tst w3, #0xfffffff8.
 */
static inline int rg_arch_tests_flags(const uint8_t *body, size_t len)
{
	for (size_t i = 0; i + 4 <= len; i += 4) {
		uint32_t code;

		memcpy(&code, body + i, sizeof(code));
		if (code == 0x71001c7f || code == 0x721d707f)
			return 1;
	}
	return 0;
}

/* A signal handler returns to the vDSO. */
#define RG_ARCH_SA_RESTORER 0
#define RG_ARCH_SIGNAL_RETURN UINT64_C(0)

/* ------------------------------------------------ where a fault came from */

/* How memory was accessed that faulted. */
enum { RG_ARCH_WRITE = 1, RG_ARCH_EXECUTE = 2 };

/* The syndrome register, among the context's further records; 0: not there. */
static inline uint64_t rg_arch_syndrome(const ucontext_t *context)
{
	const uint8_t *at = context->uc_mcontext.__reserved;
	const uint8_t *end = at + sizeof(context->uc_mcontext.__reserved);
	const uint32_t esr_magic = 0x45535201;
	uint32_t head[2]; /* magic, size */
	uint64_t syndrome = 0;

	for (; at + 16 <= end; at += head[1]) {
		memcpy(head, at, sizeof(head));
		if (head[0] == esr_magic)
			memcpy(&syndrome, at + 8, sizeof(syndrome));
		if (!head[0] || head[0] == esr_magic || head[1] < 16)
			break;
	}
	return syndrome;
}

/* Return: RG_ARCH_WRITE, RG_ARCH_EXECUTE, 0 for a read; -1: not known. */
static inline int rg_arch_access(const ucontext_t *context)
{
	uint64_t syndrome = rg_arch_syndrome(context);

	switch (syndrome >> 26 & 0x3f) {
	case 0x20: /* instruction abort */
	case 0x21:
		return RG_ARCH_EXECUTE;
	case 0x24: /* data abort; bit 6: of a write */
	case 0x25:
		return syndrome >> 6 & 1 ? RG_ARCH_WRITE : 0;
	default:
		return -1;
	}
}

static inline uint64_t rg_arch_pc(const ucontext_t *context)
{
	return context->uc_mcontext.pc;
}

/* Where a function returns to whose first instruction was never reached. */
static inline const uint64_t *rg_arch_caller(const ucontext_t *context)
{
	return (const uint64_t *)&context->uc_mcontext.regs[30];
}

#define RG_ARCH_REGISTERS 34

/* In the order of trace/access.h. */
static inline void rg_arch_registers(const ucontext_t *context,
				     uint64_t registers[RG_ARCH_REGISTERS])
{
	for (int i = 0; i < 31; i++)
		registers[i] = context->uc_mcontext.regs[i];
	registers[31] = context->uc_mcontext.sp;
	registers[32] = context->uc_mcontext.pc;
	registers[33] = context->uc_mcontext.pstate;
}

#endif
