/* SPDX-License-Identifier: MIT */
#ifndef RG_SUPERVISOR_MODULE_H
#define RG_SUPERVISOR_MODULE_H

/* The object that lies at an address of another process. */

#include "supervisor/sight.h"
#include "trace/modules.h"

/*
 * Its line for the list of modules. Return: the length; 0 where there is
 * nothing to say.
 */
size_t rg_module_describe(struct rg_sight *sight, uint64_t addr, uint64_t now,
			  char line[RG_MODULE_LINE_MAX]);

/* Where in its object it lies, as a report prints it; false: not known. */
bool rg_module_offset(struct rg_sight *sight, uint64_t addr,
		      uint64_t *ret_offset);

#endif
