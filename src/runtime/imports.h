/* SPDX-License-Identifier: MIT */
#ifndef RG_RUNTIME_IMPORTS_H
#define RG_RUNTIME_IMPORTS_H

#include <stdbool.h>

/*
 * Have an opened library call to instead of the function it imports by that
 * name. handle is dlopen()'s, with RTLD_NOW.
 * Return: false when it imports no such function, or its table of imports
 * cannot be written to: nothing has changed then.
 */
bool rg_imports_redirect(void *handle, const char *name, void *to);

#endif
