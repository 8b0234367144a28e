/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_PROBE_H
#define RG_TOOLS_PROBE_H

#include <remapguard/model.h>

/*
 * Which rules the running kernel follows: its release says, and a few calls
 * on scratch memory of this process correct it, for distributions backport.
 */
struct rg_kernel rg_probe_kernel(void);

#endif
