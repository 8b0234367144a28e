/* SPDX-License-Identifier: MIT */

#include "self.h"

#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

bool rg_self_path(char ret_path[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", ret_path, PATH_MAX - 1);
	const char *name = (const char *)getauxval(AT_EXECFN);

	if (len > 0) {
		ret_path[len] = '\0';
		return true;
	}
	return name && realpath(name, ret_path);
}
