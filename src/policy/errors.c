/* SPDX-License-Identifier: MIT */

/* What strerrorname_np() knows of memory, where libc may not be called. */

#include "policy/errors.h"

#include "model/names.h"

#include <errno.h>
#include <stddef.h>

#define ROW(error)                                                             \
	{                                                                      \
		error, #error                                                  \
	}

static const struct row {
	uint8_t error;
	const char *name;
} rows[] = { ROW(EPERM),   ROW(ENOENT),	  ROW(ESRCH),	  ROW(EINTR),
	     ROW(EIO),	   ROW(ENXIO),	  ROW(E2BIG),	  ROW(ENOEXEC),
	     ROW(EBADF),   ROW(ECHILD),	  ROW(EAGAIN),	  ROW(ENOMEM),
	     ROW(EACCES),  ROW(EFAULT),	  ROW(ENOTBLK),	  ROW(EBUSY),
	     ROW(EEXIST),  ROW(EXDEV),	  ROW(ENODEV),	  ROW(ENOTDIR),
	     ROW(EISDIR),  ROW(EINVAL),	  ROW(ENFILE),	  ROW(EMFILE),
	     ROW(ENOTTY),  ROW(ETXTBSY),  ROW(EFBIG),	  ROW(ENOSPC),
	     ROW(ESPIPE),  ROW(EROFS),	  ROW(EMLINK),	  ROW(EPIPE),
	     ROW(EDOM),	   ROW(ERANGE),	  ROW(EDEADLK),	  ROW(ENOSYS),
	     ROW(ENODATA), ROW(ETIME),	  ROW(EOVERFLOW), ROW(EOPNOTSUPP),
	     ROW(ENOBUFS), ROW(ETIMEDOUT) };

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

const char *rg_errno_name(uint8_t error)
{
	for (size_t i = 0; i < NR_ROWS; i++) {
		if (rows[i].error == error)
			return rows[i].name;
	}
	return NULL;
}

uint8_t rg_errno_from_name(const char *name)
{
	for (size_t i = 0; i < NR_ROWS; i++) {
		if (rg_name_is(rows[i].name, name))
			return rows[i].error;
	}
	return 0;
}
