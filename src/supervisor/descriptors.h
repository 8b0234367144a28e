/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_DESCRIPTORS_H
#define RG_SUPERVISOR_DESCRIPTORS_H

#include <stddef.h>

/*
 * Close everything else: a process that may outlive `run' must not keep the
 * other end of somebody's pipe waiting. Standard input and output become
 * /dev/null, and standard error too with rg_descriptors_quiet(). kept, which
 * may have -1 in it, comes back in order.
 */
void rg_descriptors_keep(int *kept, size_t nr);
void rg_descriptors_quiet(void);

/* As many as are allowed. */
void rg_descriptors_raise_limit(void);

#endif
