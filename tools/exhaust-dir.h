/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_EXHAUST_DIR_H
#define RG_TOOLS_EXHAUST_DIR_H

/*
 * What --exhaust leaves:
 *
 *   DIR/exhaust.json
 *   DIR/first/{output,errors,trace/}      as it is
 *   DIR/again/…                           once more, for comparison
 *   DIR/site-001/… site-002/… …           with that site's call failing
 */

#include <stdbool.h>
#include <stdio.h>

#define RG_EXHAUST_JSON "exhaust.json"
#define RG_EXHAUST_FIRST "first"
#define RG_EXHAUST_AGAIN "again"

/*
 * Make the directory. What an earlier --exhaust left there is removed with
 * force, and nothing else ever. Return: 0, or an exit status after a message.
 */
int rg_exhaust_dir_make(const char *path, bool force);

/* Have two files the same bytes? */
bool rg_files_are_same(const char *a, const char *b);
/* Return: 0, or -errno. */
int rg_file_show(const char *path, int out);

#endif
