/* SPDX-License-Identifier: MIT */

#include "streamed.h"

#include "commands.h"
#include "output.h"

static int failed(const struct rg_report_error *err)
{
	rg_say("%s", err->text);
	return RG_EXIT_FAILURE;
}

int rg_write_streamed(const struct rg_streamed *streamed,
		      const char *const *dirs, size_t nr)
{
	struct rg_report_error err;
	struct rg_output output;
	struct rg_feed feed;
	int status;

	if (rg_feed_check(dirs, nr, &feed, &err))
		return failed(&err);
	status = rg_output_open(streamed->file, streamed->force, &output);
	if (status)
		return status;
	if (!streamed->write(streamed->ctx, &feed, output.out, &err))
		return rg_output_close(&output);
	rg_output_abandon(&output);
	return failed(&err);
}
