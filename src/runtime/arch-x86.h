/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_ARCH_H
#define RG_RUNTIME_ARCH_H

/*
 * What differs by machine: the system call, its numbers, a jump. This one is
 * for 32-bit programs on 64-bit kernels.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* in pages, of which 0 is 0 */
#define RG_ARCH_SYS_MMAP SYS_mmap2
#define RG_ARCH_SYS_FSTAT SYS_fstat64
#define RG_ARCH_SYS_FSTATAT SYS_fstatat64

/* How a file's offset is passed: in two words. */
#define RG_ARCH_OFFSET(offset) (long)(offset), (long)((offset) >> 32)

/* For products of two numbers: there is no counter here that needs them. */
#define RG_ARCH_WIDE uint64_t

/* Six arguments take all registers but one: these two are the compiler's. */
static inline long rg_arch_syscall(long nr, const long args[6])
{
	__asm__ volatile("pushl %%ebx\n\t"
			 "pushl %%ebp\n\t"
			 "movl (%%edi), %%ebx\n\t"
			 "movl 4(%%edi), %%ecx\n\t"
			 "movl 8(%%edi), %%edx\n\t"
			 "movl 12(%%edi), %%esi\n\t"
			 "movl 20(%%edi), %%ebp\n\t"
			 "movl 16(%%edi), %%edi\n\t"
			 "int $0x80\n\t"
			 "popl %%ebp\n\t"
			 "popl %%ebx"
			 : "+a"(nr), "+D"(args)
			 :
			 : "ecx", "edx", "esi", "memory");
	return nr;
}

/* A register has no room for the cookie: with a supervisor there is none. */
#define RG_ARCH_HAS_COOKIE false

static inline long rg_arch_mremap(long nr, const long args[5], uint64_t cookie)
{
	const long all[6] = { args[0], args[1], args[2],
			      args[3], args[4], (long)cookie };

	return rg_arch_syscall(nr, all);
}

/* What unwind tables call the registers that a stack is unwound with. */
enum { RG_ARCH_DWARF_FP = 5, RG_ARCH_DWARF_SP = 4, RG_ARCH_DWARF_PC = 8 };

/* Stacks are not unwound by us where words have 32 bits. */
static inline uint64_t rg_arch_callers_sp(const uint64_t *frame)
{
	(void)frame;
	return 0;
}

/* Where addresses end: the kernel's IA32_PAGE_OFFSET. */
#define RG_ARCH_TASK_SIZE UINT64_C(0xffffe000)

/* What moved would have no address space left before long. */
#define RG_ARCH_HAS_QUARANTINE false

/* The largest page a kernel for this machine may have. */
#define RG_ARCH_MAX_PAGE 4096

#define RG_ARCH_VDSO "linux-gate.so.1"
#define RG_ARCH_VDSO_CLOCK "__vdso_clock_gettime"

/* The kernel's clock will do. */
static inline bool rg_arch_has_counter(void)
{
	return false;
}

static inline uint64_t rg_arch_counter(void)
{
	return __builtin_ia32_rdtsc();
}

static inline uint64_t rg_arch_counter_in_order(void)
{
	return rg_arch_counter();
}

/* Swap. Return: whether it was as expected, and has been swapped. */
static inline bool rg_arch_swap_here(uint64_t *at, uint64_t expected,
				     uint64_t wanted)
{
	return __atomic_compare_exchange_n(at, &expected, wanted, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* endbr32; mov $address, %eax; jmp *%eax */
#define RG_ARCH_JUMP_SIZE 11

static inline void rg_arch_write_jump(uint8_t *at, const void *to)
{
	static const uint8_t code[RG_ARCH_JUMP_SIZE] = {
		0xf3, 0x0f, 0x1e, 0xfb, 0xb8, 0, 0, 0, 0, 0xff, 0xe0,
	};

	memcpy(at, code, sizeof(code));
	memcpy(at + 5, &to, sizeof(to));
}

/* Fills what is left of a replaced function. */
static inline void rg_arch_write_trap(uint8_t *at, size_t len)
{
	memset(at, 0xcc, len);
}

/*
 * Does this body of libc's mremap refuse flags above MREMAP_DONTUNMAP by
 * itself? Seen as a test of the rest, in a register or on the stack.
 */
static inline int rg_arch_tests_flags(const uint8_t *body, size_t len)
{
	static const uint8_t rest[] = { 0xf8, 0xff, 0xff, 0xff };

	for (size_t i = 0; i + sizeof(rest) <= len; i++) {
		if (!memcmp(body + i, rest, sizeof(rest)))
			return 1;
	}
	return 0;
}

/* A signal handler returns to the vDSO. */
#define RG_ARCH_SA_RESTORER 0
#define RG_ARCH_SIGNAL_RETURN UINT64_C(0)

/* ------------------------------------------------ where a fault came from */

/* How memory was accessed that faulted; bits of the page fault's error code. */
enum { RG_ARCH_WRITE = 1 << 1, RG_ARCH_EXECUTE = 1 << 4 };

/* Return: RG_ARCH_WRITE, RG_ARCH_EXECUTE, 0 for a read; -1: not known. */
static inline int rg_arch_access(const ucontext_t *context)
{
	return context->uc_mcontext.gregs[REG_ERR] &
	       (RG_ARCH_WRITE | RG_ARCH_EXECUTE);
}

static inline uint64_t rg_arch_pc(const ucontext_t *context)
{
	return (uint32_t)context->uc_mcontext.gregs[REG_EIP];
}

/* Where a function returns to whose first instruction was never reached. */
static inline const uint64_t *rg_arch_caller(const ucontext_t *context)
{
	return (const uint64_t *)context->uc_mcontext.gregs[REG_ESP];
}

/* A trace has room for those of 64-bit machines, and no names for these. */
#define RG_ARCH_REGISTERS 0

static inline void rg_arch_registers(const ucontext_t *context,
				     uint64_t *registers)
{
	(void)context;
	(void)registers;
}

#endif
