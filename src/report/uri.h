/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_URI_H
#define RG_REPORT_URI_H

#include <stdbool.h>

/*
 * A path as a URI, to be freed: relative to the directory base where it lies
 * below, "file:///..." where it does not. "." and ".." are taken out; a
 * relative path stays one.
 */
char *rg_uri_of(const char *path, const char *base, bool *ret_below);

#endif
