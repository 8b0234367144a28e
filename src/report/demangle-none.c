/* SPDX-License-Identifier: MIT */

#include "report/demangle.h"

#include <stddef.h>

char *rg_demangle(const char *symbol)
{
	(void)symbol;
	return NULL;
}
