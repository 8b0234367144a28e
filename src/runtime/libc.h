/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_LIBC_H
#define RG_RUNTIME_LIBC_H

/*
 * Have libc initialise itself with the program's arguments, now. Needed
 * before anything is opened while libc is not initialised yet.
 */
void rg_libc_start(int argc, char **argv, char **envp);

#endif
