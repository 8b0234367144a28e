/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_LINES_H
#define RG_SUPERVISOR_LINES_H

/* The small texts under /proc. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* "/proc/TID/NAME" is no longer. */
#define RG_PROC_PATH_MAX 64

/* name of tid's directory, or of /proc/sys and the like where tid is 0. */
void rg_proc_path(pid_t tid, const char *name, char ret_path[RG_PROC_PATH_MAX]);

/* Return: a descriptor, to be read; or -errno. */
int rg_proc_open(pid_t tid, const char *name);

/*
 * Call line() for each line of /proc/TID/NAME, without its newline, until it
 * returns false. Return: 0, or -errno.
 */
int rg_proc_lines(pid_t tid, const char *name,
		  bool (*line)(void *ctx, const char *line, size_t len),
		  void *ctx);

#endif
