/* SPDX-License-Identifier: MIT */

#include "policy/token.h"

#include <string.h>

static bool separates(char c, const char *separators)
{
	return c && strchr(separators, c);
}

bool rg_token_next(const char *text, const char *separators,
		   struct rg_token *token)
{
	size_t at = token->end;
	size_t len = 0;

	while (separates(text[at], separators))
		at++;
	token->start = at;
	for (; text[at] && !separates(text[at], separators); at++) {
		if (len < sizeof(token->text) - 1)
			token->text[len++] = text[at];
	}
	token->text[len] = '\0';
	token->end = at;
	return len;
}
