/* SPDX-License-Identifier: MIT */
#ifndef RG_POLICY_TOKEN_H
#define RG_POLICY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* Longer than any word that is looked up in a table. */
#define RG_TOKEN_MAX 32

/* A word of a value; one that is too long is cut, and in no table. */
struct rg_token {
	char text[RG_TOKEN_MAX];
	size_t start; /* in the value */
	size_t end;
};

/*
 * The next run of bytes that are no separators, from text[token->end] on; so
 * begin with end 0. False at the end of text, with start there.
 */
bool rg_token_next(const char *text, const char *separators,
		   struct rg_token *token);

static inline bool rg_token_is_cut(const struct rg_token *token)
{
	return token->end - token->start >= RG_TOKEN_MAX;
}

#endif
