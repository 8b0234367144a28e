/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_VERSION_H
#define RG_TOOLS_VERSION_H

/* The version, and what this build has, a line each, on standard output. */
void rg_version_print(void);

#endif
