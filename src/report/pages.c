/* SPDX-License-Identifier: MIT */

#include "report/pages.h"

#include <string.h>

/* docs/findings.md, each line a literal */
static const char findings[] =
#include "report/findings-text.inc"
	;

struct rg_text rg_pages(void)
{
	return (struct rg_text){ findings, sizeof(findings) - 1 };
}

static const char *find_heading(const struct rg_finding_info *info)
{
	char heading[64];

	snprintf(heading, sizeof(heading), "\n## %s %s\n", info->id,
		 info->name);
	return strstr(findings, heading);
}

/* A section goes on to the next heading, of whatever level. */
static const char *find_end(const char *at)
{
	const char *end = at;

	while ((end = strchr(end, '\n'))) {
		end++;
		if (!strncmp(end, "## ", 3) || !strncmp(end, "# ", 2))
			return end;
	}
	return at + strlen(at);
}

struct rg_text rg_page_of(enum rg_finding finding)
{
	const struct rg_finding_info *info = rg_finding_info(finding);
	const char *at = info ? find_heading(info) : NULL;

	if (!at)
		return (struct rg_text){ "", 0 };
	at = strchr(at + 1, '\n') + 1;
	return (struct rg_text){ at, (size_t)(find_end(at) - at) };
}

/* From behind the mark to the end of what it begins. */
static struct rg_text behind(struct rg_text page, const char *mark,
			     const char *end_mark)
{
	const char *end = page.at + page.len;
	const char *at = memmem(page.at, page.len, mark, strlen(mark));
	const char *stop;

	if (!at)
		return (struct rg_text){ "", 0 };
	at += strlen(mark);
	stop = memmem(at, (size_t)(end - at), end_mark, strlen(end_mark));
	return (struct rg_text){ at, (size_t)((stop ? stop : end) - at) };
}

struct rg_text rg_page_part(struct rg_text page, const char *name)
{
	char mark[64];

	snprintf(mark, sizeof(mark), "\n**%s.** ", name);
	return behind(page, mark, "\n\n");
}

struct rg_text rg_page_fact(struct rg_text page, const char *name)
{
	char mark[64];

	snprintf(mark, sizeof(mark), "\n- %s: ", name);
	return behind(page, mark, "\n");
}
