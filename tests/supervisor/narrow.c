/* SPDX-License-Identifier: MIT */

/*
 * A 32-bit program without a libc, as none is installed for those: a mapping
 * is grown, moved and shrunk, and one call is refused. Status 0: all went as
 * it must; else the number of the step that did not.
 */

enum { NR_EXIT = 1, NR_MREMAP = 163, NR_MMAP2 = 192 };

#define PAGE 4096L
#define FAULT -14L

static long call(long nr, long a, long b, long c, long d, long e)
{
	long result;

	/* the sixth argument is ebp, whatever that is */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return result;
}

static long mremap(long addr, long old_len, long new_len, long flags,
		   long new_addr)
{
	return call(NR_MREMAP, addr, old_len, new_len, flags, new_addr);
}

static int failing_step(void)
{
	const long at = 0x60000000;

	/* read, write; private, anonymous, fixed; the file is -1 */
	if (call(NR_MMAP2, at, PAGE, 3, 0x32, -1) != at)
		return 1;
	if (mremap(at, PAGE, 3 * PAGE, 0, 0) != at)
		return 2;
	if (mremap(at, 3 * PAGE, PAGE, 0, 0) != at)
		return 3;
	if (mremap(at, PAGE, PAGE, 3, at + 16 * PAGE) != at + 16 * PAGE)
		return 4;
	return mremap(at, PAGE, 2 * PAGE, 0, 0) != FAULT ? 5 : 0;
}

void _start(void);
void _start(void)
{
	call(NR_EXIT, failing_step(), 0, 0, 0, 0);
	for (;;)
		;
}
