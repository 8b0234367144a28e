/* SPDX-License-Identifier: MIT */

#include "top-screen.h"

#include "commands.h"
#include "report/alloc.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct rg_screen {
	SCREEN *curses;
	FILE *out;
	char *page;
	size_t len;
};

struct rg_screen *rg_screen_open(void)
{
	struct rg_screen *screen;
	SCREEN *curses;

	setlocale(LC_CTYPE, "");
	curses = newterm(NULL, stdout, stdin);
	if (!curses)
		return NULL;
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	screen = rg_alloc(sizeof(*screen));
	screen->curses = curses;
	return screen;
}

void rg_screen_close(struct rg_screen *screen)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen->curses);
	free(screen->page);
	free(screen);
}

size_t rg_screen_columns(const struct rg_screen *screen)
{
	(void)screen;
	return (size_t)COLS;
}

FILE *rg_screen_begin(struct rg_screen *screen)
{
	free(screen->page);
	screen->page = NULL;
	screen->out = open_memstream(&screen->page, &screen->len);
	if (!screen->out) {
		endwin();
		exit(rg_fail("memory", strerror(errno)));
	}
	return screen->out;
}

static void draw_line(int y, const char *line, int len)
{
	if (y == 0)
		attron(A_BOLD);
	mvaddnstr(y, 0, line, len);
	attrset(A_NORMAL);
}

/* Lines that are too long, or too many, are not seen. */
int rg_screen_end(struct rg_screen *screen)
{
	const char *line;
	int y = 0;

	if (fclose(screen->out))
		return rg_fail("memory", strerror(errno));
	erase();
	for (line = screen->page; *line && y < LINES; y++) {
		size_t len = strcspn(line, "\n");

		draw_line(y, line, (int)len);
		line += len + (line[len] == '\n');
	}
	refresh();
	return 0;
}

bool rg_screen_wait(struct rg_screen *screen, double seconds,
		    enum rg_top_order *order)
{
	double end = rg_top_now() + seconds;
	double left;

	(void)screen;
	while ((left = end - rg_top_now()) > 0) {
		timeout((int)(left * 1000) + 1);
		switch (getch()) {
		case 'q':
		case 'Q':
			return false;
		case 'c':
			*order = RG_TOP_CALLS;
			return true;
		case 'f':
			*order = RG_TOP_FAILED;
			return true;
		case 'b':
			*order = RG_TOP_BYTES;
			return true;
		default:
			break;
		}
	}
	return true;
}
