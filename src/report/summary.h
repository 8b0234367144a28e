/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_SUMMARY_H
#define RG_REPORT_SUMMARY_H

#include <stdio.h>

/*
 * A few lines on a finished trace, for the end of `remapguard run`: calls,
 * failures with the first reason, bytes moved, losses, and how to read more.
 * Return: 0; a negative errno after one line to out that says why not.
 */
int rg_report_summary(const char *dir, FILE *out);

#endif
