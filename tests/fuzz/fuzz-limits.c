/* SPDX-License-Identifier: MIT */

/* Files of limits: what is read can be written down and read again. */

#include "fuzz.h"

#include "input/limits-text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int read_text(const void *text, size_t len, struct rg_limits *limits)
{
	struct rg_input_error error = { 0 };
	FILE *in = fmemopen((void *)text, len, "r");
	int ret = rg_limits_text_read(in, limits, &error);

	fclose(in);
	must(!ret || (ret == -EINVAL && error.line && *error.why));
	return ret;
}

static uint64_t value_of(const struct rg_limits *limits, int limit)
{
	return (&limits->page_size)[limit];
}

static void check_again(const struct rg_limits *limits)
{
	struct rg_limits again = { 0 };
	char text[RG_NR_LIMITS * 64];
	size_t len = 0;

	for (int i = 0; i < RG_NR_LIMITS; i++) {
		if (limits->known & 1u << i)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s = %" PRIu64 "\n",
						rg_limit_name((enum rg_limit)i),
						value_of(limits, i));
	}
	if (!len)
		return;
	must(!read_text(text, len, &again));
	must(again.known == limits->known);
	for (int i = 0; i < RG_NR_LIMITS; i++)
		must(value_of(&again, i) == value_of(limits, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rg_limits limits = { 0 };

	if (!size || read_text(data, size, &limits))
		return 0;
	must(!(limits.known >> RG_NR_LIMITS));
	check_again(&limits);
	return 0;
}
