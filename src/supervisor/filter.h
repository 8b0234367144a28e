/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_FILTER_H
#define RG_SUPERVISOR_FILTER_H

/* The seccomp filter that tells a listener of every mremap. */

#include <stdbool.h>
#include <stdint.h>

/*
 * Put this process, and all that come of it, under the filter. Calls that
 * carry the cookie pass it; with 0 none does. Where that takes it, rights are
 * given up first (no_new_privs), which *ret_gave_up says.
 * Return: the listener, close-on-exec; -EBUSY where there is one already, as
 * the kernel allows one only; or -errno.
 */
int rg_filter_install(uint64_t cookie, bool *ret_gave_up);

/* Would it take that? */
bool rg_filter_gives_up_rights(void);

#endif
