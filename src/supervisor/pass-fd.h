/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_PASS_FD_H
#define RG_SUPERVISOR_PASS_FD_H

/* A number and, with it, a descriptor, through a socket to another process. */

#include <sys/types.h>

/*
 * fork(2), with a socket between the two. Return: as fork, or -errno; *ret_end
 * is each one's own end, close-on-exec.
 */
pid_t rg_fork_joined(int *ret_end);

/* fd < 0: none. Return: 0 or -errno. */
int rg_pass_fd(int socket, int number, int fd);

/*
 * Return: 0; -EPIPE where the other side has gone; or -errno. *ret_fd is the
 * descriptor, close-on-exec, or -1.
 */
int rg_take_fd(int socket, int *ret_number, int *ret_fd);

#endif
