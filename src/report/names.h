/* SPDX-License-Identifier: MIT */
#ifndef RG_REPORT_NAMES_H
#define RG_REPORT_NAMES_H

/*
 * What people call a place: function, file and line, from the object's own
 * debugging information or a separate file's (build id or .gnu_debuglink, in
 * the usual directories; debuginfod where DEBUGINFOD_URLS names one), else
 * from its symbols, else nothing but module and offset. Names are looked up
 * once for each place.
 *
 * Objects are the only files outside a trace that it can make us open: read
 * only, regular files only, and believed only if they are still what the
 * trace saw: the build id is the same or, where there was none, the file is
 * older than the mapping.
 */

#include "report/objects.h"

/* One level of inlining. Strings live as long as the names. */
struct rg_name {
	const char *function; /* "" when not known */
	const char *module;   /* path, "" when not known */
	const char *file;     /* path, if the compiler's is known; "" */
	int line;	      /* 0 when not known */
	uint64_t offset;      /* of the address in the module */
};

struct rg_name_list {
	const struct rg_name *list; /* inlined first, so inner first */
	size_t nr;		    /* 1 or more */
};

/* Why an object's names are missing. */
enum rg_object_state {
	RG_OBJECT_UNTRIED,
	RG_OBJECT_NAMED,   /* opened and the same as then */
	RG_OBJECT_CHANGED, /* there, and another than then */
	RG_OBJECT_MISSING, /* not there, or not readable, or no ELF file */
};

struct rg_names;

/* Objects may be added later, but none taken away. */
struct rg_names *rg_names_new(const struct rg_objects *objects);
void rg_names_free(struct rg_names *names);

/* The names of a return address, or of an instruction. */
struct rg_name_list rg_names_find(struct rg_names *names,
				  const struct rg_frame *frame);

/* What became of an object, as far as its names were asked for. */
enum rg_object_state rg_names_state(const struct rg_names *names,
				    uint32_t object);

#endif
