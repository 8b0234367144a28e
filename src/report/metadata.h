/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_METADATA_H
#define RG_REPORT_METADATA_H

#include "trace/ctf.h"

#include <stddef.h>
#include <stdint.h>

/* What a trace says of itself. */
struct rg_trace_env {
	char version[64];
	char kernel[128];
	char generation[16];
	char machine[64];
	uint64_t clock_offset_ns;
	uint32_t format;
};

/*
 * Read the text of the file metadata, which a zero ends. It is taken only if
 * it is, to the byte, what rg_ctf_metadata() writes for the same environment
 * and format; the labels of enumerations may be more or fewer, since a release
 * may know another check. So no decoder meets a layout that is not ours.
 * Return: 0, or -EINVAL with a sentence in *ret_why.
 */
int rg_metadata_parse(const char *text, struct rg_trace_env *ret_env,
		      const char **ret_why);

#endif
