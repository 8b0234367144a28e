/* SPDX-License-Identifier: MIT */
#ifndef RG_INPUT_POLICY_TEXT_H
#define RG_INPUT_POLICY_TEXT_H

/*
 * Policies and suppressions as people write them (docs/policy.md). All that is
 * wrong with one is told, not only the first of it.
 */

#include "input/lines.h"
#include "policy/options.h"

struct rg_place {
	uint64_t line;	 /* from 1; 0 when it is not about one */
	uint64_t column; /* in bytes, from 1 */
};

struct rg_critic {
	void (*complain)(void *ctx, struct rg_place place, const char *why);
	void *ctx;
};

/*
 * Read over *options. Return: 0; or -EINVAL or another negative errno after
 * complaints, with some of it read.
 */
int rg_policy_text_read(FILE *in, struct rg_options *options,
			const struct rg_critic *critic);
int rg_suppressions_text_read(FILE *in, struct rg_options *options,
			      const struct rg_critic *critic);

#endif
