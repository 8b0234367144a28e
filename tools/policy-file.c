/* SPDX-License-Identifier: MIT */

#include "policy-file.h"

#include "commands.h"

#include "input/policy-text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

typedef int read_text(FILE *in, struct rg_options *options,
		      const struct rg_critic *critic);

static void complain(void *ctx, struct rg_place place, const char *why)
{
	const char *name = ctx;

	if (place.line)
		rg_say("%s:%" PRIu64 ":%" PRIu64 ": %s", name, place.line,
		       place.column, why);
	else
		rg_fail(name, why);
}

static int read_file(const char *file, struct rg_options *options,
		     read_text *read)
{
	bool is_standard = !strcmp(file, "-");
	const char *name = is_standard ? "standard input" : file;
	struct rg_critic critic = { complain, (void *)name };
	FILE *in = is_standard ? stdin : fopen(file, "r");
	int ret;

	if (!in) {
		ret = -errno;
		rg_fail(name, strerror(-ret));
		return ret;
	}
	ret = read(in, options, &critic);
	if (!is_standard)
		fclose(in);
	return ret;
}

int rg_policy_file_read(const char *file, struct rg_options *options)
{
	return read_file(file, options, rg_policy_text_read);
}

int rg_suppress_file_read(const char *file, struct rg_options *options)
{
	return read_file(file, options, rg_suppressions_text_read);
}

static void put(void *out, const char *text, size_t len)
{
	fwrite(text, 1, len, out);
}

struct rg_out rg_out_to(FILE *out, char separator)
{
	return (struct rg_out){ put, out, separator };
}
