/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_ALLOC_H
#define RG_REPORT_ALLOC_H

/*
 * Memory for a program that cannot go on without it: these never return NULL.
 * When there is none they say so in one line and exit with status 1. Freed
 * with free().
 */

#include <stddef.h>

void *rg_alloc(size_t size); /* zeroed */
void *rg_grow(void *old, size_t nr, size_t size);
char *rg_copy_string(const char *str);
void *rg_copy(const void *bytes, size_t size);

/* Room for one more: doubles *capacity when nr has reached it. */
void *rg_grow_by_one(void *old, size_t nr, size_t *capacity, size_t size);

#endif
