/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_DEMANGLE_H
#define RG_REPORT_DEMANGLE_H

/* A C++ or Rust symbol as its source says it. To be freed; NULL: is none. */
char *rg_demangle(const char *symbol);

#endif
