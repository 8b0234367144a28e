/* SPDX-License-Identifier: MIT */

#include "exhaust-dir.h"

#include "commands.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ----------------------------------------------------------- an older one */

static bool is_ours(const char *name)
{
	static const char *const names[] = { ".", "..", RG_EXHAUST_JSON,
					     RG_EXHAUST_FIRST,
					     RG_EXHAUST_AGAIN };
	size_t digits;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	if (strncmp(name, "site-", 5) != 0)
		return false;
	digits = strspn(name + 5, "0123456789");
	return digits && !name[5 + digits];
}

static bool holds_only_ours(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool only_ours = dir;

	while (only_ours && (entry = readdir(dir)))
		only_ours = is_ours(entry->d_name);
	if (dir)
		closedir(dir);
	return only_ours;
}

/* All but the directory itself. */
static int remove_one(const char *path, const struct stat *stat_buf, int type,
		      struct FTW *at)
{
	(void)stat_buf;
	(void)type;
	return at->level ? remove(path) : 0;
}

static int remove_old(const char *path)
{
	if (!holds_only_ours(path))
		return rg_fail(path, "holds what is not of an earlier "
				     "--exhaust: not replaced");
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		return rg_fail(path, strerror(errno));
	return 0;
}

int rg_exhaust_dir_make(const char *path, bool force)
{
	if (!mkdir(path, 0700))
		return 0;
	if (errno != EEXIST)
		return rg_fail(path, strerror(errno));
	if (!force)
		return rg_fail(path, "exists already: --force replaces what "
				     "an earlier --exhaust left");
	return remove_old(path);
}

/* -------------------------------------------------------------- its files */

bool rg_files_are_same(const char *a, const char *b)
{
	FILE *left = fopen(a, "re");
	FILE *right = fopen(b, "re");
	bool same = left && right;
	int byte = 0;

	while (same && byte != EOF) {
		byte = getc(left);
		same = getc(right) == byte;
	}
	if (left)
		fclose(left);
	if (right)
		fclose(right);
	return same;
}

int rg_file_show(const char *path, int out)
{
	char bytes[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : 1;

	while (len > 0) {
		ssize_t done = 0;

		len = read(fd, bytes, sizeof(bytes));
		while (done < len) {
			ssize_t put =
				write(out, bytes + done, (size_t)(len - done));

			if (put < 0 && errno != EINTR)
				len = -1;
			else if (put > 0)
				done += put;
		}
	}
	if (fd >= 0)
		close(fd);
	return len < 0 ? -errno : 0;
}
