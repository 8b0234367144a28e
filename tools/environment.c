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

/* Beside the CLI as built, or where it was installed. */
static bool find_object(char path[PATH_MAX])
{
	char *slash;

	if (rg_self_path(path)) {
		slash = strrchr(path, '/');
		if (slash - path + sizeof("/" OBJECT) <= PATH_MAX) {
			strcpy(slash, "/" OBJECT);
			if (!access(path, R_OK))
				return true;
		}
	}
	snprintf(path, PATH_MAX, "%s/%s", RG_LIBDIR, OBJECT);
	return !access(path, R_OK);
}

int rg_environment_set(const struct rg_run *run, const char *dir,
		       enum rg_generation generation)
{
	char object[PATH_MAX];

	if (!find_object(object))
		return rg_fail(OBJECT,
			       "neither beside this program nor in " RG_LIBDIR);
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
