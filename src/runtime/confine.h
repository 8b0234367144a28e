/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_CONFINE_H
#define RG_RUNTIME_CONFINE_H

/*
 * prctl(2) and seccomp(2), with which a program shuts itself in. Where its
 * filter kills, traps or asks somebody, it cannot know that calls of ours will
 * come: so what may still be needed is done before, and from then on
 * rg_confined (sys.h) keeps the object from making any.
 */

/* As syscall(3), for SYS_prctl and SYS_seccomp; sets errno. */
long rg_syscall_confining(long nr, long a, long b, long c, long d, long e);

#endif
