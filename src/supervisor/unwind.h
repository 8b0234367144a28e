/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_UNWIND_H
#define RG_SUPERVISOR_UNWIND_H

/*
 * The stack of a thread that waits in another process, by the unwind tables of
 * its objects (libdw). Of its registers only two are to be had, instruction
 * and stack pointer, as it is not stopped by ptrace. Most functions need no
 * other; where one does, as those that keep a frame pointer, the stack ends,
 * and nothing is guessed.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is remembered of a process's objects; freed with the program it runs. */
struct rg_unwinder;

/* NULL where there is no memory. */
struct rg_unwinder *rg_unwinder_new(pid_t pid);
void rg_unwinder_free(struct rg_unwinder *unwinder);

/*
 * Return addresses, inner first, beginning with ip, where tid made its system
 * call. unwinder may be NULL; file is a descriptor on /proc/TID/syscall, which
 * is opened where it is -1. Return: how many, at least 1.
 */
size_t rg_unwind_thread(struct rg_unwinder *unwinder, pid_t tid, uint64_t ip,
			int *file, uint64_t *stack, size_t max);

#endif
