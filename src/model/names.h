/* SPDX-License-Identifier: MIT */
#ifndef RG_MODEL_NAMES_H
#define RG_MODEL_NAMES_H

#include <stdbool.h>

/* strcmp(a, b) == 0, without the C library. */
static inline bool rg_name_is(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

#endif
