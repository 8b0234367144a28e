/* SPDX-License-Identifier: MIT */

#include "report/error.h"

#include <stdarg.h>
#include <stdio.h>

/* C0, DEL, and C1 as UTF-8 writes it (0xC2 0x80 to 0xC2 0x9F). */
void rg_plain_text(char *text)
{
	unsigned char *at = (unsigned char *)text;

	for (; *at; at++) {
		if (*at < ' ' || *at == 0x7f)
			*at = '?';
		else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
			at[0] = at[1] = '?';
	}
}

int rg_report_fail(struct rg_report_error *err, int code, const char *format,
		   ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	rg_plain_text(err->text);
	return code;
}
