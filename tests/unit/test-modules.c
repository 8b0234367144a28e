/* SPDX-License-Identifier: MIT */

#include "unit.h"

#include "trace/modules.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	struct rg_module module;
	const char *line;
} rows[] = {
	{ .name = "an object with a build id",
	  .module = { .since = 1234,
		      .start = 0x7f12a0000000,
		      .end = 0x7f12a0200000,
		      .base = 0x7f12a0000000,
		      .build_id_len = 3,
		      .build_id = { 0x9f, 0x0a, 0xb2 },
		      .path = "/usr/lib/x.so" },
	  .line = "1234 7f12a0000000 7f12a0200000 7f12a0000000 9f0ab2 "
		  "/usr/lib/x.so\n" },
	{ .name = "no build id, base 0",
	  .module = { .start = 0x400000, .end = 0x401000, .path = "/bin/x y" },
	  .line = "0 400000 401000 0 - /bin/x y\n" },
	{ .name = "an awkward path",
	  .module = { .start = 1, .end = 2, .path = "/a\nb\\c" },
	  .line = "0 1 2 0 - /a\\nb\\\\c\n" },
};

START_TEST(formats_and_parses_back)
{
	char buf[RG_MODULE_LINE_MAX], path[RG_MODULE_PATH_MAX];
	const struct rg_module *want = &rows[_i].module;
	struct rg_module got;
	size_t len = rg_module_format(want, buf, sizeof(buf));

	buf[len] = '\0';
	ck_assert_msg(!strcmp(buf, rows[_i].line), "%s: wrote %s",
		      rows[_i].name, buf);
	ck_assert_msg(!rg_module_parse(buf, len - 1, path, &got), "%s",
		      rows[_i].name);
	ck_assert_msg(got.since == want->since && got.start == want->start &&
			      got.end == want->end && got.base == want->base &&
			      got.build_id_len == want->build_id_len &&
			      !memcmp(got.build_id, want->build_id,
				      sizeof(got.build_id)) &&
			      !strcmp(got.path, want->path),
		      "%s: read back otherwise", rows[_i].name);
}
END_TEST

static const char *const bad[] = {
	"",
	"1",
	"1 2 3 4 - ",
	"1 2 3 4 -",
	"1 3 2 4 - /x",
	"x 2 3 4 - /x",
	"1 2 3 4 abc /x",
	"1 2 3 4 zz /x",
	"1 2 3 4 - /x\\",
	"99999999999999999999 2 3 4 - /x",
	"1 2 3 4 "
	"000000000000000000000000000000000000000000000000000000000000000000"
	" /x",
};

START_TEST(refuses)
{
	char path[RG_MODULE_PATH_MAX];
	struct rg_module module = { .since = 0xad };
	int ret = rg_module_parse(bad[_i], strlen(bad[_i]), path, &module);

	ck_assert_msg(ret == -EINVAL, "'%s': got %d", bad[_i], ret);
	ck_assert_msg(module.since == 0xad, "'%s': touched", bad[_i]);
}
END_TEST

START_TEST(does_not_overflow)
{
	char line[RG_MODULE_PATH_MAX + 64] = "1 2 3 4 - ";
	char path[RG_MODULE_PATH_MAX];
	char buf[32];
	struct rg_module module;

	memset(line + 10, 'a', RG_MODULE_PATH_MAX);
	ck_assert_int_eq(
		rg_module_parse(line, 10 + RG_MODULE_PATH_MAX, path, &module),
		-EINVAL);
	ck_assert_int_eq(
		rg_module_parse(line, 9 + RG_MODULE_PATH_MAX, path, &module),
		0);
	ck_assert_uint_eq(rg_module_format(&module, buf, sizeof(buf)), 0);
}
END_TEST

void add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, formats_and_parses_back, 0, NR_ROWS(rows));
	tcase_add_loop_test(tc, refuses, 0, NR_ROWS(bad));
	tcase_add_test(tc, does_not_overflow);
}
