/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_ERROR_H
#define RG_REPORT_ERROR_H

/*
 * Why a trace could not be read: "DIR/FILE: why", one line for people. What
 * it quotes may come from the trace, so nothing in it moves a cursor.
 */

struct rg_report_error {
	char text[4608];
};

/* Fill in *err. Return: code, so that callers can pass it on at once. */
int rg_report_fail(struct rg_report_error *err, int code, const char *format,
		   ...) __attribute__((format(printf, 3, 4)));

/* Replace bytes that a terminal would act upon, in place. */
void rg_plain_text(char *text);

#endif
