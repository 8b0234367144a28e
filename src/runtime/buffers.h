/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_BUFFERS_H
#define RG_RUNTIME_BUFFERS_H

/*
 * System calls that the kernel refuses with EFAULT as it would have to touch
 * what is held (quarantine.h). The object exports read(2), write(2) and their
 * relatives for it: without a quarantine they go straight on to libc's own.
 */

/* In the constructor: find the next definitions. */
void rg_buffers_init(void);

/*
 * syscall(3) has come back with EFAULT: is one of its arguments an address in
 * a range held? caller is its return address.
 */
void rg_buffers_tell(long nr, const long args[6], const void *caller);

#endif
