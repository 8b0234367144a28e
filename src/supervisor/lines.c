/* SPDX-License-Identifier: MIT */

#include "supervisor/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

void rg_proc_path(pid_t tid, const char *name, char ret_path[RG_PROC_PATH_MAX])
{
	if (tid)
		snprintf(ret_path, RG_PROC_PATH_MAX, "/proc/%d/%s", (int)tid,
			 name);
	else
		snprintf(ret_path, RG_PROC_PATH_MAX, "/proc/%s", name);
}

int rg_proc_open(pid_t tid, const char *name)
{
	char path[RG_PROC_PATH_MAX];
	int fd;

	rg_proc_path(tid, name, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int rg_proc_lines(pid_t tid, const char *name,
		  bool (*line)(void *ctx, const char *line, size_t len),
		  void *ctx)
{
	char path[RG_PROC_PATH_MAX];
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	FILE *in;
	int ret;

	rg_proc_path(tid, name, path);
	in = fopen(path, "re");
	if (!in)
		return -errno;
	while ((len = getline(&text, &room, in)) > 0) {
		if (text[len - 1] == '\n')
			len--;
		if (!line(ctx, text, (size_t)len))
			break;
	}
	ret = ferror(in) ? -EIO : 0;
	free(text);
	fclose(in);
	return ret;
}
