/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_DIRECTORY_H
#define RG_REPORT_DIRECTORY_H

/*
 * Plain reading of the files in a trace directory. No symbolic link in it is
 * followed, and nothing but a regular file is read.
 */

#include "report/error.h"

#include <stddef.h>
#include <stdint.h>

struct rg_directory {
	const char *path; /* as given, for messages */
	int fd;
};

struct rg_bytes {
	uint8_t *at;
	size_t len;
};

int rg_directory_open(const char *path, struct rg_directory *ret_dir,
		      struct rg_report_error *err);
void rg_directory_close(struct rg_directory *dir);

/*
 * Open a file for reading.
 * Return: a descriptor; -ENOENT and others with *err filled in.
 */
int rg_directory_file(const struct rg_directory *dir, const char *name,
		      uint64_t *ret_size, struct rg_report_error *err);

/* Read a whole file, and a zero behind it; ret_bytes->at is to be freed. */
int rg_directory_read(const struct rg_directory *dir, const char *name,
		      struct rg_bytes *ret_bytes, struct rg_report_error *err);

/* Exactly len bytes from offset, or -EIO, -ENODATA. */
int rg_read_at(int fd, void *buf, size_t len, uint64_t offset);

#endif
