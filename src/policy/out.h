/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_OUT_H
#define RG_POLICY_OUT_H

/* Text that goes out as it is made, to whoever wants it. */

#include <stddef.h>
#include <stdint.h>

struct rg_out {
	void (*put)(void *ctx, const char *text, size_t len);
	void *ctx;
	char separator; /* between options */
	unsigned nr;	/* of options so far */
};

void rg_out_text(struct rg_out *out, const char *text);
void rg_out_number(struct rg_out *out, uint64_t number);
/* With a backslash before what would end the value. */
void rg_out_escaped(struct rg_out *out, const char *value);
/* The start of one more option, "key=". */
void rg_out_key(struct rg_out *out, const char *key);

#endif
