/* SPDX-License-Identifier: MIT */
#ifndef RG_TESTS_UNIT_H
#define RG_TESTS_UNIT_H

/*
 * What every unit test program shares: one Check suite per program, its cases
 * named by `TESTS`, results as TAP on standard output, one child a case unless
 * CK_FORK=no.
 */

#include <check.h>

#define NR_ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Adds the program's tests to its one test case. */
void add_tests(TCase *tc);

/*
 * Many rounds of the same are so many times fewer where each takes long, as
 * under valgrind: RG_UNIT_LESS, or 1.
 */
int unit_less(void);

#endif
