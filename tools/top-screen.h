/* SPDX-License-Identifier: MIT */
#ifndef RG_TOOLS_TOP_SCREEN_H
#define RG_TOOLS_TOP_SCREEN_H

/* The terminal, by ncurses: a page that is drawn again, and keys. */

#include "top-lines.h"

#include <stdbool.h>
#include <stdio.h>

struct rg_screen;

/* NULL: the terminal can do no such thing, and is as it was. */
struct rg_screen *rg_screen_open(void);
void rg_screen_close(struct rg_screen *screen); /* may be NULL */

size_t rg_screen_columns(const struct rg_screen *screen);

/* What is written to it is the page. */
FILE *rg_screen_begin(struct rg_screen *screen);
/* Return: 0, or the exit status after a message. */
int rg_screen_end(struct rg_screen *screen);

/* Return: false where the user wants to end it. */
bool rg_screen_wait(struct rg_screen *screen, double seconds,
		    enum rg_top_order *order);

#endif
