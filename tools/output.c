/* SPDX-License-Identifier: MIT */

#include "output.h"

#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only a regular file can be lost by being written over. */
static bool may_overwrite(const char *file, bool force)
{
	struct stat st;

	return force || (!stat(file, &st) && !S_ISREG(st.st_mode));
}

static FILE *open_file(const char *file, bool force)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC |
		    (may_overwrite(file, force) ? O_TRUNC : O_EXCL);
	int fd = open(file, flags, 0666);

	return fd < 0 ? NULL : fdopen(fd, "w");
}

int rg_output_open(const char *file, bool force, struct rg_output *ret_output)
{
	FILE *out = file ? open_file(file, force) : stdout;

	if (!out && errno == EEXIST)
		return rg_fail(file, "exists, and --force not given");
	if (!out)
		return rg_fail(file, strerror(errno));
	*ret_output =
		(struct rg_output){ out, file ? file : "standard output" };
	return 0;
}

/* stdio remembers that a write failed, not why; a flush says it again. */
int rg_output_close(struct rg_output *output)
{
	FILE *out = output->out;
	int failed = ferror(out);
	int error = 0;

	if (fflush(out))
		error = errno;
	if (out != stdout && fclose(out) && !error)
		error = errno;
	if (!failed && !error)
		return 0;
	return rg_fail(output->name,
		       error ? strerror(error) : "not all was written");
}

void rg_output_abandon(struct rg_output *output)
{
	struct stat st;

	if (output->out == stdout)
		return;
	if (!fstat(fileno(output->out), &st) && S_ISREG(st.st_mode))
		unlink(output->name);
	fclose(output->out);
}
