/* SPDX-License-Identifier: MIT */

#include "policy/flags.h"

#include "model/names.h"
#include "policy/size.h"
#include "policy/token.h"

#include <string.h>

static const char *const names[] = { "MAYMOVE", "FIXED", "DONTUNMAP" };

#define NR_NAMES (sizeof(names) / sizeof(names[0]))
#define PREFIX "MREMAP_"

const char *rg_flag_name(unsigned bit)
{
	return bit < NR_NAMES ? names[bit] : NULL;
}

static bool parse_flag(const char *word, uint64_t *flags)
{
	uint64_t number;

	if (!strncmp(word, PREFIX, sizeof(PREFIX) - 1))
		word += sizeof(PREFIX) - 1;
	for (unsigned i = 0; i < NR_NAMES; i++) {
		if (rg_name_is(word, names[i])) {
			*flags |= UINT64_C(1) << i;
			return true;
		}
	}
	if (!rg_size_parse(word, &number))
		return false;
	*flags |= number;
	return true;
}

/* Two bars with nothing between them, or one at an end, are a mistake. */
bool rg_flags_parse(const char *text, uint64_t *ret_flags)
{
	struct rg_token token = { .end = 0 };
	uint64_t flags = 0;
	size_t from = 0;

	while (rg_token_next(text, "|", &token)) {
		if (token.start != from || rg_token_is_cut(&token) ||
		    !parse_flag(token.text, &flags))
			return false;
		from = token.end + 1;
	}
	if (!from || text[from - 1])
		return false;
	*ret_flags = flags;
	return true;
}
