/* SPDX-License-Identifier: MIT */

#include "report/demangle.h"

#include <libiberty/demangle.h>
#include <string.h>

char *rg_demangle(const char *symbol)
{
	/* C names are none, though "f" would read as the type float */
	if (strncmp(symbol, "_Z", 2) && strncmp(symbol, "_R", 2))
		return NULL;
	return cplus_demangle(symbol, DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO);
}
