/* SPDX-License-Identifier: MIT */

#include "target.h"

#include "environment.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What the program's ELF headers say. */
struct headers {
	bool is_elf;
	bool is_foreign;       /* of another word size */
	bool is_narrow;	       /* and one that this machine has as well */
	char loader[PATH_MAX]; /* PT_INTERP; "" for none */
};

/* ------------------------------------------------------------- finding it */

/* Return: 0, if it can be executed. */
static int look_at(const char *path)
{
	struct stat stat_buf;

	if (stat(path, &stat_buf))
		return errno == EACCES ? -EACCES : -ENOENT;
	if (!S_ISREG(stat_buf.st_mode) || access(path, X_OK))
		return -EACCES;
	return 0;
}

static int try_path(const char *dir, size_t dir_len, const char *name,
		    char path[PATH_MAX])
{
	size_t name_len = strlen(name);

	/* an empty entry of PATH is the current directory */
	if (!dir_len) {
		dir = ".";
		dir_len = 1;
	}
	if (dir_len + 1 + name_len + 1 > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(path, dir, dir_len);
	path[dir_len] = '/';
	memcpy(path + dir_len + 1, name, name_len + 1);
	return look_at(path);
}

static int search_path(const char *name, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH");
	int best = -ENOENT;

	if (!dirs)
		dirs = "/bin:/usr/bin";
	for (;;) {
		size_t len = strcspn(dirs, ":");
		int ret = try_path(dirs, len, name, path);

		if (!ret)
			return 0;
		if (ret == -EACCES)
			best = ret;
		if (!dirs[len])
			return best;
		dirs += len + 1;
	}
}

static int find(const char *name, char path[PATH_MAX])
{
	if (!*name)
		return -ENOENT;
	if (!strchr(name, '/'))
		return search_path(name, path);
	if (strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(path, name);
	return look_at(path);
}

/* ---------------------------------------------------------- looking at it */

static void read_loader(Elf *elf, int fd, struct headers *headers)
{
	size_t nr;

	if (elf_getphdrnum(elf, &nr))
		return;
	for (size_t i = 0; i < nr; i++) {
		GElf_Phdr phdr;
		size_t len;

		if (!gelf_getphdr(elf, (int)i, &phdr) ||
		    phdr.p_type != PT_INTERP)
			continue;
		len = phdr.p_filesz < PATH_MAX ? phdr.p_filesz : PATH_MAX - 1;
		if (pread(fd, headers->loader, len, (off_t)phdr.p_offset) <= 0)
			headers->loader[0] = '\0';
	}
}

static void read_elf(int fd, struct headers *headers)
{
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	GElf_Ehdr header;

	if (elf && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header)) {
		headers->is_elf = true;
		headers->is_foreign =
			header.e_ident[EI_CLASS] !=
			(sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32);
		headers->is_narrow = header.e_machine == EM_386;
		read_loader(elf, fd, headers);
	}
	elf_end(elf);
}

/* A script's interpreter: the first word after "#!". */
static bool read_interpreter(int fd, char path[PATH_MAX])
{
	char line[256] = "";
	ssize_t len = pread(fd, line, sizeof(line) - 1, 0);
	const char *start = line + 2;

	if (len < 3 || line[0] != '#' || line[1] != '!')
		return false;
	start += strspn(start, " \t");
	len = (ssize_t)strcspn(start, " \t\n");
	memcpy(path, start, (size_t)len);
	path[len] = '\0';
	return len > 0;
}

/* Scripts of scripts end somewhere; the kernel gives up at about this many. */
#define MAX_SCRIPTS 5

static struct headers look(const char *path)
{
	struct headers headers = { 0 };
	char interpreter[PATH_MAX];
	bool is_script = true;

	for (int i = 0; is_script && i < MAX_SCRIPTS; i++) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			break;
		is_script = read_interpreter(fd, interpreter);
		if (!is_script)
			read_elf(fd, &headers);
		close(fd);
		path = interpreter;
	}
	return headers;
}

static bool gains_rights(const char *path)
{
	struct stat stat_buf;

	if (stat(path, &stat_buf))
		return false;
	if (stat_buf.st_mode & S_ISUID && stat_buf.st_uid != geteuid())
		return true;
	if (stat_buf.st_mode & S_ISGID && stat_buf.st_gid != getegid())
		return true;
	/* root gains nothing by capabilities */
	return geteuid() && getxattr(path, "security.capability", NULL, 0) > 0;
}

static const char *why_unseen(const char *path)
{
	struct headers headers = look(path);

	if (gains_rights(path))
		return "it runs with more rights than its caller "
		       "(setuid, setgid or capabilities), and the loader "
		       "ignores LD_PRELOAD then";
	if (headers.is_elf && !headers.loader[0])
		return "it is statically linked, and no loader reads "
		       "LD_PRELOAD";
	if (headers.is_foreign &&
	    !(headers.is_narrow && rg_environment_has_narrow()))
		return "it is of another word size than this remapguard";
	if (strstr(headers.loader, "musl"))
		return "it is linked with musl, whose own calls (realloc) "
		       "cannot be seen";
	return NULL;
}

int rg_target_find(const char *name, struct rg_target *ret_target)
{
	struct rg_target target = { 0 };
	int ret = find(name, target.path);

	if (ret)
		return ret;
	elf_version(EV_CURRENT);
	target.unseen = why_unseen(target.path);
	*ret_target = target;
	return 0;
}
