/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_RENDER_PAGE_H
#define RG_REPORT_RENDER_PAGE_H

/*
 * A finding's page, out of docs/findings.md, and a check's, out of the model's
 * own lists. Errors of the stream are the caller's to notice.
 */

#include <remapguard/model.h>

#include <stdio.h>

void rg_render_finding_text(enum rg_finding finding, FILE *out);
void rg_render_check_text(enum rg_check check, FILE *out);
/* How to fix it, as a row. */
void rg_print_fix(enum rg_finding finding, FILE *out);
/* Either may be none: RG_NR_FINDINGS, RG_CHECK_NONE. */
void rg_render_page_json(enum rg_finding finding, enum rg_check check,
			 FILE *out);

#endif
