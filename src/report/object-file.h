/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_OBJECT_FILE_H
#define RG_REPORT_OBJECT_FILE_H

#include "report/names.h"

#include <elfutils/libdwfl.h>

/* An object's file, opened for its names. */
struct rg_object_file {
	Dwfl *dwfl; /* NULL: none */
	Dwfl_Module *module;
	enum rg_object_state state;
};

/* Never fails: state says what came of it. */
void rg_object_file_open(const struct rg_object *object,
			 struct rg_object_file *ret_file);
void rg_object_file_close(struct rg_object_file *file);

#endif
