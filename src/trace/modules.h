/* SPDX-License-Identifier: MIT */
#ifndef RG_TRACE_MODULES_H
#define RG_TRACE_MODULES_H

/*
 * The objects a process had mapped: the text file .modules-SLOT, a line each,
 * appended as they are first met on a stack.
 *
 *   SINCE START END BASE BUILD-ID PATH
 *   1234567890 7f12a0000000 7f12a0200000 7f12a0000000 9fa1b2… /usr/lib/x.so
 *
 * SINCE is decimal CLOCK_MONOTONIC ns; START, END and BASE are hexadecimal:
 * [START, END) is what its segments span, BASE what is added to its ELF
 * addresses. BUILD-ID is in hexadecimal, or - for none. PATH runs to the end
 * of the line, with \n and \\ escaped by a backslash. Of the lines that cover
 * an address, the last with SINCE not after the event is meant.
 */

#include <stddef.h>
#include <stdint.h>

#define RG_BUILD_ID_MAX 32
#define RG_MODULE_PATH_MAX 1024
#define RG_MODULE_LINE_MAX (2 * RG_MODULE_PATH_MAX + 256)

struct rg_module {
	uint64_t since;
	uint64_t start;
	uint64_t end;
	uint64_t base;
	uint8_t build_id_len; /* 0 for none */
	uint8_t build_id[RG_BUILD_ID_MAX];
	const char *path;
};

/*
 * Write the module's line, newline included and no zero after it.
 * Return: its length; 0 when it does not fit in size.
 */
size_t rg_module_format(const struct rg_module *module, char *buf, size_t size);

/*
 * Read one line, without its newline. path is unescaped into path_buf, of
 * RG_MODULE_PATH_MAX bytes, which ret_module->path then points to.
 * Return: 0, or -EINVAL for a line that is not one of ours.
 */
int rg_module_parse(const char *line, size_t len, char *path_buf,
		    struct rg_module *ret_module);

#endif
