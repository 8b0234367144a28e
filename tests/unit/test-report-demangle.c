/* SPDX-License-Identifier: MIT */

#include "unit.h"

#include "report/demangle.h"

#include <stdlib.h>
#include <string.h>

static const struct row {
	const char *name;
	const char *symbol;
	const char *want; /* NULL: is none */
} rows[] = {
	{ "C", "realloc", NULL },
	{ "C, and a type's letter", "f", NULL },
	{ "C++", "_ZN4ring4growEm", "ring::grow(unsigned long)" },
	{ "C++ operator", "_Znwm", "operator new(unsigned long)" },
	{ "Rust, old mangling", "_ZN4core3fmt5write17h0123456789abcdefE",
	  "core::fmt::write" },
	{ "only looks like C++", "_ZZZZ", NULL },
};

START_TEST(demangled)
{
	const struct row *row = &rows[_i];
	char *got = rg_demangle(row->symbol);

	ck_assert_msg(row->want ? got && !strcmp(got, row->want) : !got,
		      "%s: got %s", row->name, got ? got : "nothing");
	free(got);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, demangled, 0, NR_ROWS(rows));
}
