/* SPDX-License-Identifier: MIT */

#include "words.h"

#include "policy/errors.h"

#include <remapguard/model.h>

#include <stddef.h>

static const struct rg_finding_info *finding_of(int i)
{
	return rg_finding_info((enum rg_finding)(i % RG_NR_FINDINGS));
}

const char *rg_words_finding(int i)
{
	if (i >= 2 * RG_NR_FINDINGS)
		return NULL;
	return i < RG_NR_FINDINGS ? finding_of(i)->id : finding_of(i)->name;
}

const char *rg_words_about_finding(int i)
{
	return i < 2 * RG_NR_FINDINGS ? finding_of(i)->sentence : NULL;
}

const char *rg_words_action(int finding, int i)
{
	(void)finding;
	return rg_action_name((enum rg_action)i);
}

static const struct rg_check_info *check_of(int i)
{
	return rg_check_info((enum rg_check)(RG_CHECK_NONE + 1 + i));
}

const char *rg_words_check(int i)
{
	return check_of(i) ? check_of(i)->name : NULL;
}

const char *rg_words_about_check(int i)
{
	return check_of(i) ? check_of(i)->sentence : NULL;
}

/* Numbers that are no errno, or have no name, lie between those that have. */
const char *rg_words_errno(int i)
{
	for (unsigned error = 0; error <= UINT8_MAX; error++) {
		const char *name = rg_errno_name((uint8_t)error);

		if (name && !i--)
			return name;
	}
	return NULL;
}

const char *rg_words_path(int i)
{
	return rg_path_name((enum rg_path)(RG_PATH_INVALID + 1 + i));
}
