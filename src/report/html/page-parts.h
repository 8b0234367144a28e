/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_HTML_PAGE_PARTS_H
#define RG_REPORT_HTML_PAGE_PARTS_H

/* What every page is made of; put together by embed.py when built. */

/* html/page.html, with @names@ of what is to be filled in. */
extern const char rg_page_template[];
extern const char rg_page_style[];
/* The library, then ours. */
extern const char rg_page_script[];
/* 'sha256-…', for the Content-Security-Policy. */
extern const char rg_page_style_hash[];
extern const char rg_page_script_hash[];
/* The library's licences. */
extern const char rg_page_licences[];

#endif
