/* SPDX-License-Identifier: MIT */

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#ifdef NDEBUG
#error "tests need their assertions"
#endif

int unit_less(void)
{
	const char *text = getenv("RG_UNIT_LESS");
	int less = text ? atoi(text) : 1;

	return less > 0 ? less : 1;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	Suite *suite = suite_create(slash ? slash + 1 : argv[0]);
	TCase *tc = tcase_create("all");
	SRunner *runner;
	int failed;

	(void)argc;
	tcase_set_timeout(tc, 120);
	add_tests(tc);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
