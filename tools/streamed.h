/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_STREAMED_H
#define RG_TOOLS_STREAMED_H

/* Output that is written while traces are read. */

#include "report/render-rows.h"

#include <stdbool.h>

struct rg_streamed {
	const char *file; /* NULL: standard output */
	bool force;	  /* overwrite it */
	int (*write)(void *ctx, const struct rg_feed *feed, FILE *out,
		     struct rg_report_error *err);
	void *ctx;
};

/*
 * Nothing is opened for writing before each of the traces could be opened, and
 * a new file that could not be finished is taken away again.
 * Return: the exit status, after a message where it is not 0.
 */
int rg_write_streamed(const struct rg_streamed *streamed,
		      const char *const *dirs, size_t nr);

#endif
