/* SPDX-License-Identifier: MIT */

#include "policy/out.h"

#include <string.h>

void rg_out_text(struct rg_out *out, const char *text)
{
	out->put(out->ctx, text, strlen(text));
}

void rg_out_number(struct rg_out *out, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	out->put(out->ctx, digits + at, sizeof(digits) - at);
}

void rg_out_escaped(struct rg_out *out, const char *value)
{
	for (; *value; value++) {
		if (strchr(":\\,\n", *value))
			out->put(out->ctx, "\\", 1);
		out->put(out->ctx, value, 1);
	}
}

void rg_out_key(struct rg_out *out, const char *key)
{
	if (out->nr++)
		out->put(out->ctx, &out->separator, 1);
	rg_out_text(out, key);
	rg_out_text(out, "=");
}
