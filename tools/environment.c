/* SPDX-License-Identifier: MIT */

#include "environment.h"

#include "commands.h"
#include "self.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECT "libremapguard.so"

static int set_from(const char *variable, char *value)
{
	int ret = value ? setenv(variable, value, 1) : -1;

	free(value);
	return ret;
}

static int set_options(const struct rg_run *run, const char *dir,
		       enum rg_generation generation)
{
	char *value = NULL;
	size_t len;
	FILE *out = open_memstream(&value, &len);

	if (!out)
		return -1;
	rg_run_put_options(out, run, dir, generation);
	if (fclose(out))
		return -1;
	return set_from("REMAPGUARD_OPTIONS", value);
}

static int append_to(const char *variable, char separator, const char *what)
{
	char *value = NULL;
	size_t len;
	FILE *out = open_memstream(&value, &len);

	if (!out)
		return -1;
	rg_run_put_existing(out, variable, separator);
	fputs(what, out);
	if (fclose(out))
		return -1;
	return set_from(variable, value);
}

/* ----------------------------------------------------------- the object */

static bool is_object(const char *dir, const char *below, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s%s/" OBJECT, dir, below);

	return len < PATH_MAX && !access(path, R_OK);
}

static bool cut_end(char *path, const char *end)
{
	size_t len = strlen(path);
	size_t end_len = strlen(end);

	if (len < end_len || strcmp(path + len - end_len, end))
		return false;
	path[len - end_len] = '\0';
	return true;
}

/*
 * Beside the CLI as built; where both were installed, below whatever directory
 * that was moved to since; or where it was meant to be.
 */
static bool find_object(char path[PATH_MAX])
{
	char self[PATH_MAX];

	if (rg_self_path(self)) {
		*strrchr(self, '/') = '\0';
		if (is_object(self, "", path) ||
		    (cut_end(self, RG_BIN) && is_object(self, RG_LIB, path)))
			return true;
	}
	return is_object(RG_LIBDIR, "", path);
}

/* Is one for 32-bit programs installed below the same prefix? */
static bool find_narrow(const char *object, char ret_prefix[PATH_MAX])
{
	char narrow[PATH_MAX];

	strcpy(ret_prefix, object);
	return *RG_LIB_NARROW && cut_end(ret_prefix, RG_LIB "/" OBJECT) &&
	       is_object(ret_prefix, RG_LIB_NARROW, narrow);
}

bool rg_environment_has_narrow(void)
{
	char object[PATH_MAX];
	char prefix[PATH_MAX];

	return find_object(object) && find_narrow(object, prefix);
}

/* The supervisor sees all that 32-bit programs do, and would see it twice. */
static void let_loader_choose(const struct rg_run *run, char object[PATH_MAX])
{
	char prefix[PATH_MAX];

	if (!rg_run_covers_all(run) && find_narrow(object, prefix))
		/* shorter than what it takes the place of */
		strcpy(object + strlen(prefix), "/$LIB/" OBJECT);
}

int rg_environment_set(const struct rg_run *run, const char *dir,
		       enum rg_generation generation)
{
	char object[PATH_MAX];

	if (!find_object(object))
		return rg_fail(OBJECT,
			       "neither beside this program nor in " RG_LIBDIR);
	let_loader_choose(run, object);
	/* the loader splits the list at both, and knows no quoting */
	if (strpbrk(object, ": "))
		return rg_fail(object, "a path with a colon or a space "
				       "cannot be preloaded");
	if (append_to("LD_PRELOAD", ':', object) ||
	    /* an ASan-built program insists on being first otherwise */
	    append_to("ASAN_OPTIONS", ':', "verify_asan_link_order=0") ||
	    set_options(run, dir, generation))
		return rg_fail("environment", strerror(ENOMEM));
	return 0;
}
