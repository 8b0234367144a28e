/* SPDX-License-Identifier: MIT */
#ifndef RG_ORACLE_MACHINE_H
#define RG_ORACLE_MACHINE_H

/* What holds for the whole machine, found once. */

#include <remapguard/model.h>

struct machine {
	struct rg_kernel kernel;
	uint64_t page;	    /* bytes */
	uint64_t huge;	    /* bytes; of huge pages and of THP */
	uint64_t task_size; /* first address no mapping may reach */
	uint64_t min_addr;  /* vm.mmap_min_addr */
	bool ours;	    /* its settings may be changed */
	int memory_fd;	    /* a memfd */
	int file_fd;	    /* a short regular file */
	int zero_fd;	    /* /dev/zero */
};

extern struct machine machine;

/* 0, or -errno with *ret_what saying of what. */
int machine_find(bool ours, const char **ret_what);

/* Settings that only a machine of our own may be given. */
enum setting {
	SETTING_MAX_MAP_COUNT,
	SETTING_OVERCOMMIT,
	SETTING_OVERCOMMIT_RATIO,
	SETTING_MMAP_MIN_ADDR, /* machine.min_addr follows */
	NR_SETTINGS
};

uint64_t setting_read(enum setting setting);
int setting_write(enum setting setting, uint64_t value);

/* The first number behind key in the text of a file; 0 for none. */
uint64_t text_number(const char *text, const char *key);
/* A file's text, as much as fits, with a NUL behind it. */
uint64_t text_read(const char *path, char *buf, uint64_t size);

#endif
