/* SPDX-License-Identifier: MIT */

#include "report/uri.h"

#include "report/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t part_len(const char *path)
{
	return strcspn(path, "/");
}

static bool is_part(const char *path, size_t len, const char *what)
{
	return len == strlen(what) && !strncmp(path, what, len);
}

/* Where the last part of the first len bytes begins, with its slash. */
static size_t last_part(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

/* By its letters alone: the file may not be there. To be freed. */
static char *normalized(const char *path)
{
	char *to = rg_alloc(strlen(path) + 2);
	size_t len = 0;

	while (*path) {
		size_t part = part_len(path);
		bool up = is_part(path, part, "..");

		if (up && len &&
		    !is_part(to + last_part(to, len) + 1,
			     len - last_part(to, len) - 1, "..")) {
			len = last_part(to, len);
		} else if (part && !is_part(path, part, ".")) {
			to[len++] = '/';
			memcpy(to + len, path, part);
			len += part;
		}
		path += part;
		path += *path == '/';
	}
	to[len] = '\0';
	return to;
}

/* All but what RFC 3986 lets stand in a path. */
static char *encoded(const char *scheme, const char *path)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~/!$&'()*+,;=@";
	char *uri = rg_alloc(strlen(scheme) + 3 * strlen(path) + 1);
	char *to = stpcpy(uri, scheme);

	for (; *path; path++) {
		if (strchr(plain, *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*path);
	}
	*to = '\0';
	return uri;
}

static bool is_below(const char *path, const char *base)
{
	size_t len = strlen(base);

	return len && !strncmp(path, base, len) && path[len] == '/';
}

char *rg_uri_of(const char *path, const char *base, bool *ret_below)
{
	char *whole = normalized(path);
	char *uri;

	*ret_below = *path == '/' && is_below(whole, base);
	if (*ret_below)
		uri = encoded("", whole + strlen(base) + 1);
	else if (*path == '/')
		uri = encoded("file://", whole);
	else
		uri = encoded("", *whole ? whole + 1 : whole);
	free(whole);
	return uri;
}
