/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_APART_H
#define RG_RUNTIME_APART_H

#include <stddef.h>

/*
 * Where a mapping of ours should go, as a hint for mmap: far from where the
 * kernel puts the program's. In a hole that the program has just made by
 * moving something away, it would end when the program unmaps the old range,
 * which does nothing without us.
 */
void *rg_apart(size_t size);

#endif
