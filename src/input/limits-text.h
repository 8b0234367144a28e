/* SPDX-License-Identifier: MIT */
#ifndef RG_INPUT_LIMITS_TEXT_H
#define RG_INPUT_LIMITS_TEXT_H

#include "input/lines.h"

#include <remapguard/model.h>

/*
 * Limits as text: a line `key = value` for each that is known, the keys and
 * units those of struct rg_limits. Values may have K, M or G behind them; a
 * resource limit may be `unlimited`. Empty lines, and those that begin with
 * #, count for nothing.
 * Return: 0, with what the text gives set and known in *limits; or a negative
 * errno and *ret_error, with some of it set.
 */
int rg_limits_text_read(FILE *in, struct rg_limits *limits,
			struct rg_input_error *ret_error);

#endif
