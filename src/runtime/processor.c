/* SPDX-License-Identifier: MIT */

#include "runtime/processor.h"

#include <dlfcn.h>
#include <stddef.h>

/*
 * The kernel keeps the number in each thread's area for rseq(2), where libc
 * (glibc 2.35) has registered one. It lies at this offset from the thread
 * pointer; the processor's number is its second word, and negative where that
 * was not done.
 */
#define CPU_ID 4

static const ptrdiff_t *offset;

void rg_processor_init(void)
{
	const unsigned *size =
		(const unsigned *)dlsym(RTLD_DEFAULT, "__rseq_size");

	if (size && *size)
		offset =
			(const ptrdiff_t *)dlsym(RTLD_DEFAULT, "__rseq_offset");
}

uint32_t rg_processor(const struct rg_process *process)
{
	const char *thread = (const char *)__builtin_thread_pointer();
	int32_t number = -1;

	if (offset)
		number = *(const volatile int32_t *)(thread + *offset + CPU_ID);
	return number < 0 ? rg_thread_id(process) : (uint32_t)number;
}
