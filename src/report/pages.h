/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_PAGES_H
#define RG_REPORT_PAGES_H

/*
 * docs/findings.md, which is in the program: a page is a section of it. All
 * that this layer relies on in that file is tested.
 */

#include <remapguard/model.h>

#include <stddef.h>
#include <stdio.h>

/* A piece of Markdown; not terminated. */
struct rg_text {
	const char *at;
	size_t len;
};

/* All of the file. */
struct rg_text rg_pages(void);
/* The page of a finding, without its heading. */
struct rg_text rg_page_of(enum rg_finding finding);
/* The paragraph of a page that begins with "**name.**"; without that. */
struct rg_text rg_page_part(struct rg_text page, const char *name);
/* What follows "- name: " in the page's list. */
struct rg_text rg_page_fact(struct rg_text page, const char *name);

/*
 * Print Markdown for a terminal, from column `indent` on: paragraphs and lists
 * are broken anew, code is left as it is, and the marks are gone. That is what
 * the pages use, and no more.
 */
void rg_print_markdown(FILE *out, struct rg_text text, size_t indent);
/* The same as one line, to be freed. */
char *rg_plain_markdown(struct rg_text text);

#endif
