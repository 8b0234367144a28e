/* SPDX-License-Identifier: MIT */

/* Built where libunwind is not. */

#include "runtime/unwind.h"

bool rg_unwind_libunwind_init(void)
{
	return false;
}

size_t rg_unwind_libunwind(void **frames, size_t max)
{
	(void)frames;
	(void)max;
	return 0;
}
