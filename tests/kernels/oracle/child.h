/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_CHILD_H
#define RG_ORACLE_CHILD_H

#include <sys/types.h>

/*
 * A forked child that exits with what run() returns. Its stack is among the
 * program's data, so that the end of the address space is free for others
 * once child_leave_stack() was called there. Return: as of fork().
 */
pid_t child_start(int (*run)(void *arg), void *arg);

void child_leave_stack(void);

#endif
