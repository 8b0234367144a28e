/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_REQUEST_H
#define RG_ORACLE_REQUEST_H

#include "layout.h"

/*
 * A random request, near the edges of everything there is: ends of mappings,
 * holes, limits, wrap-around. It cannot harm what is the process's own.
 */
struct rg_request request_choose(const struct layout *layout,
				 const struct snapshot *now);

#endif
