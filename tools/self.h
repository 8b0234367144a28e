/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_SELF_H
#define RG_TOOLS_SELF_H

#include <limits.h>
#include <stdbool.h>

/* Where this program lies, also where there is no /proc to ask. */
bool rg_self_path(char ret_path[PATH_MAX]);

#endif
