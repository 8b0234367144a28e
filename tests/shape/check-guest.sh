#!/bin/sh
# SPDX-License-Identifier: MIT
# check-guest.sh OBJECT: in its host it needs libc alone, allocates nothing,
# prints nothing, takes no locks, and makes system calls only by itself.
object=$1
status=0

needed=$(readelf -dW "$object" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ "$needed" = libc.so.6 ] || {
	echo "$object needs" $needed
	status=1
}

forbidden='malloc|calloc|realloc|reallocarray|free|strn?dup|a?printf|aligned_alloc|posix_memalign|memalign'
forbidden="$forbidden|v?[fsd]?n?printf|__.*printf_chk|puts|fputs|putchar|perror|f(open|dopen|close|read|write|flush|gets)|stderr|stdout"
forbidden="$forbidden|pthread_.*|abort|exit|_exit|__assert_fail|__stack_chk_fail|qsort|getenv|setenv"
forbidden="$forbidden|open(at)?(64)?|close|p?read(64)?|p?write(64)?|mmap(64)?|munmap|mprotect|ioctl|fstat(64)?|syscall|mremap|sigaction"
nm -D --undefined-only "$object" | awk '{ print $NF }' | sed 's/@.*//' |
	grep -E -x "$forbidden" && {
	echo "$object must not use these"
	status=1
}

readelf -lW "$object" | grep -q 'GNU_STACK.* RWE' && {
	echo "$object wants an executable stack"
	status=1
}
exit $status
