/* SPDX-License-Identifier: MIT */
#ifndef BENCH_RAW_CALL_H
#define BENCH_RAW_CALL_H

/*
 * A system call by an instruction in the caller itself: nothing preloaded
 * sees it, and no function returns after it. Arguments four to six are 0.
 */

#include <stddef.h>

static inline __attribute__((always_inline)) long
raw_call(long nr, void *first, unsigned long second, unsigned long third)
{
#if defined(__x86_64__)
	register unsigned long fourth __asm__("r10") = 0;
	register unsigned long fifth __asm__("r8") = 0;
	register unsigned long sixth __asm__("r9") = 0;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(first), "S"(second), "d"(third),
			   "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long number __asm__("x8") = nr;
	register long result __asm__("x0") = (long)first;
	register unsigned long x1 __asm__("x1") = second;
	register unsigned long x2 __asm__("x2") = third;
	register unsigned long x3 __asm__("x3") = 0;
	register unsigned long x4 __asm__("x4") = 0;
	register unsigned long x5 __asm__("x5") = 0;

	__asm__ volatile("svc #0"
			 : "+r"(result)
			 : "r"(number), "r"(x1), "r"(x2), "r"(x3), "r"(x4),
			   "r"(x5)
			 : "memory");
	return result;
#endif
}

#endif
