/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_WORDS_H
#define RG_TOOLS_WORDS_H

/*
 * Words that more than one command takes, for struct rg_words: the i'th of
 * each kind, NULL behind the last.
 */

/* "RG101", and after all of these "clobber"; what is wrong. */
const char *rg_words_finding(int i);
const char *rg_words_about_finding(int i);
/* "ignore", …: behind any finding. */
const char *rg_words_action(int finding, int i);
/* "overlap", …; why it refuses. */
const char *rg_words_check(int i);
const char *rg_words_about_check(int i);
/* "EPERM", … */
const char *rg_words_errno(int i);
/* "no-resize", …, as a report has them. */
const char *rg_words_path(int i);

#endif
