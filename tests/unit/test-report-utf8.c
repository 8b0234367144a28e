/* SPDX-License-Identifier: MIT */

/* What is UTF-8, what takes the place of what is not, and JSON strings. */

#include "unit.h"

#include "report/json-text.h"
#include "report/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD RG_UTF8_REPLACEMENT

static const struct {
	const char *name;
	const char *bytes;
	const char *mended;
	const char *json;
} rows[] = {
	{ "nothing", "", "", "\"\"" },
	{ "ASCII", "a b", "a b", "\"a b\"" },
	{ "quotes and backslashes", "\"\\", "\"\\", "\"\\\"\\\\\"" },
	{ "control characters", "\x01\n\x1f\x7f", "\x01\n\x1f\x7f",
	  "\"\\u0001\\u000a\\u001f\\u007f\"" },
	{ "two bytes", "\xc3\xbc", "\xc3\xbc", "\"\xc3\xbc\"" },
	{ "three bytes", "\xe2\x82\xac", "\xe2\x82\xac", "\"\xe2\x82\xac\"" },
	{ "four bytes", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80",
	  "\"\xf0\x9f\x98\x80\"" },
	{ "the last of all", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf",
	  "\"\xf4\x8f\xbf\xbf\"" },
	{ "beyond the last", "\xf4\x90\x80\x80", BAD BAD BAD BAD,
	  "\"" BAD BAD BAD BAD "\"" },
	{ "no first byte", "\x80", BAD, "\"" BAD "\"" },
	{ "no byte of UTF-8", "\xff\xfe", BAD BAD, "\"" BAD BAD "\"" },
	{ "longer than it must be", "\xc0\x80", BAD BAD, "\"" BAD BAD "\"" },
	{ "longer than it must be, of three", "\xe0\x80\x80", BAD BAD BAD,
	  "\"" BAD BAD BAD "\"" },
	{ "longer than it must be, of four", "\xf0\x8f\xbf\xbf",
	  BAD BAD BAD BAD, "\"" BAD BAD BAD BAD "\"" },
	{ "a surrogate", "\xed\xa0\x80", BAD BAD BAD, "\"" BAD BAD BAD "\"" },
	{ "before the surrogates", "\xed\x9f\xbf", "\xed\x9f\xbf",
	  "\"\xed\x9f\xbf\"" },
	{ "cut off at the end", "a\xe2\x82", "a" BAD BAD, "\"a" BAD BAD "\"" },
	{ "cut off by a letter", "\xe2\x82z", BAD BAD "z", "\"" BAD BAD "z\"" },
	{ "good and bad", "\xc3\xbc\xff\xc3\xbc", "\xc3\xbc" BAD "\xc3\xbc",
	  "\"\xc3\xbc" BAD "\xc3\xbc\"" },
};

START_TEST(mended)
{
	char *got = rg_utf8_mend(rows[_i].bytes);

	ck_assert_msg(!strcmp(got, rows[_i].mended), "%s: got %s",
		      rows[_i].name, got);
	free(got);
}
END_TEST

START_TEST(string)
{
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	rg_json_put_string(out, rows[_i].bytes);
	fclose(out);
	ck_assert_msg(!strcmp(got, rows[_i].json), "%s: got %s", rows[_i].name,
		      got);
	free(got);
}
END_TEST

static const struct {
	const char *name;
	uint64_t value;
	const char *text;
} thousandths[] = {
	{ "nothing", 0, "0.000" },
	{ "less than one", 7, "0.007" },
	{ "one", 1000, "1.000" },
	{ "all there is", UINT64_MAX, "18446744073709551.615" },
};

START_TEST(number)
{
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	rg_json_put_thousandths(out, thousandths[_i].value);
	fclose(out);
	ck_assert_msg(!strcmp(got, thousandths[_i].text), "%s: got %s",
		      thousandths[_i].name, got);
	free(got);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, mended, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, string, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, number, 0, NR_ROWS(thousandths));
}
