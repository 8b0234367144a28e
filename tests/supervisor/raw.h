/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_SUPERVISOR_RAW_H
#define RG_TESTS_SUPERVISOR_RAW_H

/* mremap by an instruction of the program's own: past every libc. */

#include <stddef.h>

#if defined(__x86_64__)

static inline long raw_mremap_marked(void *addr, size_t old_len, size_t new_len,
				     unsigned long flags, void *new_addr,
				     unsigned long sixth)
{
	register unsigned long r10 __asm__("r10") = flags;
	register void *r8 __asm__("r8") = new_addr;
	register unsigned long r9 __asm__("r9") = sixth;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(25L), "D"(addr), "S"(old_len), "d"(new_len),
			   "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

static inline long raw_mremap_marked(void *addr, size_t old_len, size_t new_len,
				     unsigned long flags, void *new_addr,
				     unsigned long sixth)
{
	register long x8 __asm__("x8") = 216;
	register void *x0 __asm__("x0") = addr;
	register size_t x1 __asm__("x1") = old_len;
	register size_t x2 __asm__("x2") = new_len;
	register unsigned long x3 __asm__("x3") = flags;
	register void *x4 __asm__("x4") = new_addr;
	register unsigned long x5 __asm__("x5") = sixth;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return (long)x0;
}

#endif

static inline long raw_mremap(void *addr, size_t old_len, size_t new_len,
			      unsigned long flags, void *new_addr)
{
	return raw_mremap_marked(addr, old_len, new_len, flags, new_addr, 0);
}

#endif
