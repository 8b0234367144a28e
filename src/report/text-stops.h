/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_TEXT_STOPS_H
#define RG_REPORT_TEXT_STOPS_H

#include <remapguard/model.h>

#include <stdio.h>

/*
 * Print the stops of a call, a line each, and those that were not reached as
 * one list. What is not known is called `missing`.
 */
void rg_print_stops(const struct rg_stop *stops, size_t nr, const char *missing,
		    FILE *out);

#endif
